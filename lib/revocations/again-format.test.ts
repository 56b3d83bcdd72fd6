import { expect, test } from 'vitest';
import { againText } from '@/lib/revocations/again-format';
import { orderText } from '@/lib/revocations/format';
import { REVOCATION_STATES, type StepRow } from '@/lib/revocations/model';

const step = (more: Partial<StepRow>): StepRow => ({
  id: 's',
  ordinal: 1,
  system: 'orders-db',
  connectorId: 'c',
  verb: 'probe',
  state: 'requested',
  title: '',
  detail: null,
  proof: null,
  residuals: [],
  attempts: 1,
  startedAt: null,
  finishedAt: null,
  history: [],
  ...more,
});

test('whatever is not proven can be tried again, what was left unproven and what waits too', () => {
  const said = (state: (typeof REVOCATION_STATES)[number]) =>
    againText({ state, undoneBy: null, steps: [step({ state })], kind: 'terminate', drill: false });
  expect(REVOCATION_STATES.filter((state) => said(state) === null)).toEqual(['verified']);
  expect([said('unverifiable'), said('requested')]).toEqual(['Prove again', 'Try now']);
});

test('what was undone, and what no system can be asked about, is not', () => {
  expect(againText({ state: 'failed', undoneBy: 'x', steps: [step({})], kind: 'revoke', drill: false })).toBeNull();
  const other = { kind: 'terminate', drill: false } as const;
  const alone = [step({ connectorId: null }), step({ state: 'unverifiable', attempts: 0 })];
  expect(againText({ state: 'unverifiable', undoneBy: null, steps: alone, ...other })).toBeNull();
  expect(againText({ state: 'unverifiable', undoneBy: null, steps: alone, kind: 'revoke', drill: false })).toBe(
    'Look again',
  );
});

test('the order that is told is that of the steps it really has', () => {
  const of = (kind: 'revoke' | 'rotate' | 'restore', ...verbs: string[]) =>
    orderText({ kind, steps: verbs.map((verb) => step({ verb })) });
  expect(of('revoke', 'deny', 'block', 'terminate', 'probe', 'regrowth')).toBe(
    'block re-issue → end live sessions → probe → watch',
  );
  expect(of('rotate', 'deny', 'rotate', 'terminate', 'refresh', 'probe')).toBe(
    'new secret → end live sessions → end derived credentials → probe → hand over',
  );
  expect(of('restore', 'unblock', 'probe')).toBe('let in again → probe');
});
