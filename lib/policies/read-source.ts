import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
} from 'yaml';
import type { Problem } from '@/lib/policies/model';

export type Path = (string | number)[];
/** `offset` counts into the text at the path; `key` = the key itself is what is wrong. */
export type Offset = number | 'key';

/** A policy source, one file or a folder's, as one tree that still knows where everything stood. */
export interface Source {
  /** What the YAML says; undefined when it can't be read. */
  raw: unknown;
  problems: Problem[];
  locate(path: Path, offset?: Offset): Pick<Problem, 'file' | 'line' | 'column'>;
}

interface Part {
  name: string | undefined;
  text: string;
  lines: LineCounter;
  yaml: Document.Parsed;
}

const MAX_SOURCE = 500_000;
const isMain = (name: string | undefined): boolean => /^set\.ya?ml$/.test(name ?? '');

/** Reads one file (without a name) or a folder's files: `set.yaml` first, meters and rules of the others behind it. Pure. */
export function readSource(files: { name?: string; text: string }[]): Source {
  const parts = [...files]
    .sort((a, b) => Number(isMain(b.name)) - Number(isMain(a.name)) || ((a.name ?? '') < (b.name ?? '') ? -1 : 1))
    .map(partOf);
  const problems = parts.flatMap(syntaxOf);
  const [main, ...others] = parts;
  const origin = new Map<unknown, Part>();
  const nothing = { raw: undefined, problems, locate: () => ({ line: 1, column: 1 }) };
  if (!main) return nothing;
  if (others.length && !isMain(main.name)) {
    problems.push(at(main, 0, 'folder.no_set', 'A policy folder has a file set.yaml.'));
    return nothing;
  }
  if (problems.length) return nothing;
  for (const part of others) problems.push(...addTo(main, part, origin));
  return { raw: plain(main, problems), problems, locate: (path, offset) => locate(main, origin, path, offset ?? 0) };
}

function partOf({ name, text }: { name?: string; text: string }): Part {
  const lines = new LineCounter();
  const yaml = parseDocument(text.slice(0, MAX_SOURCE), { lineCounter: lines, uniqueKeys: true, version: '1.2' });
  return { name, text, lines, yaml };
}

function at(part: Part, position: number, code: string, message: string, path = ''): Problem {
  const { line, col } = part.lines.linePos(position);
  return { ...(part.name ? { file: part.name } : {}), line: line || 1, column: col || 1, code, path, message };
}

function syntaxOf(part: Part): Problem[] {
  const problems = part.yaml.errors.map((error) => {
    const message = error.message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '');
    return at(part, error.pos[0], error.code === 'DUPLICATE_KEY' ? 'key.duplicate' : 'yaml.syntax', message);
  });
  if (part.text.length > MAX_SOURCE) problems.push(at(part, 0, 'source.too_long', 'Longer than 500 000 characters.'));
  return problems;
}

/** Puts meters and rules of another file behind those of set.yaml. */
function addTo(main: Part, part: Part, origin: Map<unknown, Part>): Problem[] {
  const { contents } = part.yaml;
  if (!contents) return [];
  if (!isMap(contents))
    return [at(part, 0, 'source.shape', 'A file beside set.yaml is a map with meters, rules or both.')];
  const problems: Problem[] = [];
  for (const pair of contents.items as Pair<Scalar, Node | null>[]) {
    const name = String(pair.key.value);
    const position = pair.key.range?.[0] ?? 0;
    if (name === 'meters' && isMap(pair.value)) {
      for (const item of pair.value.items as Pair<Scalar, Node>[]) {
        const meter = String(item.key.value);
        if (main.yaml.hasIn(['meters', meter]))
          problems.push(
            at(
              part,
              item.key.range?.[0] ?? 0,
              'meter.duplicate',
              `There is already a meter "${meter}".`,
              `meters.${meter}`,
            ),
          );
        else {
          section(main, 'meters', {}, isMap)?.items.push(item);
          origin.set(item.key, part).set(item.value, part);
        }
      }
    } else if (name === 'rules' && isSeq(pair.value)) {
      for (const item of pair.value.items) {
        section(main, 'rules', [], isSeq)?.items.push(item);
        origin.set(item, part);
      }
    } else
      problems.push(
        at(
          part,
          position,
          'folder.only_set',
          `Only set.yaml may say "${name}"; other files have meters and rules.`,
          name,
        ),
      );
  }
  return problems;
}

/** The map or list set.yaml keeps under a key, made where it has none. What is there and is no such thing stays: it is reported. */
function section<T extends Node>(main: Part, name: string, empty: unknown, is: (node: unknown) => node is T): T | null {
  if (!isMap(main.yaml.contents)) return null;
  const found = main.yaml.get(name, true);
  const absent = found === undefined || found === null || (isScalar(found) && found.value === null);
  if (absent) {
    main.yaml.delete(name);
    main.yaml.add(main.yaml.createPair(name, empty));
  }
  const node = absent ? main.yaml.get(name, true) : found;
  return is(node) ? node : null;
}

/** What the YAML says. An alias that names nothing, or multiplies too often, is found only here. */
function plain(main: Part, problems: Problem[]): unknown {
  try {
    return main.yaml.toJS({ maxAliasCount: 20 });
  } catch (error) {
    problems.push(at(main, 0, 'yaml.alias', (error as Error).message.split('\n')[0]!));
    return undefined;
  }
}

function locate(main: Part, origin: Map<unknown, Part>, path: Path, offset: Offset) {
  let part = main;
  let node: unknown = main.yaml.contents;
  let last = 0;
  for (const [index, step] of path.entries()) {
    const pair = isMap(node)
      ? (node.items.find((item) => isScalar(item.key) && item.key.value === step) as Pair<Scalar, Node> | undefined)
      : undefined;
    const child: unknown = pair ? pair.value : isSeq(node) ? node.items[Number(step)] : undefined;
    if (!pair && !child) break;
    part = origin.get(pair?.key) ?? origin.get(child) ?? part;
    if (pair) last = pair.key.range?.[0] ?? last;
    if (offset === 'key' && index === path.length - 1) break;
    if (!child) break;
    node = child;
    last = (child as Node).range?.[0] ?? last;
    if (index === path.length - 1 && isScalar(child) && typeof offset === 'number' && offset)
      last = inText(part.text, child, offset);
  }
  const { line, col } = part.lines.linePos(last);
  return { ...(part.name ? { file: part.name } : {}), line: line || 1, column: col || 1 };
}

/**
 * Where character `offset` of a text stands in the file. Folding and indentation change blanks only, so it is found by
 * counting what is not blank; escapes in double quotes may put it a few characters off.
 */
function inText(source: string, node: Scalar, offset: number): number {
  const value = String(node.value);
  const before = value.slice(0, offset).replace(/\s/g, '').length;
  let position = node.range![0];
  if (node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL') position = source.indexOf('\n', position) + 1;
  else if (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE') position += 1;
  let afterLast = position;
  for (let seen = 0; position < source.length; position++) {
    if (/\s/.test(source[position]!)) continue;
    if (seen++ === before) break;
    afterLast = position + 1;
  }
  // A text that ends too early is wrong where it ends, not where the next thing of the file begins.
  return before < value.replace(/\s/g, '').length ? position : afterLast;
}
