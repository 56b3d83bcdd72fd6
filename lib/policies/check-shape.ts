import type { z } from 'zod';
import {
  METER_SCHEMAS,
  type MeterSource,
  outlineSchema,
  type PolicyDocument,
  RULE_SCHEMAS,
  type RuleSource,
} from '@/lib/policies/model';
import type { Path } from '@/lib/policies/read-source';
import { type Report, shapeProblems } from '@/lib/policies/shape-problems';
import { suggest } from '@/lib/policies/suggest';

/** A document as far as it could be read: what is broken is left out and reported. */
export interface Shaped {
  document: PolicyDocument;
  /** Of each rule that could be read, its place among all rules. */
  places: number[];
  /** What was read only after what is wrong with it was taken out, by its path: `rules.3`, `meters.paid`. */
  mended: Set<string>;
  /** Names of all meters, also of those that could not be read. */
  meterNames: string[];
}

const object = (value: unknown): Record<string, unknown> =>
  value && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

/** Reads what the YAML says against the schemas, each meter and rule by itself, so that one mistake hides no other. */
export function checkShape(raw: unknown, report: Report): Shaped | null {
  if (!raw || typeof raw !== 'object' || Array.isArray(raw)) {
    report([], 'A policy set is a map with at least "set" and "rules".', 0, 'source.shape');
    return null;
  }
  const given = object(raw);
  const outline = outlineSchema.safeParse(given);
  if (!outline.success) shapeProblems(outline.error, [], outlineSchema, given, report);
  const mended = new Set<string>();
  const meters: Record<string, MeterSource> = {};
  for (const [name, value] of Object.entries(object(given.meters))) {
    const meter = readOne(METER_SCHEMAS, value, ['meters', name], 'A meter', report, mended);
    if (meter) meters[name] = meter as MeterSource;
  }
  const places: number[] = [];
  const rules = (Array.isArray(given.rules) ? given.rules : []).slice(0, 200).flatMap((value, index) => {
    const rule = readOne(RULE_SCHEMAS, value, ['rules', index], 'A rule', report, mended);
    if (!rule) return [];
    places.push(index);
    return [rule as RuleSource];
  });
  const rest = outline.success
    ? outline.data
    : { set: String(given.set ?? 'unnamed'), default: 'deny' as const, mode: 'enforce' as const };
  return { document: { ...rest, meters, rules }, places, mended, meterNames: Object.keys(object(given.meters)) };
}

/** Reads a meter or rule with the schema of the one key that says what it is. */
function readOne(
  schemas: Record<string, z.ZodObject>,
  value: unknown,
  path: Path,
  what: string,
  report: Report,
  mended: Set<string>,
) {
  const kinds = Object.keys(schemas);
  const keys = Object.keys(object(value));
  const found = keys.filter((key) => kinds.includes(key));
  if (found.length !== 1) {
    const known = Object.values(schemas).flatMap((schema) => Object.keys(schema.shape));
    const stranger = found.length ? undefined : keys.find((key) => !known.includes(key));
    const has = found.length
      ? `This one has ${found.join(' and ')}.`
      : stranger
        ? `"${stranger}" is not known.${suggest(stranger, [...new Set([...kinds, ...known])])}`
        : '';
    report(
      stranger ? [...path, stranger] : path,
      `${what} has exactly one of ${kinds.join(', ')}. ${has}`.trim(),
      stranger ? 'key' : 0,
      stranger ? 'key.unknown' : 'kind.invalid',
    );
    return null;
  }
  const schema = schemas[found[0]!]!;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  shapeProblems(parsed.error, path, schema, value, report);
  const rest = schema.safeParse(without(value, parsed.error.issues.flatMap(wrongPaths), path.at(-1)));
  if (!rest.success) return null;
  mended.add(path.join('.'));
  return rest.data;
}

const wrongPaths = (issue: z.core.$ZodIssue): Path[] => {
  const path = issue.path as Path;
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path];
};

/** What stands in for something that is wrong or missing but has to be there, so that the rest can be looked at too. */
const STANDS_IN: Record<string, unknown> = { 'limit.max': 0, unit: 'X', per: 'identity.id' };

/** The rest of a meter or rule when what is wrong with it is taken out. */
function without(value: unknown, wrong: Path[], place: string | number | undefined): unknown {
  const copy = structuredClone(value) as Record<string, unknown>;
  for (const path of wrong) {
    const last = path.at(-1);
    if (last === undefined) continue;
    const owner = path.slice(0, -1).reduce<unknown>((of, step) => (of as Record<string, unknown>)?.[step], copy);
    if (!owner || typeof owner !== 'object') continue;
    const standsIn = path.join('.') === 'id' ? `unnamed-${place}` : STANDS_IN[path.join('.')];
    if (standsIn !== undefined) (owner as Record<string, unknown>)[last] = standsIn;
    else if (Array.isArray(owner)) owner[Number(last)] = undefined;
    else delete (owner as Record<string, unknown>)[last];
  }
  return copy;
}
