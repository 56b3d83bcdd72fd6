import fc from 'fast-check';
import { expect, test } from 'vitest';
import { complete, nothingYet, sawEntry, sawRevocation, sawSession, stillIn } from '@/lib/drills/measure-state';

test('refused and dead mean from then on, for every order of looks', () => {
  const looks = fc.array(fc.record({ what: fc.constantFrom('entry', 'session'), yes: fc.boolean() }), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(looks, (all) => {
      let seen = nothingYet();
      all.forEach(({ what, yes }, at) => {
        seen = what === 'entry' ? sawEntry(seen, at, yes) : sawSession(seen, at, yes);
      });
      seen = sawRevocation(seen, all.length, 'verified', 5);
      for (const [what, ms] of [
        ['entry', seen.refusedMs],
        ['session', seen.deadMs],
      ] as const) {
        const own = all.map((one, at) => ({ ...one, at })).filter((one) => one.what === what);
        const lastIn = own.findLast((one) => one.yes)?.at ?? -1;
        expect(ms).toBe(own.find((one) => one.at > lastIn)?.at ?? null);
      }
      expect(complete(seen, true, 'verified')).toBe(stillIn(seen, true).length === 0);
    }),
  );
});
