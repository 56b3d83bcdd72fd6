// What rules see of exposures, together and alone, and what a decision keeps of it.
import { describe, expect, test } from 'vitest';
import { growValue, settleValue } from '@/lib/exposures/members-state';
import type { ExposureState } from '@/lib/exposures/model';
import { reserveLine, settleAtOnce } from '@/lib/exposures/state';
import { asked, judge, LIMIT, SUM, set, who } from '@/lib/policies/testing-judge';
import { exposureSeen } from '@/lib/policies/views-evaluate';

describe('a value that counts already', () => {
  const distinct = 'distinct: resource, per: identity, over: 1h';
  const used = (session: string, own: string) => (state: ExposureState) => {
    settleValue(state, 1, '1', who(session));
    growValue(state, 1, '1', own);
  };
  const at = (max: number, prepare: (state: ExposureState) => void) =>
    judge(asked([set(distinct, `  - id: l\n    limit: { meter: m, max: ${max} }\n`)]), prepare);

  test('adds nothing, together or in the ledger of the session that used it', () => {
    expect(at(1, used('b', 'a'))).toMatchObject({ verdict: 'allow', alone: 'allow' });
    expect(at(0, () => {})).toMatchObject({ verdict: 'deny', alone: 'deny' });
    const [one] = at(1, used('b', 'a')).exposures;
    expect([one!.settled, one!.amount, one!.asked, one!.aloneBefore, one!.aloneAsked]).toEqual([1n, 0n, 1n, 1n, 1n]);
    const [other] = at(1, used('b', 'b')).exposures;
    expect([other!.amount, other!.aloneBefore, other!.aloneAsked]).toEqual([0n, 0n, 1n]);
  });
});

describe('what a decision keeps of an exposure', () => {
  const many = (count: number) => (state: ExposureState) => {
    for (let i = 0; i < count; i++) settleAtOnce(state, 1, BigInt(i + 1), who(`s${String(i).padStart(2, '0')}`));
    reserveLine(state, 1, 3n, { ...who('s00'), holdId: 'h', expiresMs: 9 });
    state.sums.set('idle', { settled: 0n, held: 0n, alone: 9n });
    state.names.set('s00', { identityId: 'of s00', label: 'x'.repeat(300) });
  };
  const keep = (count: number) => {
    const { exposures } = judge(asked([set(SUM)], { n: 2 }), many(count));
    return exposureSeen(exposures[0]!);
  };

  test('is where it stood and would stand, as text', () => {
    expect(keep(2)).toMatchObject({
      set: 't',
      meter: 'm',
      kind: 'sum',
      scope: 'identity.id',
      unit: 'EUR',
      scale: 0,
      windowSecs: 3600,
      key: 'i',
      limit: null,
      settledBefore: '3',
      heldBefore: '3',
      amount: '2',
      after: '8',
      asked: '8',
      aloneBefore: '0',
      aloneAsked: '2',
      revision: '3',
    });
    expect('window' in keep(2)).toBe(false);
    const calendar = judge(asked([set('count: true, per: identity, window: { fixed: day }', LIMIT)]));
    expect(exposureSeen(calendar.exposures[0]!)).toMatchObject({ window: 'day UTC', windowSecs: 0, limit: '10' });
    const denied = judge(asked([set(SUM, LIMIT)], { n: 12 }), many(2));
    expect(exposureSeen(denied.exposures[0]!)).toMatchObject({ after: '6', asked: '18' });
  });

  test('and who holds it: the ten largest, then by id, and the rest as one number', () => {
    const two = keep(2);
    expect(two.contributors).toEqual([
      { sessionId: 's00', identityId: 'of s00', label: 'x'.repeat(200), settled: '1', held: '3' },
      { sessionId: 's01', identityId: '', label: 'unknown session', settled: '2', held: '0' },
    ]);
    expect([two.othersSettled, two.othersHeld]).toEqual(['0', '0']);
    const ten = keep(10);
    expect([ten.contributors.length, ten.othersSettled, ten.othersHeld]).toEqual([10, '0', '0']);
    const thirteen = keep(13);
    // 13 … 4; of s00 (1 + 3) and s03 (4) the first by id stays.
    expect(thirteen.contributors.map((one) => one.sessionId)).toEqual([
      's12',
      's11',
      's10',
      's09',
      's08',
      's07',
      's06',
      's05',
      's04',
      's00',
    ]);
    expect([thirteen.othersSettled, thirteen.othersHeld]).toEqual(['9', '0']);
    const less = judge(asked([set(SUM)], { n: 2 }), (state) => {
      for (let i = 12; i >= 0; i--) settleAtOnce(state, 1, BigInt(i + 1), who(`s${String(i).padStart(2, '0')}`));
      reserveLine(state, 1, 1n, { ...who('s00'), holdId: 'h', expiresMs: 9 });
    });
    expect(less.exposures[0]!.holders).toMatchObject({ settled: 6n, held: 1n });
    expect(less.exposures[0]!.holders.named).toHaveLength(10);
  });
});
