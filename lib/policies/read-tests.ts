import type { z } from 'zod';
import type { Problem } from '@/lib/policies/model';
import { type Path, readSource } from '@/lib/policies/read-source';
import { type Report, shapeProblems } from '@/lib/policies/shape-problems';
import { suggest } from '@/lib/policies/suggest';
import { type Fixture, fileSchema, STEP_SCHEMAS, type Step, testSchema } from '@/lib/policies/test-model';

/** A Monday morning: fixtures that say no time begin then. */
const DEFAULT_AT = Date.UTC(2026, 0, 5, 9);

const member = (of: unknown, key: string): unknown =>
  of && typeof of === 'object' ? (of as Record<string, unknown>)[key] : undefined;

/** Reads a file of fixtures. Problems stand at their line and column, as those of policies do. Pure. */
export function readTests(file: { name: string; text: string }): { fixtures: Fixture[]; problems: Problem[] } {
  const source = readSource([file]);
  const { problems } = source;
  if (source.raw === undefined) return { fixtures: [], problems };
  const report: Report = (path, message, offset = 0, code = 'fixture.invalid') => {
    problems.push({ ...source.locate(path, offset), code, path: path.join('.'), message });
  };
  const whole = read(fileSchema, source.raw, [], report);
  if (!whole) return { fixtures: [], problems };
  const fixtures = whole.tests.flatMap((value, index): Fixture[] => {
    const path: Path = ['tests', index];
    const test = read(testSchema, value, path, report);
    if (!test) return [];
    const steps = test.steps.flatMap((step, at) => {
      const found = readStep(step, [...path, 'steps', at], report);
      return found ? [{ line: source.locate([...path, 'steps', at]).line, step: found }] : [];
    });
    if (steps.filter(({ step }) => 'any_order' in step).length > 1)
      report([...path, 'steps'], 'A test has at most one any_order: write another test.');
    return [
      {
        file: file.name,
        line: source.locate(path).line,
        name: test.name,
        atMs:
          test.at === undefined
            ? DEFAULT_AT
            : Date.parse(String(test.at instanceof Date ? test.at.toISOString() : test.at)),
        identities: { ...whole.identities, ...test.identities },
        defaults: {
          ...whole.defaults,
          ...test.defaults,
          context: { ...whole.defaults.context, ...test.defaults.context },
        },
        steps,
      },
    ];
  });
  return { fixtures, problems };
}

function read<T>(schema: z.ZodType<T>, value: unknown, path: Path, report: Report): T | null {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  shapeProblems(parsed.error, path, schema, value, report);
  return null;
}

function readStep(value: unknown, path: Path, report: Report): Step | null {
  const kinds = Object.keys(STEP_SCHEMAS) as (keyof typeof STEP_SCHEMAS)[];
  const found = kinds.filter((kind) => member(value, kind) !== undefined);
  if (found.length === 1) return read(STEP_SCHEMAS[found[0]!] as z.ZodType<Step>, value, path, report);
  const [stranger] = Object.keys(value && typeof value === 'object' ? value : {});
  const meant = stranger && !found.length ? ` "${stranger}" is not known.${suggest(stranger, kinds)}` : '';
  report(path, `A step has exactly one of ${kinds.join(', ')}.${meant}`, 0, 'fixture.step');
  return null;
}
