import { expect, test } from 'vitest';
import { matches } from '@/lib/notifications/evaluate';
import { matchSchema, NO_OWNER, type NoticeFact } from '@/lib/notifications/model';
import { after, backOff, resultOf, retryAfter } from '@/lib/notifications/state';

const ID = '0190a8f0-0000-7000-8000-000000000001';
const notice = (owner: string | null = 'Ann@Example.com', more: Partial<NoticeFact> = {}): NoticeFact => ({
  id: ID,
  at: '2026-11-22T10:00:00.000Z',
  event: 'finding.raised',
  target: { type: 'finding', id: ID },
  identityId: ID,
  severity: 'medium',
  detector: 'structuring',
  body: {
    title: 't',
    summary: '',
    reasons: [],
    path: '/',
    end: null,
    identity: {
      id: ID,
      name: 'svc',
      kind: 'workload',
      state: 'active',
      owner,
      environment: 'production',
      workflows: ['payroll'],
    },
  },
  ...more,
});
const match = (more: object) => matchSchema.parse({ events: ['finding.raised', 'approval.requested'], ...more });

test('all that is asked must hold', () => {
  expect(matches(match({}), notice())).toBe(true);
  expect(matches(match({ events: ['finding.closed'] }), notice())).toBe(false);
  expect(matches(match({ minSeverity: 'medium' }), notice())).toBe(true);
  expect(matches(match({ minSeverity: 'high' }), notice())).toBe(false);
  expect(
    matches(match({ owners: ['ann@example.com'], workflows: ['Payroll'], environments: ['production'] }), notice()),
  ).toBe(true);
  expect(matches(match({ owners: ['bob@example.com'] }), notice())).toBe(false);
  expect(matches(match({ owners: [NO_OWNER] }), notice(null))).toBe(true);
  expect(matches(match({ owners: [NO_OWNER] }), notice())).toBe(false);
  expect(matches(match({ detectors: ['regrowth'] }), notice())).toBe(false);
  expect(matches(match({ detectors: ['structuring'] }), notice())).toBe(true);
  expect(matches(match({ workflows: ['other'] }), notice())).toBe(false);
});

test('detectors are asked of findings alone; who asks for owners is told of nothing that is about no identity', () => {
  const asks = notice('Ann', { event: 'approval.requested', target: { type: 'approval', id: ID }, detector: null });
  expect(matches(match({ detectors: ['regrowth'] }), asks)).toBe(true);
  const { identity: _, ...body } = notice().body;
  expect(matches(match({ owners: [NO_OWNER] }), notice(null, { body }))).toBe(false);
});

test('tries grow apart up to half an hour, and a receiver may ask for more', () => {
  expect([1, 2, 3, 8, 9, 50].map((n) => backOff(n, 'down', 0) / 1000)).toEqual([10, 20, 40, 1280, 1800, 1800]);
  expect(backOff(1, 'down', 1)).toBe(12_000);
  expect(backOff(50, 'refused', 0)).toBe(6 * 3_600_000);
  expect([
    retryAfter('120', 0),
    retryAfter('Thu, 01 Jan 1970 00:01:00 GMT', 0),
    retryAfter('soon', 0),
    retryAfter(undefined, 0),
    retryAfter('999999999', 0),
  ]).toEqual([120_000, 60_000, undefined, undefined, 6 * 3_600_000]);
  const at = { nowMs: 1_000_000, sinceMs: 0, attempts: 1, failures: 1, giveUpMs: 7 * 86_400_000, spread: 0 };
  expect(after({ result: 'down', answer: '', retryAfterMs: 60_000 }, at)).toEqual({
    state: 'waiting',
    dueMs: 1_060_000,
    heldUntilMs: 1_060_000,
  });
  expect(after({ result: 'refused', answer: '' }, at)).toEqual({
    state: 'waiting',
    dueMs: 1_010_000,
    heldUntilMs: undefined,
  });
  expect(after({ result: 'down', answer: '' }, { ...at, sinceMs: -8 * 86_400_000 }).state).toBe('dead');
});

test('a status is the message’s fault only where another message would pass', () => {
  expect([200, 202, 204].map(resultOf)).toEqual(['taken', 'taken', 'taken']);
  expect([301, 401, 403, 404, 408, 429, 500, 503].every((status) => resultOf(status) === 'down')).toBe(true);
  expect([400, 413, 415, 422].every((status) => resultOf(status) === 'refused')).toBe(true);
});
