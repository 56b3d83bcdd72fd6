import fc from 'fast-check';
import { expect, test } from 'vitest';
import { named, refusedBy, stands, tooFar } from '@/lib/responses/evaluate';
import { alike, loosened, tighter } from '@/lib/responses/loosen-evaluate';
import { type Guardrails, usualGuardrails } from '@/lib/responses/model';

const none = { identities: 0, sessions: 0, systems: 0 };
const letters = fc.string({ unit: fc.constantFrom('a', 'b', '_', 'A'), maxLength: 12 });

test('a pattern means what it says, whatever stands around its stars', () => {
  const asked = fc.array(letters, { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(asked, letters, (parts, name) => {
      const regex = new RegExp(`^${parts.join('.*')}$`, 'i');
      expect(named(parts.join('*'), name)).toBe(regex.test(name));
    }),
    { numRuns: 2_000 },
  );
  expect(named('svc.*', 'svcx')).toBe(false);
});

test('what is within every bound needs nobody, what is above one does; opening again never', () => {
  const count = fc.integer({ min: 0, max: 50 });
  const bound = fc.option(fc.integer({ min: 1, max: 50 }), { nil: null });
  fc.assert(
    fc.property(
      fc.record({ identities: count, sessions: count, systems: count }),
      bound,
      bound,
      count,
      (reach, i, s, before) => {
        const guardrails = { ...usualGuardrails(), second: { identities: i, sessions: s, systems: null } };
        const past = { identities: before, sessions: before, systems: 0 };
        const over = (i !== null && reach.identities + before > i) || (s !== null && reach.sessions + before > s);
        expect(tooFar(guardrails, 'revoke', reach, past) !== null).toBe(over);
        expect(tooFar(guardrails, 'restore', reach, past)).toBeNull();
      },
    ),
  );
});

test('protected, never touched and too many an hour are refused, each by its reason', () => {
  const guardrails = { ...usualGuardrails(), never: ['payroll*'] };
  const usage = (lastHour: number, ofIdentity = 0) => ({ lastHour, cap: 20, ofIdentity, identityCap: 3 });
  expect(refusedBy(guardrails, usage(3, 3), { name: 'orders', protected: false })?.guardrail).toBe('identity-cap');
  const fine = { name: 'orders', protected: false };
  expect(refusedBy(guardrails, usage(19), fine)).toBeNull();
  expect(refusedBy(guardrails, usage(20), fine)?.why).toContain('20 acts');
  expect(refusedBy(guardrails, usage(0), { name: 'Payroll_EU', protected: false })?.why).toContain('never');
  expect(refusedBy(guardrails, usage(0), { name: 'orders', protected: true })?.why).toContain('protected');
});

test('an act stands until it is over and the pause has passed; what came to nothing by itself does not', () => {
  const at = (secs: number) => new Date(secs * 1000);
  const none = { dueAt: at(10), decidedAt: null, doneAt: null, overAt: null };
  for (const state of ['waiting', 'proposed']) expect(stands({ ...none, state }, 0, at(9_999))).toBe(true);
  expect(stands({ ...none, state: 'done' }, 0, at(9_999))).toBe(true);
  expect(stands({ ...none, state: 'done', overAt: at(100) }, 60, at(159))).toBe(true);
  expect(stands({ ...none, state: 'done', overAt: at(100) }, 60, at(160))).toBe(false);
  expect(stands({ ...none, state: 'cancelled', decidedAt: at(5) }, 60, at(20))).toBe(true);
  expect(stands({ ...none, state: 'cancelled', decidedAt: at(11) }, 60, at(20))).toBe(false);
});

const FREE = { lastHour: 0, cap: 1, ofIdentity: 0, identityCap: null };

test('where a list says who may be touched, nobody else is; an empty one is nobody, and never goes before', () => {
  const refusal = (name: string, only: string[] | null, never: string[] = []) =>
    refusedBy({ ...usualGuardrails(), only, never }, FREE, { name, protected: false })?.guardrail ?? null;
  expect(refusal('orders', null)).toBeNull();
  expect(refusal('Ci-build', ['ci-*'])).toBeNull();
  expect(refusal('orders', ['ci-*'])).toBe('only');
  expect(refusal('orders', [])).toBe('only');
  expect(refusal('ci-root', ['ci-*'], ['ci-root'])).toBe('never');
});

test('what two bounds have in common is looser than neither, whatever they are', () => {
  const most = fc.option(fc.integer({ min: 1, max: 9 }), { nil: null });
  const bounds = fc.record({
    capPerHour: fc.integer({ min: 0, max: 9 }),
    capPerIdentity: fc.integer({ min: 0, max: 9 }),
    policyCapPerHour: fc.integer({ min: 0, max: 9 }),
    never: fc.uniqueArray(fc.constantFrom('a', 'b', 'c*')),
    only: fc.option(fc.uniqueArray(fc.constantFrom('a', 'ab', 'a*', '*b', 'a*b', '*')), { nil: null }),
    second: fc.record({ identities: most, sessions: most, systems: most }),
  });
  fc.assert(
    fc.property(bounds, bounds, (now, asked) => {
      const both = tighter(now, asked);
      expect([loosened(now, both), loosened(asked, both)]).toEqual([[], []]);
      // Nothing is called looser that is not, and nothing that is passes.
      expect(loosened(now, asked).length === 0).toBe(alike(both, asked));
      const waits = tooFar(now, 'revoke', { identities: 5, sessions: 5, systems: 5 }, none);
      for (const name of ['a', 'ab', 'axb', 'xb', 'c']) {
        const refused = (one: Guardrails) => refusedBy(one, FREE, { name, protected: false }) !== null;
        if (refused(now) || refused(asked)) expect(refused(both)).toBe(true);
      }
      if (waits) expect(tooFar(both, 'revoke', { identities: 5, sessions: 5, systems: 5 }, none)).not.toBeNull();
    }),
    { numRuns: 1_000 },
  );
});
