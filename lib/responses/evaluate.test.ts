import fc from 'fast-check';
import { expect, test } from 'vitest';
import { named, refusedBy, tooFar } from '@/lib/responses/evaluate';
import { usualGuardrails } from '@/lib/responses/model';

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
  const fine = { name: 'orders', protected: false };
  expect(refusedBy(guardrails, { lastHour: 19, cap: 20 }, fine)).toBeNull();
  expect(refusedBy(guardrails, { lastHour: 20, cap: 20 }, fine)).toContain('20 acts');
  expect(refusedBy(guardrails, { lastHour: 0, cap: 20 }, { name: 'Payroll_EU', protected: false })).toContain('never');
  expect(refusedBy(guardrails, { lastHour: 0, cap: 20 }, { name: 'orders', protected: true })).toContain('protected');
});
