import { describe, expect, test } from 'vitest';
import { detectAgentSpread } from '@/lib/findings/detect-agent-spread';
import { detectApprovalBesideMaintenance, isApproval } from '@/lib/findings/detect-approval-beside-maintenance';
import { detectConcurrencyLimit } from '@/lib/findings/detect-concurrency-limit';
import { detectLeaseContention } from '@/lib/findings/detect-lease-contention';
import { detectLimitCrossed } from '@/lib/findings/detect-limit-crossed';
import { detectStructuring } from '@/lib/findings/detect-structuring';
import type { DecisionFact, ExposureFact, SessionFact } from '@/lib/findings/model';

const at = (minute: number) => `2026-05-04T10:${String(minute).padStart(2, '0')}:00.000Z`;

const exposure = (shares: Record<string, bigint>, over: Partial<ExposureFact> = {}): ExposureFact => ({
  id: 'e1',
  set: 'payments',
  meter: 'paid_24h',
  kind: 'sum',
  scope: 'resource.id',
  key: '4711',
  unit: 'EUR',
  scale: 2,
  windowSecs: 86_400,
  limit: 1_000_000n,
  settled: Object.values(shares).reduce((a, b) => a + b, 0n),
  held: 0n,
  at: at(0),
  identityId: 'i1',
  identityName: 'svc-payments',
  identityKind: 'service_account',
  shares: Object.entries(shares).map(([sessionId, amount]) => ({ sessionId, label: `session ${sessionId}`, amount })),
  ...over,
});

const refusal = (over: Partial<DecisionFact> = {}): DecisionFact => ({
  id: 'd1',
  at: at(5),
  identityId: 'i1',
  identityName: 'svc-payments',
  identityKind: 'service_account',
  sessionId: 'c',
  sessionLabel: 'session c',
  verdict: 'deny',
  alone: 'allow',
  reason: 'aggregate_value_exceeded',
  ruleId: 'cap',
  action: 'payment.create',
  resourceType: 'account',
  resourceId: '4711',
  amount: 280_000n,
  exposureId: 'e1',
  holders: [],
  ...over,
});

describe('structuring', () => {
  test('three sessions below the limit, together over it', () => {
    const found = detectStructuring(exposure({ a: 400_000n, b: 400_000n, c: 100_000n }), [refusal()]);
    expect(found).toMatchObject({
      severity: 'high',
      cause: 'exposure:e1',
      evidence: { sessions: ['a', 'b', 'c'], decisions: ['d1'] },
    });
    expect(found?.title).toBe('Payments split over 3 sessions');
    expect(found?.summary.replace(/[\u00a0\u202f]/g, ' ')).toBe(
      'svc-payments: session a 4 000, session b 4 000, session c 1 000, together 9 000 of 10 000 EUR on account 4711; 2 800 EUR more refused, which each session alone would have been allowed.',
    );
  });
  test('the story is told from the first refusal of the window', () => {
    const shares = { a: 400_000n, b: 400_000n, c: 100_000n };
    const refused = [refusal({ id: 'd1' }), refusal({ id: 'd2', at: at(6) }), refusal({ id: 'd3', at: at(7) })];
    expect(detectStructuring(exposure(shares), refused)?.evidence.crossing).toBe('d1');
    expect(detectStructuring(exposure(shares, { windowSecs: 60 }), refused)?.evidence.crossing).toBe('d2');
    const day = exposure(shares, { windowSecs: 0, calendar: 'day UTC' });
    expect(detectStructuring(day, refused)?.evidence.crossing).toBe('d1');
    const yesterday = refusal({ id: 'd0', at: '2026-05-03T23:59:59.000Z' });
    expect(detectStructuring(day, [yesterday, ...refused])?.evidence.crossing).toBe('d1');
    expect(detectStructuring(exposure(shares, { unit: 'GB' }), refused)?.title).toBe('Amounts split over 3 sessions');
  });
  test('ninety per cent together without a refusal is worth a look', () =>
    expect(detectStructuring(exposure({ a: 450_000n, b: 450_000n }), [])).toMatchObject({ severity: 'low' }));
  test('near miss: just under ninety per cent', () =>
    expect(detectStructuring(exposure({ a: 450_000n, b: 449_000n }), [])).toBeNull());
  test('against: one session fills the limit by itself', () => {
    expect(detectStructuring(exposure({ a: 950_000n }), [refusal({ sessionId: 'a', alone: 'deny' })])).toBeNull();
    expect(detectStructuring(exposure({ a: 950_000n, b: 10_000n }), [])).toBeNull();
  });
  test('near miss: refused alone as well does not count', () =>
    expect(
      detectStructuring(exposure({ a: 500_000n, b: 100_000n }), [
        refusal({ sessionId: 'b', amount: 900_000n, alone: 'deny' }),
      ]),
    ).toBeNull());
  test('retries of one refusal are one attempt', () => {
    const retries = [1, 2, 3, 4].map((n) => refusal({ id: `d${n}`, amount: 100_000n }));
    expect(detectStructuring(exposure({ a: 400_000n, b: 300_000n }), retries)).toBeNull();
  });
  test('against: counts are not amounts', () =>
    expect(detectStructuring(exposure({ a: 5n, b: 5n }, { kind: 'count', limit: 10n }), [])).toBeNull());
});

describe('limit crossed', () => {
  const calls = exposure({ a: 30n, b: 30n }, { kind: 'count', limit: 60n, unit: null, scale: 0, meter: 'calls_1m' });
  test('refused together, allowed alone', () =>
    expect(detectLimitCrossed(calls, [refusal()])).toMatchObject({
      severity: 'medium',
      evidence: { decisions: ['d1'] },
    }));
  test('stands above its limit after the limit was lowered', () =>
    expect(detectLimitCrossed({ ...calls, limit: 50n }, [])).toMatchObject({ severity: 'high' }));
  test('against: refused alone too, or exactly at the limit', () => {
    expect(detectLimitCrossed(calls, [refusal({ alone: 'deny' })])).toBeNull();
    expect(detectLimitCrossed(calls, [])).toBeNull();
  });
  test('near miss: no session, so no per-session control to compare with', () =>
    expect(detectLimitCrossed(calls, [refusal({ sessionId: null, alone: null })])).toBeNull());
  test('against: a lease does its ordinary work', () =>
    expect(detectLimitCrossed({ ...calls, kind: 'lease' }, [refusal()])).toBeNull());
});

describe('agent spread', () => {
  const calls = exposure(
    { a: 20n, b: 20n, c: 20n },
    { kind: 'count', limit: 60n, unit: null, scale: 0, meter: 'tool_calls' },
  );
  const asked = refusal({ identityKind: 'ai_agent', action: 'tool.call', reason: 'frequency_exceeded' });
  test('three sessions, none of them busy, together over the rate', () =>
    expect(detectAgentSpread(calls, [asked])).toMatchObject({
      severity: 'high',
      evidence: { sessions: ['a', 'b', 'c'] },
    }));
  test('near misses: two sessions; one session does nearly all; the rate is not crossed', () => {
    expect(
      detectAgentSpread(exposure({ a: 30n, c: 30n }, { ...calls, shares: calls.shares.slice(0, 2) }), [
        { ...asked, sessionId: 'a' },
      ]),
    ).toBeNull();
    expect(
      detectAgentSpread({ ...calls, shares: [{ sessionId: 'a', label: 'a', amount: 55n }, ...calls.shares.slice(1)] }, [
        asked,
      ]),
    ).toBeNull();
    expect(detectAgentSpread(calls, [])).toBeNull();
  });
  test('against: a service account is no agent', () =>
    expect(detectAgentSpread(calls, [{ ...asked, identityKind: 'service_account' }])).toBeNull());
});

describe('lease contention', () => {
  const holder = (sessionId: string, identityId = 'i1') => ({
    sessionId,
    identityId,
    label: 'scheduler',
    settled: '0',
    held: '1',
  });
  const asked = refusal({ reason: 'lease_held', sessionLabel: 'application', holders: [holder('s')] });
  test('another session of the credential holds the job', () =>
    expect(detectLeaseContention([asked])[0]).toMatchObject({
      severity: 'medium',
      evidence: { sessions: ['c', 's'], decisions: ['d1'] },
    }));
  test('several refusals are one finding', () =>
    expect(detectLeaseContention([asked, { ...asked, id: 'd2' }])).toHaveLength(1));
  test('near miss: the session itself holds it', () =>
    expect(detectLeaseContention([{ ...asked, holders: [holder('c')] }])).toEqual([]));
  test('against: refused for something else', () =>
    expect(detectLeaseContention([{ ...asked, reason: 'rule_denied' }])).toEqual([]));
});

const session = (id: string, over: Partial<SessionFact> = {}): SessionFact => ({
  id,
  identityId: 'i1',
  identityName: 'deploy-bot',
  identityKind: 'service_account',
  label: id,
  key: 'K1',
  region: null,
  network: null,
  agent: null,
  tags: [],
  from: at(0),
  until: at(30),
  reads: 0,
  changes: 0,
  ...over,
});

describe('approval beside maintenance', () => {
  const asked = refusal({ action: 'approval.request', verdict: 'step_up', reason: 'rule_step_up' });
  const open = session('m', { tags: ['maintenance'] });
  test('another session is open for maintenance', () =>
    expect(detectApprovalBesideMaintenance([asked], [open])[0]).toMatchObject({
      severity: 'medium',
      evidence: { sessions: ['c', 'm'] },
    }));
  test('worse when it was allowed', () =>
    expect(detectApprovalBesideMaintenance([{ ...asked, verdict: 'allow' }], [open])[0]?.severity).toBe('high'));
  test('near misses: closed before, of another identity, the maintenance session itself, another tag', () => {
    expect(detectApprovalBesideMaintenance([asked], [{ ...open, until: at(4) }])).toEqual([]);
    expect(detectApprovalBesideMaintenance([asked], [{ ...open, identityId: 'i2' }])).toEqual([]);
    expect(detectApprovalBesideMaintenance([{ ...asked, sessionId: 'm' }], [open])).toEqual([]);
    expect(detectApprovalBesideMaintenance([asked], [{ ...open, tags: ['batch'] }])).toEqual([]);
  });
  test('against: not an approval', () => {
    expect(['approval.request', 'change:approve', 'approve'].every(isApproval)).toBe(true);
    expect(['disapproved.list', 'payment.create', 'approvalist'].some(isApproval)).toBe(false);
  });
});

describe('concurrency limit', () => {
  const live = (count: number, limit: number | null) => ({
    identityId: 'i1',
    identityName: 'game_api',
    limit,
    at: at(9),
    count,
    sessions: Array.from({ length: Math.min(count, 50) }, (_, n) => ({
      id: `s${n}`,
      label: `pool ${n}`,
      startedAt: at(n % 50),
    })),
  });
  test('one above the limit', () =>
    expect(detectConcurrencyLimit(live(3, 2))).toMatchObject({
      severity: 'medium',
      title: '3 sessions at once, limit 2',
    }));
  test('twice the limit is worse', () => expect(detectConcurrencyLimit(live(4, 2))?.severity).toBe('high'));
  test('near miss: exactly at the limit', () => expect(detectConcurrencyLimit(live(2, 2))).toBeNull());
  test('against: a pool of 56 without a limit is normal', () =>
    expect(detectConcurrencyLimit(live(56, null))).toBeNull());
});
