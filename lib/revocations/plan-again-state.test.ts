import { expect, test } from 'vitest';
import { planAgain, type Standing } from '@/lib/revocations/plan-again-state';
import type { PlannedStep } from '@/lib/revocations/planned-model';

const stands = (
  ordinal: number,
  system: string,
  verb: string,
  state: string,
  more: Partial<Standing> = {},
): Standing => ({
  id: `${system}-${verb}`,
  ordinal,
  system,
  connectorId: `c-${system}`,
  verb,
  state,
  attempts: 1,
  ...more,
});
const wants = (
  system: string,
  verbs: PlannedStep['verb'][],
  state: PlannedStep['state'] = 'requested',
): PlannedStep[] =>
  verbs.map((verb) => ({ system, connectorId: `c-${system}`, verb, state, title: verb, detail: null }));
const deny = stands(0, 'decision_point', 'deny', 'verified', { connectorId: null });
const watch = stands(9, 'regrowth', 'regrowth', 'requested', { connectorId: null });
const nothing = { isProven: () => false, covers: () => false };
const never = { attempts: 0, state: 'unverifiable' };

test('what was planned as it would be now is left as it is', () => {
  const own = [deny, stands(1, 'db', 'block', 'failed'), stands(2, 'db', 'probe', 'requested'), watch];
  expect(planAgain(own, wants('db', ['block', 'probe']), nothing)).toBeNull();
});

test('a right to prove opens the proof; what was done keeps its step', () => {
  const own = [deny, stands(1, 'db', 'block', 'effective'), stands(2, 'db', 'probe', 'unverifiable', never), watch];
  const again = planAgain(own, wants('db', ['block', 'terminate', 'probe']), nothing)!;
  expect(again.opened.map(({ id }) => id)).toEqual(['db-probe']);
  expect(again.order.map(({ ordinal, id, step }) => [ordinal, id ?? step!.verb])).toEqual([
    [10, 'db-block'],
    [11, 'terminate'],
    [12, 'db-probe'],
    [13, 'regrowth-regrowth'],
  ]);
});

test('a step its connector has lost stays before the others; a proof that stands is left alone', () => {
  const own = [deny, stands(1, 'db', 'refresh', 'effective'), stands(2, 'db', 'probe', 'unverifiable', never), watch];
  const again = planAgain(own, wants('db', ['block', 'probe']), nothing)!;
  expect(again.order.map(({ id, step }) => id ?? step!.verb)).toEqual([
    'db-refresh',
    'block',
    'db-probe',
    'regrowth-regrowth',
  ]);
  expect(planAgain(own, wants('db', ['block', 'probe']), { ...nothing, isProven: () => true })).toBeNull();
});

test('a system that has a connector now takes the place of what said that it had none, and only of that', () => {
  const alone = (system: string) => stands(3, system, 'probe', 'unverifiable', { ...never, connectorId: null });
  const own = [deny, alone('aws'), alone('okta'), watch];
  const covers = (connectorId: string, system: string) => connectorId === 'c-cloud' && system === 'aws';
  const again = planAgain(own, wants('cloud', ['block', 'probe']), { ...nothing, covers })!;
  expect(again.replaced).toEqual(['aws-probe']);
  const elsewhere: PlannedStep[] = [
    { system: 'aws', connectorId: null, verb: 'probe', state: 'unverifiable', title: '', detail: 'no connector' },
  ];
  const still = planAgain(own, [...wants('cloud', ['block', 'probe']), ...elsewhere], { ...nothing, covers })!;
  expect(still.replaced).toEqual([]);
});

test('what can’t be proven now either is not opened', () => {
  const own = [deny, stands(2, 'db', 'probe', 'unverifiable', never), watch];
  expect(planAgain(own, wants('db', ['probe'], 'unverifiable'), nothing)).toBeNull();
});
