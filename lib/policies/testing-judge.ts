// For tests only: one set with one meter, asked and judged on exposures that each test prepares.
import type { ExposureState } from '@/lib/exposures/model';
import { plainState } from '@/lib/exposures/testing-state';
import type { CompiledSet, Question } from '@/lib/policies/compiled-model';
import { evaluate } from '@/lib/policies/evaluate';
import { plainQuestion } from '@/lib/policies/testing-question';
import { compiledSet } from '@/lib/policies/testing-set';
import { touch } from '@/lib/policies/touch';

export const set = (meters: string, rules = '', head = '') =>
  compiledSet(`set: t\ndefault: allow\n${head}meters:\n  m: { ${meters} }\n${rules ? `rules:\n${rules}` : ''}`);
export const asked = (
  sets: CompiledSet[],
  context: Record<string, unknown> = {},
  more: Partial<Question> = {},
): Question => {
  const plain = plainQuestion(sets);
  return { ...plain, asked: { ...plain.asked, context }, ...more };
};
/** Every exposure the question touches, as `prepare` leaves it. */
export const statesOf = (question: Question, prepare: (state: ExposureState) => void) => {
  const states = new Map<string, ExposureState>();
  for (const { exposureId, meter } of touch(question).touches) {
    const state = plainState({ id: exposureId, kind: meter.kind, windowSecs: meter.windowSecs });
    prepare(state);
    states.set(exposureId, state);
  }
  return states;
};
export const judge = (question: Question, prepare: (state: ExposureState) => void = () => {}) =>
  evaluate(question, touch(question), statesOf(question, prepare));
export const who = (sessionId: string) => ({ sessionId, identityId: 'i', decisionId: 'd', holdId: null });
export const LIMIT = '  - id: l\n    limit: { meter: m, max: 10 }\n';
export const SUM = 'sum: context.n, unit: EUR, per: identity, over: 1h';
