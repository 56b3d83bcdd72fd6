import { expect, test } from 'vitest';
import { lifetimeMs, lifetimeText, sessionSentence, trustAgeMs } from '@/components/sessions/session-words';
import type { SessionRow } from '@/lib/sessions/model';

const at = (second: number) => new Date(1_700_000_000_000 + second * 1000).toISOString();
const now = Date.parse(at(7200));

const row = (changes: Partial<SessionRow>): SessionRow => ({
  id: '00000000-0000-8000-8000-000000000001',
  identityId: '00000000-0000-8000-8000-000000000002',
  identityName: 'svc-payments',
  source: 'postgres',
  connectorId: null,
  observedBy: 'native',
  kind: 'database',
  label: 'worker-3',
  state: 'live',
  startedAt: at(0),
  lastEventAt: at(60),
  endedAt: null,
  endedBy: null,
  endReason: null,
  network: null,
  region: null,
  agent: null,
  key: null,
  scope: null,
  trustedAt: null,
  lastValidatedAt: null,
  liveUntil: null,
  tags: [],
  eventCount: 0,
  readCount: 0,
  expiresAt: null,
  consent: null,
  dark: false,
  abandonedAt: null,
  stale: false,
  changeCount: 0,
  ...changes,
});

test('a live session is as old as now says; an ended one no older than its end', () => {
  expect(lifetimeMs(row({}), now)).toBe(7_200_000);
  expect(lifetimeMs(row({ endedAt: at(5) }), now)).toBe(5000);
  expect(lifetimeText(row({ endedAt: at(0) }), now)).toBe('one instant');
  expect(lifetimeMs(row({ startedAt: at(9000) }), now)).toBe(0);
});

test('trust age stops with the session, and is unknown when nobody said when trust was established', () => {
  expect(trustAgeMs(row({}), now)).toBeNull();
  expect(trustAgeMs(row({ trustedAt: at(3600) }), now)).toBe(3_600_000);
  expect(trustAgeMs(row({ trustedAt: at(0), endedAt: at(10) }), now)).toBe(10_000);
});

test('the sentence says how it ended, and only that', () => {
  expect(sessionSentence(row({}), now)).toBe('A database session of svc-payments, live for 2 h.');
  expect(sessionSentence(row({ kind: 'api', state: 'ended', endedAt: at(120), endedBy: 'operator' }), now)).toBe(
    'An API session of svc-payments that lived 2 min, then ended by an operator.',
  );
  expect(sessionSentence(row({ kind: 'agent', state: 'ended', endedAt: at(30), endedBy: 'timeout' }), now)).toBe(
    'An agent session of svc-payments that was active for 30 s, then silent.',
  );
});

test.each([
  ['tab', 'A browser tab of svc-payments, live for 2 h.'],
  ['worker', 'A worker session of svc-payments, live for 2 h.'],
  ['service', 'A service session of svc-payments, live for 2 h.'],
])('a session of kind %s is called what it is', (kind, words) => {
  expect(sessionSentence(row({ kind }), now)).toBe(words);
});
