import { describe, expect, test } from 'vitest';
import {
  decidingExposure,
  decidingRule,
  decisionHeadline,
  partsText,
  REASON_TEXT,
  requestNames,
} from '@/lib/decisions/format';
import { type ExposureSeen, REASONS, type RuleSeen, type Trace } from '@/lib/decisions/model';

const exposure: ExposureSeen = {
  exposureId: 'e1',
  set: 'payments',
  meter: 'paid_24h',
  kind: 'sum',
  scope: 'resource.id',
  key: '4711',
  unit: 'EUR',
  scale: 2,
  windowSecs: 86_400,
  limit: '1000000',
  settledBefore: '940000',
  heldBefore: '0',
  amount: '280000',
  after: '940000',
  asked: '1220000',
  aloneBefore: '280000',
  aloneAsked: '560000',
  revision: '11',
  contributors: [
    { sessionId: 's1', identityId: 'i1', label: 'worker-7', settled: '430000', held: '0' },
    { sessionId: 's2', identityId: 'i1', label: 'boto3', settled: '280000', held: '0' },
    { sessionId: 's3', identityId: 'i1', label: 'worker-3', settled: '230000', held: '0' },
  ],
  othersSettled: '0',
  othersHeld: '0',
};
const rule: RuleSeen = {
  set: 'payments',
  id: 'account-daily-cap',
  mode: 'enforce',
  kind: 'limit',
  fired: true,
  verdict: 'deny',
  reason: 'aggregate_value_exceeded',
  saw: '9 400 + 2 800 > 10 000',
  message: 'Daily cap',
  exposureId: 'e1',
  aloneFired: false,
};
const denied: Trace = {
  version: 1,
  decisionId: 'd1',
  at: '2026-11-22T10:42:17.204Z',
  request: {
    subject: { type: 'service_account', id: 'svc-payments' },
    action: { name: 'payment.create' },
    resource: { type: 'account', id: '4711' },
  },
  identity: { id: 'i1', name: 'svc-payments', kind: 'service_account', state: 'active', managed: true },
  session: { id: 's2', label: 'boto3', observedBy: 'declared', startedAt: '2026-11-22T10:20:00.000Z' },
  liveSessions: 3,
  sets: [],
  verdict: 'deny',
  alone: 'allow',
  reason: 'aggregate_value_exceeded',
  rules: [rule],
  exposures: [exposure],
  warnings: [],
  holdId: null,
  supersedes: null,
  dryRun: false,
};
const say = (trace: Trace): string => partsText(decisionHeadline(trace)).replaceAll(/[\u00a0\u202f]/g, ' ');

describe('a decision in words', () => {
  test('denied by what several sessions did', () => {
    expect(say(denied)).toBe(
      'svc-payments asked for payment.create of 2 800 EUR on account 4711 and was denied at 10:42:17 UTC: 9 400 across three sessions and 2 800 more would cross 10 000. Alone, this session would have been allowed.',
    );
    const busy = { ...denied, alone: 'deny' as const, exposures: [{ ...exposure, othersHeld: '5' }] };
    expect(say(busy)).toContain('9 400 across more than three sessions and 2 800 more would cross 10 000.');
    expect(say(busy)).not.toContain('Alone');
  });
  test('allowed, with and without an exposure', () => {
    const allowed: Trace = {
      ...denied,
      verdict: 'allow',
      reason: 'ok',
      rules: [{ ...rule, fired: false }],
      exposures: [{ ...exposure, settledBefore: '660000', after: '940000', asked: '940000' }],
    };
    expect(say(allowed)).toMatch(/was allowed at 10:42:17 UTC: paid_24h stands at 9 400 of 10 000\.$/);
    expect(say({ ...allowed, exposures: [] })).toBe(
      'svc-payments asked for payment.create on account 4711 and was allowed at 10:42:17 UTC: no rule objected.',
    );
    expect(say({ ...allowed, exposures: [{ ...exposure, limit: null }] })).toMatch(
      /counted, and no limit stands on it\.$/,
    );
  });
  test('a rule’s own message, else what its reason means', () => {
    const stepUp: Trace = {
      ...denied,
      verdict: 'step_up',
      reason: 'rule_step_up',
      exposures: [],
      rules: [
        {
          ...rule,
          kind: 'step_up',
          verdict: 'step_up',
          reason: 'rule_step_up',
          message: 'A maintenance session is open beside it.',
          exposureId: null,
        },
      ],
    };
    expect(say(stepUp)).toContain(
      'was asked to step up at 10:42:17 UTC: A maintenance session is open beside it. Alone',
    );
    expect(say({ ...denied, reason: 'identity_revoked', rules: [], exposures: [] })).toContain(
      ': the identity is revoked.',
    );
  });
  test('a rule that could not be judged', () => {
    const faulty = {
      ...denied,
      reason: 'attribute_missing' as const,
      exposures: [],
      rules: [{ ...rule, reason: 'attribute_missing' as const, exposureId: null }],
    };
    expect(say(faulty)).toContain(': an attribute that a rule reads is missing (account-daily-cap).');
  });
  test('every reason has words', () => expect(Object.keys(REASON_TEXT).sort()).toEqual([...REASONS].sort()));
  test('the deciding rule is the enforced one that gave the verdict', () => {
    const shadow = { ...rule, id: 'shadow', mode: 'shadow' as const };
    expect(decidingRule({ ...denied, rules: [shadow, rule] })?.id).toBe('account-daily-cap');
    expect(decidingRule({ ...denied, rules: [shadow] })).toBeNull();
    const other = { ...exposure, exposureId: 'e0', asked: '999999' };
    expect(decidingExposure({ ...denied, exposures: [other, exposure] })?.exposureId).toBe('e1');
    expect(decidingExposure({ ...denied, rules: [], exposures: [other, exposure] })?.exposureId).toBe('e1');
    expect(decidingExposure({ ...denied, exposures: [] })).toBeNull();
  });
  test('a request without names still reads', () => {
    expect(requestNames({ request: {} })).toEqual({ action: 'an action', resourceType: null, resourceId: null });
  });
});
