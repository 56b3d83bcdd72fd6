import fc from 'fast-check';
import { expect, test } from 'vitest';
import { found, taken } from '@/lib/revocations/taken-state';

const at = '2026-01-01T00:00:00.000Z';
type Done = { kind: 'revoke' | 'pause' | 'restore' | 'resume' | 'outside'; opens?: boolean };

test('a restore gives back the login if and only if Braid took it, through every history', () => {
  const history = fc.array(
    fc.record<Done>({ kind: fc.constantFrom('revoke', 'pause', 'restore', 'resume', 'outside'), opens: fc.boolean() }),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(fc.boolean(), history, (could, deeds) => {
      let login = could;
      let byBraid = false;
      const past: Parameters<typeof taken>[0][number][] = [];
      for (const { kind, opens } of deeds) {
        if (kind === 'outside') {
          // Somebody else grants or takes the login, but not one that Braid holds.
          if (!byBraid) login = opens!;
          continue;
        }
        if (kind === 'revoke' || kind === 'pause') {
          past.unshift({
            kind,
            steps: [{ connectorId: 'c', verb: 'block', state: 'verified', proof: [found('svc', login, at)] }],
          });
          byBraid ||= login;
          login = false;
        } else {
          expect(taken(past, 'c', 'svc')).toBe(byBraid);
          past.unshift({ kind, steps: [{ connectorId: 'c', verb: 'unblock', state: 'verified', proof: null }] });
          login ||= byBraid;
          byBraid = false;
        }
        expect(taken(past, 'other', 'svc')).toBe(false);
        expect(taken(past, 'c', 'other')).toBe(false);
      }
    }),
  );
});
