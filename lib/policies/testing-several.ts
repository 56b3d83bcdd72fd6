// For tests only: sets beside each other, judged on exposures that each test prepares.
import type { ExposureState } from '@/lib/exposures/model';
import { plainState } from '@/lib/exposures/testing-state';
import type { CompiledSet, Question } from '@/lib/policies/compiled-model';
import { evaluate } from '@/lib/policies/evaluate';
import { sawOf } from '@/lib/policies/rules-evaluate';
import { plainQuestion } from '@/lib/policies/testing-question';
import { compiledSet } from '@/lib/policies/testing-set';
import { touch } from '@/lib/policies/touch';

export const set = (name: string, meters: string[], rules: string[] = []) =>
  compiledSet(
    `set: ${name}\ndefault: allow\n${meters.length ? `meters:\n${meters.map((one) => `  ${one}\n`).join('')}` : ''}${
      rules.length ? `rules:\n${rules.map((one) => `  - ${one}\n`).join('')}` : ''
    }`,
  );
export const shadow = (of: CompiledSet): CompiledSet => ({ ...of, mode: 'shadow' });
export const judge = (
  sets: CompiledSet[],
  context: Record<string, unknown>,
  more: Partial<Question> = {},
  prepare: (state: ExposureState) => void = () => {},
) => {
  const plain = plainQuestion(sets);
  const question = { ...plain, asked: { ...plain.asked, context }, ...more };
  const touched = touch(question);
  const states = new Map(
    [...touched.touches, ...(touched.shadow?.touches ?? [])].map((one) => {
      const state = plainState({ id: one.exposureId, kind: one.meter.kind, meter: one.meter.name });
      return [one.exposureId, state];
    }),
  );
  for (const state of states.values()) prepare(state);
  return evaluate(question, touched, states);
};
export const saw = (judgement: ReturnType<typeof judge>) => judgement.judged.map((one) => sawOf(one.rule, one.outcome));
export const SUM = 'sum: context.n, unit: EUR, per: identity, over: 1h';
export const COUNT = 'count: true, per: identity, over: 1h';
export const limit = (id: string, meter: string, max: number, more = '') =>
  `id: ${id}\n    limit: { meter: ${meter}, max: ${max} }${more}`;
