import type { z } from 'zod';
import { keysAt } from '@/lib/policies/keys-at';
import type { Offset, Path } from '@/lib/policies/read-source';
import { suggest } from '@/lib/policies/suggest';

export type Report = (path: Path, message: string, offset?: Offset, code?: string) => void;

/** Tells every complaint of a schema at its place, in words, with what was probably meant. */
export function shapeProblems(error: z.ZodError, base: Path, schema: z.ZodType, value: unknown, report: Report): void {
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
    const values = valuesOf(issue).map(String);
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

const valuesOf = (issue: z.core.$ZodIssue): unknown[] => {
  if (issue.code === 'invalid_value') return issue.values;
  return issue.code === 'invalid_union' ? issue.errors.flat().flatMap(valuesOf) : [];
};

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
