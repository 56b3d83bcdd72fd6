import { describe, expect, test } from 'vitest';
import { meterWords, ruleWords, setWords } from '@/components/policies/words';
import { type Part, partsText } from '@/lib/decisions/format';
import type { MeterSource, PolicyDocument, RuleSource } from '@/lib/policies/model';

const say = (parts: Part[]): string =>
  partsText(parts)
    .replaceAll(/[\u00a0\u202f]/g, ' ')
    .trim();
const counted = { settle: 'at_once', on_expiry: 'release' } as const;
const paid: MeterSource = {
  ...counted,
  sum: 'context.amount',
  unit: 'EUR',
  scale: 2,
  per: 'resource.id',
  over: '24h',
  on: 'action.name == "payment.create"',
};
const document: PolicyDocument = {
  set: 'payments',
  default: 'allow',
  mode: 'enforce',
  meters: { paid_24h: paid },
  rules: [],
};
const rule = (more: object): RuleSource => ({ id: 'cap', fail: 'closed', ...more }) as RuleSource;

describe('meters in words', () => {
  test('sums and counts', () => {
    expect(say(meterWords(paid))).toBe(
      'Sums context.amount in EUR per resource over 24 h, for requests where action.name == "payment.create". An allow counts at once.',
    );
    expect(
      say(meterWords({ ...counted, count: true, per: ['identity', 'context.tool'], settle: 'explicit', hold: '15m' })),
    ).toBe(
      'Counts requests per identity and context.tool, in all. An allow is held for 15 min until the caller settles it; otherwise it is released.',
    );
  });
  test('sessions, leases and approvals', () => {
    expect(say(meterWords({ live_sessions: true, per: 'identity' }))).toBe('Counts live sessions per identity.');
    expect(
      say(
        meterWords({
          lease: true,
          per: 'credential.id',
          hold: '10m',
          on_expiry: 'release',
          on: 'action.name == "job.start"',
        }),
      ),
    ).toBe(
      'One at a time per credential, taken when action.name == "job.start". Given back after 10 min unless it is released before.',
    );
    expect(say(meterWords({ pending: 'approval.request', per: 'subject.id', hold: '30m', on_expiry: 'release' }))).toBe(
      'Counts open approval.request per identity, each for 30 min at most.',
    );
  });
});

describe('rules in words', () => {
  test('limits', () => {
    expect(
      say(ruleWords(rule({ limit: { meter: 'paid_24h', max: 10000, warn: [80, 90], verdict: 'deny' } }), document)),
    ).toBe('Denies what would bring paid_24h above 10 000 EUR. Warns at 80 % and 90 %.');
    expect(
      say(
        ruleWords(
          rule({
            limit: { meter: 'paid_24h', max: 'identity.concurrency_limit', warn: [], verdict: 'pause' },
            fail: 'open',
          }),
          document,
        ),
      ),
    ).toBe(
      'Pauses what would bring paid_24h above identity.concurrency_limit EUR. If it cannot be evaluated, it lets the request pass.',
    );
  });
  test('conditions', () => {
    expect(say(ruleWords(rule({ step_up: 'sessions.size() > 1', on: 'action.name == "approve"' }), document))).toBe(
      'Asks to step up when sessions.size() > 1. Applies where action.name == "approve".',
    );
    expect(say(ruleWords(rule({ deny: 'a' }), document))).toBe('Denies when a.');
    expect(say(ruleWords(rule({ pause: 'a' }), document))).toBe('Pauses when a.');
    expect(say(ruleWords(rule({ allow: 'a' }), document))).toBe('Grants when a.');
  });
  test('a set', () => {
    expect(setWords(document)).toBe('Allows what no rule objects to; 0 rules on 1 meter');
    expect(setWords({ ...document, default: 'deny' })).toMatch(/^Denies what no rule grants/);
  });
});
