import { expect, test } from 'vitest';
import { askedAgainSentence, doneText } from '@/components/decisions/asked-again-words';
import type { AskedAgain } from '@/lib/decisions/again-model';
import { partsText } from '@/lib/decisions/format';

const asked: AskedAgain = {
  sessionId: '01a202a9-66c9-70f5-b808-d6d7e361948b',
  sessionLabel: 'worker-7',
  identityId: '01a202a9-66c9-70f5-b808-d6d7e361948b',
  decisionId: '01a202a9-66c9-70f5-b808-d6d7e361948b',
  action: 'payment.create',
  resource: 'account 4711',
  at: '2026-03-01T10:00:00.000Z',
  because: 'policies',
  verdict: 'deny',
  reason: 'rule_denied',
  policySet: 'payments',
  ruleId: 'left-the-region',
  message: 'Sessions stay in their region.',
  done: [{ kind: 'terminate', revocationId: '01a202a9-66c9-70f5-b808-d6d7e361948b' }],
};

test('says what would come of it now, by which rule, and what was done', () => {
  expect(partsText(askedAgainSentence(asked))).toBe(
    'payment.create on account 4711 would be denied now, by left-the-region: Sessions stay in their region.',
  );
  expect(doneText(asked)).toBe('So Braid ended the session.');
  // Nothing was left to do: nothing is claimed.
  expect(doneText({ ...asked, done: [{ kind: 'terminate', revocationId: null }] })).toBe('');
  const refused = { kind: 'pause' as const, revocationId: null, tries: 1, nextAt: '2026-03-01T10:05:00.000Z' };
  expect(doneText({ ...asked, done: [refused] })).toBe(
    'A guardrail keeps Braid from pausing the identity; it is asked for again.',
  );
  const paused = { ...asked, reason: 'identity_paused' as const, ruleId: null, message: null, done: [] };
  expect(partsText(askedAgainSentence(paused))).toMatch(/^payment\.create on account 4711 would be denied now: .+\.$/);
  expect(doneText(paused)).toBe('');
  expect(partsText(askedAgainSentence({ ...asked, verdict: 'allow' }))).toBe(
    'payment.create on account 4711 would be allowed still.',
  );
});
