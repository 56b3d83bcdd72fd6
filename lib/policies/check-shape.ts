import { z } from 'zod';
import {
  METER_SCHEMAS,
  type MeterSource,
  outlineSchema,
  type PolicyDocument,
  RULE_SCHEMAS,
  type RuleSource,
} from '@/lib/policies/model';
import type { Offset, Path } from '@/lib/policies/read-source';
import { suggest } from '@/lib/policies/suggest';

export type Report = (path: Path, message: string, offset?: Offset, code?: string) => void;

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
  if (!outline.success) reportZod(outline.error, [], outlineSchema, given, report);
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
  reportZod(parsed.error, path, schema, value, report);
  return null;
}

function reportZod(error: z.ZodError, base: Path, schema: z.ZodType, value: unknown, report: Report): void {
  for (const issue of error.issues.flatMap(closest)) {
    const within = issue.path as Path;
    const path = [...base, ...within];
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys)
        report(
          [...path, key],
          `"${key}" is not known here.${suggest(key, keysAt(schema, within))}`,
          'key',
          'key.unknown',
        );
      continue;
    }
    const given = valueAt(value, within);
    const values = issue.code === 'invalid_value' ? issue.values.map(String) : [];
    const meant = values.length && typeof given === 'string' ? suggest(given, values) : '';
    const missing = given === undefined && within.length > 0;
    const name = String(path.at(-1) ?? 'This');
    report(
      path,
      missing ? `${name} is missing.` : `${name}: ${issue.message}${meant ? `.${meant}` : ''}`,
      0,
      missing ? 'key.missing' : 'value.invalid',
    );
  }
}

/** Of a choice of shapes, what is wrong with the one that was probably meant: the one with the deepest complaint. */
function closest(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union' || !issue.errors.length) return [issue];
  const depth = (issues: z.core.$ZodIssue[]) =>
    Math.max(...issues.map((one) => one.path.length + (one.code === 'unrecognized_keys' ? 1 : 0)));
  const best = [...issue.errors].sort((a, b) => depth(b) - depth(a))[0]!;
  if (depth(best) === 0) return [{ ...issue, message: choiceText(issue.errors) }];
  return best.map((one) => ({ ...one, path: [...issue.path, ...one.path] })).flatMap(closest);
}

const choiceText = (errors: z.core.$ZodIssue[][]): string =>
  [...new Set(errors.flatMap((issues) => issues.map((issue) => issue.message.replace(/^Invalid input: /, ''))))].join(
    ', or ',
  );

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (of, step) => (of && typeof of === 'object' ? (of as Record<string, unknown>)[step] : undefined),
    value,
  );

/** The keys a schema knows at a path. */
function keysAt(schema: z.ZodType, path: Path): string[] {
  let present: z.ZodType[] = [schema];
  for (const step of path) present = present.flatMap(inner).flatMap((one) => stepInto(one, step));
  return [
    ...new Set(present.flatMap(inner).flatMap((one) => (one instanceof z.ZodObject ? Object.keys(one.shape) : []))),
  ];
}

/** What stands behind an optional, a default or a choice. */
function inner(schema: z.ZodType): z.ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable)
    return inner(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodUnion) return (schema.options as z.ZodType[]).flatMap(inner);
  return [schema];
}

function stepInto(schema: z.ZodType, step: string | number): z.ZodType[] {
  if (schema instanceof z.ZodObject) return schema.shape[step] ? [schema.shape[step] as z.ZodType] : [];
  if (schema instanceof z.ZodArray) return [schema.element as z.ZodType];
  if (schema instanceof z.ZodRecord) return [schema.valueType as z.ZodType];
  return [];
}
