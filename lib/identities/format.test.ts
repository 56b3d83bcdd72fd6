import { expect, test } from 'vitest';
import { identitySentence, kindText } from '@/lib/identities/format';

const NOW = Date.parse('2026-03-02T10:06:00Z');
const newest = {
  id: 'x',
  label: 'us-east · curl',
  region: 'us-east',
  network: null,
  startedAt: '2026-03-02T10:00:00.000Z',
};
const identity = { state: 'active' as const, liveSessions: 4, concurrencyLimit: 2, lastSeenAt: null, sessionCount: 9 };

test('says how many run, how many may, and where the newest came from', () => {
  expect(identitySentence(identity, newest, NOW)).toBe(
    'runs four sessions at once where two are allowed; the fourth came from us-east 6 minutes ago.',
  );
  expect(identitySentence({ ...identity, liveSessions: 1 }, newest, NOW)).toBe(
    'runs one session of two allowed; it came from us-east 6 minutes ago.',
  );
  expect(identitySentence(identity, { ...newest, region: null, network: '127.0.0.1' }, NOW)).toContain(
    'the fourth came from 127.0.0.1, 6 minutes ago.', // two numbers after each other are one
  );
  expect(identitySentence({ ...identity, concurrencyLimit: null }, newest, NOW)).toBe(
    'runs four sessions at once; nobody has said how many it may run.',
  );
});

test('what is not running says so, and does not pretend to know more', () => {
  const none = { ...identity, liveSessions: 0 };
  expect(identitySentence(none, null, NOW)).toBe('has no live session.');
  expect(identitySentence({ ...none, lastSeenAt: '2026-03-02T08:06:00Z' }, null, NOW)).toBe(
    'has no live session; it was last seen 2 hours ago.',
  );
  expect(identitySentence({ ...none, lastSeenAt: '2023-12-19T02:15:16Z' }, null, NOW)).toBe(
    'has no live session; it was last seen on 19 Dec 2023.',
  );
  expect(identitySentence({ ...none, sessionCount: 0 }, null, NOW)).toBe('has never been seen in a session.');
  expect(identitySentence({ ...identity, state: 'revoked', liveSessions: 1 }, newest, NOW)).toBe(
    'is revoked; one session still lives.',
  );
  expect(identitySentence({ ...none, state: 'paused' }, null, NOW)).toBe('is paused; no session of it lives.');
});

test('kinds keep the capitals of their abbreviations', () => {
  expect(kindText('service_account')).toBe('service account');
  expect(kindText('ai_agent')).toBe('AI agent');
});

test.each([
  [
    { state: 'residual', left: 2, until: '2026-03-02T12:36:59Z' },
    ', but two things that were issued before still live, for 2 h 30 min yet.',
  ],
  [{ state: 'residual', left: 1, until: null }, ', but one thing that was issued before still lives.'],
  [{ state: 'requested' }, '; in Acme it is not proven yet.'],
  [{ state: 'unverifiable' }, '; nobody could prove it in Acme.'],
  [{ state: 'failed' }, ' at the decision point, but not in Acme: it failed there.'],
  [{ state: 'regrown' }, ', but its access came back.'],
] as const)('what was ended and is not proven stands in the headline: %o', (open, says) => {
  const unproven = { revocationId: 'x', kind: 'revoke' as const, systems: ['Acme'], left: 0, until: null, ...open };
  const revoked = { ...identity, state: 'revoked' as const, liveSessions: 0 };
  expect(identitySentence(revoked, null, NOW, unproven)).toBe(`is revoked${says}`);
  expect(identitySentence(revoked, null, NOW, null)).toBe('is revoked; no session of it lives.');
});
