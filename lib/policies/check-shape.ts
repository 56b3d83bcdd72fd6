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
  const meters: Record<string, MeterSource> = {};
  for (const [name, value] of Object.entries(object(given.meters))) {
    const meter = readOne(METER_SCHEMAS, value, ['meters', name], 'A meter', report);
    if (meter) meters[name] = meter as MeterSource;
  }
  const places: number[] = [];
  const rules = (Array.isArray(given.rules) ? given.rules : []).slice(0, 200).flatMap((value, index) => {
    const rule = readOne(RULE_SCHEMAS, value, ['rules', index], 'A rule', report);
    if (!rule) return [];
    places.push(index);
    return [rule as RuleSource];
  });
  const rest = outline.success
    ? outline.data
    : { set: String(given.set ?? 'unnamed'), default: 'deny' as const, mode: 'enforce' as const };
  return { document: { ...rest, meters, rules }, places, meterNames: Object.keys(object(given.meters)) };
}

/** Reads a meter or rule with the schema of the one key that says what it is. */
function readOne(schemas: Record<string, z.ZodObject>, value: unknown, path: Path, what: string, report: Report) {
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
  return null;
}
