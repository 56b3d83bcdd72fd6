import { expect, test } from 'vitest';
import { handsOf, heightOf, linesOf, PLACE, STRIP } from '@/components/identities/reuse-geometry';
import type { Reused, Use } from '@/lib/sessions/reuse-model';

const use = (tool: string | null, sessions: number, identityId = 'i'): Use => ({
  identityId,
  identityName: identityId,
  tool,
  source: 'aws',
  sessions,
  live: 0,
  networks: 1,
  lastAt: '2026-11-01T00:00:00.000Z',
});
const reused = (key: string, uses: Use[]): Reused => ({
  key,
  reused: true,
  identities: 1,
  tools: uses.length,
  systems: 1,
  networks: 1,
  sessions: 0,
  live: 0,
  lastAt: '2026-11-01T00:00:00.000Z',
  scopes: [],
  uses,
});

const all = [reused('a', [use('terraform', 9), use('boto3', 1)]), reused('b', [use('boto3', 4)])];

test('whoever was seen with several stands once, with all of its sessions', () => {
  expect(handsOf(all).map(({ tool, sessions }) => [tool, sessions])).toEqual([
    ['terraform', 9],
    ['boto3', 5],
  ]);
  expect(handsOf([reused('a', [use('x', 1), use('x', 1, 'other'), use(null, 1)])])).toHaveLength(3);
});

test('a line runs from the middle of one place to the middle of another; the busiest is the thickest', () => {
  const hands = handsOf(all);
  expect(heightOf(all, hands)).toBe(2 * PLACE);
  const lines = linesOf(all, hands);
  expect(lines.map(({ key, path }) => [key, path])).toEqual([
    ['a', `M0,${PLACE / 2} C${STRIP / 2},${PLACE / 2} ${STRIP / 2},${PLACE / 2} ${STRIP},${PLACE / 2}`],
    ['a', `M0,${PLACE / 2} C${STRIP / 2},${PLACE / 2} ${STRIP / 2},${1.5 * PLACE} ${STRIP},${1.5 * PLACE}`],
    ['b', `M0,${1.5 * PLACE} C${STRIP / 2},${1.5 * PLACE} ${STRIP / 2},${1.5 * PLACE} ${STRIP},${1.5 * PLACE}`],
  ]);
  expect(lines.map(({ width }) => width)).toEqual([6, 3, 4.5]);
});

test('the shorter column is centred beside the longer one', () => {
  const one = [reused('a', [use('x', 1), use('y', 1), use('z', 1)])];
  const [first] = linesOf(one, handsOf(one));
  expect(first!.path.startsWith(`M0,${1.5 * PLACE} `)).toBe(true);
  expect(first!.path.endsWith(`,${PLACE / 2}`)).toBe(true);
});
