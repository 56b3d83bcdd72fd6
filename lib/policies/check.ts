import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import { compileDocument } from '@/lib/policies/compile-document';
import {
  METER_SCHEMAS,
  type MeterSource,
  outlineSchema,
  type PolicyDocument,
  type Problem,
  RULE_SCHEMAS,
  type RuleSource,
} from '@/lib/policies/model';
import { suggest } from '@/lib/policies/suggest';

export interface Checked {
  ok: boolean;
  problems: Problem[];
  document?: PolicyDocument;
}

type Path = (string | number)[];
/** `offset` counts into the text at `path`; `'key'` = the key itself is what is wrong. */
type Report = (path: Path, message: string, offset?: number | 'key') => void;

const MAX_SOURCE = 500_000;

/** Reads and compiles a policy set; every error stands at its line and column. Pure. */
export function check(source: string): Checked {
  const lines = new LineCounter();
  const yaml = parseDocument(source.slice(0, MAX_SOURCE), { lineCounter: lines, uniqueKeys: true, version: '1.2' });
  const problems: Problem[] = yaml.errors.map((error) => ({
    line: error.linePos?.[0].line ?? 1,
    column: error.linePos?.[0].col ?? 1,
    path: '',
    message: error.message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, ''),
  }));
  if (source.length > MAX_SOURCE)
    problems.push({ line: 1, column: 1, path: '', message: 'Longer than 500 000 characters.' });
  if (problems.length) return { ok: false, problems };
  const report: Report = (path, message, offset = 0) => {
    const at = lines.linePos(positionOf(yaml.contents, path, offset));
    problems.push({ line: at.line || 1, column: at.col || 1, path: path.join('.'), message });
  };
  const document = readDocument(plain(yaml, report), report);
  if (document && !problems.length) compileDocument(document, report);
  problems.sort((a, b) => a.line - b.line || a.column - b.column);
  return problems.length
    ? { ok: false, problems: problems.slice(0, 100) }
    : { ok: true, problems, document: document! };
}

/** What the YAML says. An alias that names nothing, or multiplies too often, is found only here. */
function plain(yaml: { toJS(options: { maxAliasCount: number }): unknown }, report: Report): unknown {
  try {
    return yaml.toJS({ maxAliasCount: 20 });
  } catch (error) {
    report([], (error as Error).message.split('\n')[0]!);
    return null;
  }
}

/** Character of the source at which `path` stands; for an unknown key the key, for text plus `offset` into it. */
function positionOf(root: Node | null, path: Path, offset: number | 'key'): number {
  let node: Node | null = root;
  let last = 0;
  for (const [index, step] of path.entries()) {
    const parent: unknown = node;
    const pair = isMap(parent) ? parent.items.find((item) => isScalar(item.key) && item.key.value === step) : undefined;
    if (isScalar(pair?.key)) last = pair.key.range?.[0] ?? last;
    if (offset === 'key' && index === path.length - 1) return last;
    const child =
      parent && typeof parent === 'object' && 'get' in parent
        ? (parent as { get(k: unknown, keep: true): unknown }).get(step, true)
        : undefined;
    if (!child || typeof child !== 'object' || !('range' in child)) return last;
    node = child as Node;
    last = node.range?.[0] ?? last;
  }
  if (!isScalar(node) || !offset || offset === 'key') return last;
  return last + offset + (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE' ? 1 : 0);
}

function readDocument(raw: unknown, report: Report): PolicyDocument | null {
  if (!raw || typeof raw !== 'object' || Array.isArray(raw)) {
    report([], 'A policy set is a map with at least "set" and "rules".');
    return null;
  }
  const outline = outlineSchema.safeParse(raw);
  if (!outline.success) {
    reportZod(outline.error, [], Object.keys(outlineSchema.shape), report);
    return null;
  }
  const meters: Record<string, MeterSource> = {};
  for (const [name, value] of Object.entries(outline.data.meters)) {
    const meter = readOne(METER_SCHEMAS, value, ['meters', name], 'A meter', report);
    if (meter) meters[name] = meter as MeterSource;
  }
  const rules = outline.data.rules.flatMap((value, index) => {
    const rule = readOne(RULE_SCHEMAS, value, ['rules', index], 'A rule', report);
    return rule ? [rule as RuleSource] : [];
  });
  return { ...outline.data, meters, rules };
}

/** Reads a meter or rule with the schema of the one key that says what it is. */
function readOne(schemas: Record<string, z.ZodObject>, value: unknown, path: Path, what: string, report: Report) {
  const kinds = Object.keys(schemas);
  const keys = value && typeof value === 'object' && !Array.isArray(value) ? Object.keys(value) : [];
  const found = keys.filter((key) => kinds.includes(key));
  if (found.length !== 1) {
    const known = Object.values(schemas).flatMap((schema) => Object.keys(schema.shape));
    const stranger = found.length ? undefined : keys.find((key) => !known.includes(key));
    const has = found.length
      ? `This one has ${found.join(' and ')}.`
      : stranger
        ? `"${stranger}" is not known.${suggest(stranger, known)}`
        : '';
    report(
      stranger ? [...path, stranger] : path,
      `${what} has exactly one of ${kinds.join(', ')}. ${has}`.trim(),
      stranger ? 'key' : 0,
    );
    return null;
  }
  const schema = schemas[found[0]!]!;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  reportZod(parsed.error, path, Object.keys(schema.shape), report);
  return null;
}

function reportZod(error: z.ZodError, base: Path, known: string[], report: Report): void {
  for (const issue of error.issues) {
    const path = [...base, ...(issue.path as Path)];
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys)
        report([...path, key], `"${key}" is not known here.${issue.path.length ? '' : suggest(key, known)}`, 'key');
    } else report(path, `${String(issue.path.at(-1) ?? 'This')}: ${issue.message}`);
  }
}
