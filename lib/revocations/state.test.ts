import fc from 'fast-check';
import { expect, test } from 'vitest';
import { REVOCATION_KINDS, REVOCATION_STATES, type StepState } from '@/lib/revocations/model';
import { judge } from '@/lib/revocations/outcome-state';
import { plan, type SystemFacts } from '@/lib/revocations/plan';
import { backoff, dueAt, MAX_ATTEMPTS, type StepFacts, stateOf, watchBegins } from '@/lib/revocations/state';

const facts = (verb: string, state: StepState, more: Partial<StepFacts> = {}): StepFacts => ({
  system: 'db',
  connectorId: 'c',
  verb,
  state,
  attempts: 1,
  finishedAt: 1_000,
  residualUntil: [],
  ...more,
});
const step = fc.record({
  system: fc.constantFrom('a', 'b'),
  connectorId: fc.constant(null),
  verb: fc.constantFrom('block', 'terminate', 'probe'),
  state: fc.constantFrom(...REVOCATION_STATES),
  attempts: fc.nat(80),
  finishedAt: fc.option(fc.nat()),
  residualUntil: fc.array(fc.option(fc.nat()), { maxLength: 3 }),
});

test('verified only when every system is, whatever the steps', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
      if (stateOf(steps) !== 'verified') return;
      for (const system of new Set(steps.map((one) => one.system))) {
        const own = steps.filter((one) => one.system === system);
        const probe = own.find((one) => one.verb === 'probe');
        expect(probe ? probe.state : own.every((one) => one.state === 'verified') && 'verified').toBe('verified');
      }
    }),
  );
});

test('the watch for regrowth delays nothing; an unproven step does', () => {
  const done = [facts('block', 'verified'), facts('probe', 'verified')];
  expect(stateOf([...done, facts('regrowth', 'requested', { system: 'regrowth', connectorId: null })])).toBe(
    'verified',
  );
  expect(stateOf([facts('block', 'effective'), facts('terminate', 'effective'), facts('probe', 'requested')])).toBe(
    'requested',
  );
  expect(stateOf([facts('block', 'effective'), facts('probe', 'residual')])).toBe('residual');
});

test('what is finished is never due, what failed waits longer each time, in the end a quarter of an hour', () => {
  expect(dueAt([facts('block', 'verified'), facts('probe', 'verified')])).toBeNull();
  expect(dueAt([facts('block', 'effective'), facts('probe', 'requested')])).toBe(0);
  expect(dueAt([facts('block', 'failed', { attempts: 3 })])).toBe(1_000 + backoff(3));
  expect(dueAt([facts('block', 'failed', { attempts: MAX_ATTEMPTS * 9 })])).toBe(1_000 + 900_000);
  expect(dueAt([facts('probe', 'residual', { residualUntil: [50_000] })])).toBe(50_000);
  fc.assert(fc.property(fc.nat(200), (n) => backoff(n) >= 500 && backoff(n) <= 60_000 && backoff(n + 1) >= backoff(n)));
});

test('a plan blocks before it ends, ends before it probes, for any set of systems', () => {
  const capabilities = fc.record({
    discover: fc.constant('native' as const),
    list: fc.constant('native' as const),
    terminateOne: fc.constantFrom('native' as const, 'none' as const),
    revokeAll: fc.constantFrom('native' as const, 'none' as const),
    pause: fc.constantFrom('native' as const, 'none' as const),
    restore: fc.constantFrom('native' as const, 'none' as const),
    probe: fc.constantFrom('native' as const, 'none' as const),
    derived: fc.constantFrom('native' as const, undefined),
    granularity: fc.constant('session' as const),
    async: fc.boolean(),
    propagationMs: fc.constant({ p50: 1, max: 2 }),
    blastRadius: fc.constant(''),
    reversible: fc.boolean(),
    needsHeldToken: fc.boolean(),
    observability: fc.constant(''),
  });
  const system: fc.Arbitrary<SystemFacts> = fc.record({
    connectorId: fc.uuid(),
    name: fc.string(),
    vendor: fc.string(),
    capabilities: fc.option(capabilities),
    why: fc.constant(null),
  });
  const order = ['deny', 'unblock', 'block', 'terminate', 'refresh', 'probe'];
  fc.assert(
    fc.property(
      fc.constantFrom(...REVOCATION_KINDS),
      fc.array(system, { maxLength: 4 }),
      fc.nat(3),
      (kind, systems, declared) => {
        const steps = plan(kind, systems, declared);
        for (const { connectorId } of systems) {
          const own = steps.filter((one) => one.connectorId === connectorId).map((one) => order.indexOf(one.verb));
          expect(own).toEqual([...own].sort((a, b) => a - b));
        }
        expect(steps.some((one) => one.state === 'verified')).toBe(false);
      },
    ),
  );
});

test('a probe that found anything alive, unknown or left behind never reads verified', () => {
  const probed = fc.record({
    result: fc.constantFrom('gone' as const, 'alive' as const, 'unknown' as const),
    detail: fc.string(),
    checks: fc.constant<{ check: string; saw: string; at: string }[]>([]),
    residuals: fc.array(fc.record({ what: fc.string(), why: fc.string(), until: fc.constant(null) }), { maxLength: 2 }),
  });
  fc.assert(
    fc.property(
      fc.constantFrom('revoke' as const, 'pause' as const, 'terminate' as const),
      fc.array(probed, { maxLength: 4 }),
      fc.boolean(),
      (kind, all, async) => {
        const clean = all.length > 0 && all.every((one) => one.result === 'gone' && one.residuals.length === 0);
        expect(judge(kind, all, async).state === 'verified').toBe(clean);
      },
    ),
  );
});

test('the watch begins when every system is as far as it goes, and not before', () => {
  const watch = facts('regrowth', 'requested', { system: 'regrowth', connectorId: null });
  expect(watchBegins([facts('block', 'verified'), facts('probe', 'verified'), watch])).toBe(true);
  expect(watchBegins([facts('probe', 'residual'), watch])).toBe(true);
  expect(watchBegins([facts('block', 'failed', { attempts: MAX_ATTEMPTS }), watch])).toBe(true);
  expect(watchBegins([facts('block', 'failed'), watch])).toBe(false);
  // One system that can’t be reached keeps no other unwatched.
  const down = facts('block', 'requested', { attempts: MAX_ATTEMPTS, connectorId: 'd' });
  expect(watchBegins([down, facts('probe', 'verified'), watch])).toBe(true);
  expect(watchBegins([facts('probe', 'verified'), facts('regrowth', 'accepted')])).toBe(false);
});

test('a system that can’t be probed is acted on all the same, and reads unverifiable only then', () => {
  const probe = facts('probe', 'unverifiable', { attempts: 0 });
  expect(dueAt([facts('block', 'requested'), probe])).toBe(0);
  expect(stateOf([facts('block', 'requested'), probe])).toBe('requested');
  expect(stateOf([facts('block', 'accepted'), probe])).toBe('accepted');
  expect(stateOf([facts('block', 'effective'), probe])).toBe('unverifiable');
  expect(dueAt([facts('block', 'effective'), probe])).toBeNull();
});

test('patience is kept for its own system only; what was taken is asked for as long as it takes', () => {
  const waiting = facts('block', 'requested', { notBefore: 9_000 });
  expect(dueAt([waiting, facts('probe', 'requested')])).toBe(9_000);
  expect(dueAt([waiting, facts('block', 'requested', { connectorId: 'd' })])).toBe(0);
  expect(dueAt([facts('probe', 'accepted', { attempts: MAX_ATTEMPTS * 5 })])).toBe(1_000 + 900_000);
  expect(dueAt([facts('probe', 'unverifiable', { residualUntil: [700_000, null] })])).toBe(700_000);
});

test('where nobody can be blocked or probed the plan still ends what is open, and promises no more', () => {
  const none = 'none' as const;
  const capabilities = {
    discover: none,
    list: 'native' as const,
    terminateOne: 'native' as const,
    revokeAll: none,
    pause: none,
    restore: none,
    probe: none,
    granularity: 'session' as const,
    async: false,
    propagationMs: { p50: 1, max: 2 },
    blastRadius: '',
    reversible: false,
    needsHeldToken: false,
    observability: '',
  };
  const system = (more: object): SystemFacts[] => [
    { connectorId: 'c', name: 's', vendor: 's', capabilities: { ...capabilities, ...more }, why: null },
  ];
  const verbs = (kind: 'revoke' | 'pause' | 'restore' | 'terminate', more = {}) =>
    plan(kind, system(more), 1)
      .filter((step) => step.connectorId)
      .map((step) => `${step.verb}:${step.state}`);
  expect(verbs('revoke')).toEqual(['terminate:requested', 'probe:unverifiable']);
  expect(verbs('terminate')).toEqual(['terminate:requested', 'probe:unverifiable']);
  expect(verbs('pause')).toEqual(['probe:unverifiable']);
  expect(verbs('revoke', { revokeAll: 'native' })).toEqual([
    'block:requested',
    'terminate:requested',
    'probe:unverifiable',
  ]);
  expect(verbs('revoke', { list: none, terminateOne: none })).toEqual(['probe:unverifiable']);
  expect(verbs('restore')).toEqual([]);
  expect(verbs('restore', { revokeAll: 'native' })).toEqual(['probe:unverifiable']);
});
