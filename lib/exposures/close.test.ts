// What the end of a hold writes down: of each line what it came to, and how the whole of it ended.
import { expect, test } from 'vitest';
import { closeHold, expireHold } from '@/lib/exposures/close';
import type { Hold } from '@/lib/exposures/model';
import { reserveLine } from '@/lib/exposures/state';
import { plainState } from '@/lib/exposures/testing-state';
import { noWrites } from '@/lib/exposures/writes';

const NOW = 1_000_000;

/** Ten held on each of two exposures; the second counts what nobody reported. */
function held() {
  const hold: Hold = {
    id: 'h',
    decisionId: 'd',
    identityId: 'i',
    sessionId: 's',
    tokenId: null,
    kind: 'hold',
    state: 'held',
    onExpiry: 'release',
    createdMs: NOW,
    expiresMs: NOW + 60_000,
    lines: [
      { exposureId: 'a', amount: 10n, settled: 0n, attribute: null, sliceMs: null },
      { exposureId: 'b', amount: 10n, settled: 0n, attribute: null, onExpiry: 'settle', sliceMs: null },
    ],
  };
  const states = new Map([
    ['a', plainState({ id: 'a' })],
    ['b', plainState({ id: 'b' })],
  ]);
  const who = { sessionId: 's', identityId: 'i', decisionId: 'd', holdId: 'h', expiresMs: hold.expiresMs };
  for (const state of states.values()) reserveLine(state, NOW, 10n, who);
  return { hold, states, writes: noWrites(NOW) };
}

test('settled with more on one line and less on the other: what was beyond is an entry of its own, and counts', () => {
  const { hold, states, writes } = held();
  closeHold(hold, 'settle', (line) => (line.exposureId === 'a' ? 13n : 4n), states, writes);
  expect(hold.state).toBe('settled');
  expect(writes.closed).toEqual([
    {
      id: 'h',
      state: 'settled',
      settled: [
        { exposureId: 'a', settled: 13n },
        { exposureId: 'b', settled: 4n },
      ],
    },
  ]);
  expect(writes.records).toMatchObject([
    { entry: { exposureId: 'a', kind: 'settle', settled: 10n, held: -10n } },
    { entry: { exposureId: 'a', kind: 'overrun', settled: 3n, held: 0n } },
    { entry: { exposureId: 'b', kind: 'settle', settled: 4n, held: -10n } },
  ]);
});

test('at its end each line does as its own meter says, and where that says nothing as the hold does', () => {
  const { hold, states, writes } = held();
  expireHold(hold, states, writes);
  expect(writes.closed).toEqual([
    {
      id: 'h',
      state: 'expired',
      settled: [
        { exposureId: 'a', settled: 0n },
        { exposureId: 'b', settled: 10n },
      ],
    },
  ]);
});
