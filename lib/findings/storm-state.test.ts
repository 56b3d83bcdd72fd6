import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Found } from '@/lib/findings/model';
import { calm, MOST, type Standing } from '@/lib/findings/storm-state';

const found = (n: number, over: Partial<Found> = {}): Found => ({
  identityId: 'i1',
  detector: 'replay',
  cause: `session:${n}`,
  severity: n === 13 ? 'critical' : 'high',
  title: 't',
  summary: `s${n}`,
  reasons: [],
  evidence: { sessions: [`s${n}`], decisions: [], events: [`e${n}`] },
  firstSeenAt: `2026-05-04T10:${String(n % 60).padStart(2, '0')}:00.000Z`,
  lastSeenAt: '2026-05-04T11:00:00.000Z',
  ...over,
});
const stands = (n: number, active = true): Standing => ({
  identityId: 'i1',
  detector: 'replay',
  cause: `session:${n}`,
  active,
});
const many = (from: number, count: number) => Array.from({ length: count }, (_, n) => found(from + n));

describe('storms', () => {
  test('few are left alone, many are ten and one', () => {
    expect(calm(many(0, MOST), [])).toHaveLength(MOST);
    const calmed = calm(many(0, 500), []);
    expect(calmed).toHaveLength(MOST + 1);
    expect(calmed[0]!.severity).toBe('critical');
    expect(calmed.at(-1)).toMatchObject({ cause: 'many', evidence: { facts: { causes: 490 } } });
    expect(calmed.at(-1)!.evidence.events).toHaveLength(100);
  });
  test('what stands counts, what stands is updated, and what was closed makes room', () => {
    const ten = Array.from({ length: MOST }, (_, n) => stands(n));
    expect(calm([found(3), found(99)], ten).map((one) => one.cause)).toEqual(['session:3', 'many']);
    expect(
      calm(
        [found(99)],
        ten.map((one) => ({ ...one, active: false })),
      ).map((one) => one.cause),
    ).toEqual(['session:99']);
  });
  test('each identity and detector has its own ten', () => {
    const other = many(0, 12).map((one) => ({ ...one, detector: 'travel' as const }));
    expect(calm([...many(0, 12), ...other], [])).toHaveLength(2 * (MOST + 1));
  });
  test('never more than ten and one new ones, and never less than was found', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(15), (fresh, old) => {
        const calmed = calm(
          many(100, fresh),
          Array.from({ length: old }, (_, n) => stands(n)),
        );
        expect(calmed.length).toBeLessThanOrEqual(Math.max(0, MOST - old) + 1);
        expect(calmed.length > 0).toBe(fresh > 0);
      }),
    );
  });
});
