// What the analyser says an attacker can take by splitting is what an attacker takes, and nothing more once the suggested
// rule stands: under random sets of limits.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check } from '@/lib/policies/check';
import { compile } from '@/lib/policies/compile';
import { aggregateLimit } from '@/lib/replay/aggregate-limit';
import { type Attack, attack, everySession, probe, type Varied } from '@/lib/replay/attacker';
import { DIMENSIONS } from '@/lib/replay/boundary-model';
import { predict, standingLimits } from '@/lib/replay/boundary-state';
import type { WorldAsk } from '@/lib/replay/model';

const SCOPES = [
  'identity',
  'session',
  'credential',
  'resource',
  'network',
  'region',
  'owner',
  'workload',
  'agent',
  'asn',
  'posture',
  'task',
  'context.account',
  'resource.properties.tier',
];
const OWN = ['workload', 'agent', 'asn', 'posture', 'task', 'context.account', 'resource.properties.tier'];
const namesOf = (dimension: string) => (dimension.includes('.') ? dimension.split('.') : null);

const pattern: WorldAsk = {
  decisionId: 'pattern',
  atMs: Date.parse('2026-03-01T10:00:00Z'),
  request: {
    subject: { type: 'service_account', id: 'svc' },
    action: { name: 'pay' },
    resource: { type: 'account', id: 'acct', properties: { tier: 3 } },
    context: { amount: '1.00', account: 'acc', item: 'i' },
  },
  identity: {
    id: '00000000-0000-8000-8000-000000000001',
    name: 'svc',
    kind: 'service_account',
    state: 'active',
    managed: true,
    protected: false,
    environment: null,
    owner: 'payments',
    purpose: null,
    concurrencyLimit: null,
    workflows: [],
  },
  session: {
    id: '00000000-0000-8000-8000-000000000002',
    identityId: '00000000-0000-8000-8000-000000000001',
    label: 's',
    source: 'pdp',
    observedBy: 'declared',
    kind: 'api',
    state: 'live',
    startedMs: Date.parse('2026-03-01T09:00:00Z'),
    lastEventMs: Date.parse('2026-03-01T10:00:00Z'),
    liveUntilMs: null,
    ended: false,
    network: 'AS1',
    region: 'eu',
    device: 'd',
    runtime: 'w',
    agent: 'a',
    key: 'k',
    tags: [],
    task: 't',
    scope: null,
    posture: 'compliant',
    asn: 'AS1',
  },
  sessions: [],
  credentialId: 'k',
  sets: [],
};

interface Limited {
  kind: 'sum' | 'count' | 'distinct' | 'live_sessions';
  per: string[];
  max: number;
}

const policy = (limits: Limited[]): string =>
  [
    'set: lab',
    'default: allow',
    'meters:',
    ...limits.map(({ kind, per }, index) => {
      return `  m${index}: { ${COUNTED[kind]}, per: [${per.join(', ')}], on: action.name == "pay" }`;
    }),
    'rules:',
    ...limits.map((one, index) => `  - id: r${index}\n    limit: { meter: m${index}, max: ${one.max} }`),
  ].join('\n');

const COUNTED: Record<Limited['kind'], string> = {
  sum: 'sum: context.amount, unit: EUR, scale: 2, over: 24h',
  count: 'count: true, over: 24h',
  distinct: 'distinct: context.item, over: 24h',
  live_sessions: 'live_sessions: true',
};
const MEMBER: Partial<Record<Limited['kind'], Varied>> = {
  distinct: { dimension: 'context.item', names: ['context', 'item'] },
  live_sessions: { dimension: 'session' },
};

const max = fc.integer({ min: 1, max: 40 });
const limited = fc.oneof(
  fc.record({
    kind: fc.constantFrom<Limited['kind'][]>('sum', 'sum', 'count', 'distinct'),
    per: fc.uniqueArray(fc.constantFrom(...SCOPES), { minLength: 1, maxLength: 2 }),
    max,
  }),
  fc.record({
    kind: fc.constant<Limited['kind']>('live_sessions'),
    per: fc
      .tuple(fc.constantFrom('identity', 'owner', 'credential'), fc.constantFrom(null, 'network', 'region'))
      .map(([group, field]) => (field ? [group, field] : [group])),
    max,
  }),
);

describe('F6: split boundaries', () => {
  test('an attacker takes what is predicted, and nothing beyond the limit once the aggregate is limited too', () => {
    let split = 0;
    fc.assert(
      fc.property(
        fc.array(limited, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...DIMENSIONS, ...OWN),
        fc.integer({ min: 1, max: 5 }),
        (limits, dimension: string, keys) => {
          const source = policy(limits);
          const set = compile({ version: 1, hash: source, source, mode: 'enforce' });
          const document = check(source).document!;
          for (const [index, one] of limits.entries()) {
            const member = MEMBER[one.kind];
            if (member?.dimension === dimension) continue;
            const plan: Attack = {
              ...(member ? { member } : {}),
              pattern,
              sets: [set],
              dimension,
              names: namesOf(dimension),
              keys: Math.max(keys, 2),
              attribute: one.kind === 'sum' ? 'context.amount' : null,
              scale: one.kind === 'sum' ? 2 : 0,
            };
            const all = standingLimits([set], probe(plan, 0), probe(plan, 1), probe(plan, 0, 1));
            const limit = all.find((each) => each.ruleId === `r${index}`)!;
            if (!limit.splits) continue;
            split += 1;
            const predicted = predict(limit, all, keys, everySession(plan));
            expect(attack({ ...plan, keys }, predicted)).toBe(predicted.reach);
            const closed = aggregateLimit(
              document,
              set,
              limit.ruleId,
              dimension === 'identity' ? 'owner' : 'identity',
            )!;
            const left = attack({ ...plan, keys, sets: [closed.set] }, predicted)!;
            expect(left > limit.max ? left - limit.max : 0n).toBe(0n);
            expect(check(`set: more\n${closed.text}`).document).toBeTruthy();
          }
        },
      ),
      { numRuns: 200 },
    );
    expect(split).toBeGreaterThan(0); // chance decides how often, not whether
  }, 240_000);
});
