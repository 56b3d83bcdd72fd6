import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawPath } from '@/components/decisions/path-geometry';
import {
  aloneSums,
  fastestStrand,
  isApplied,
  MOST_STRANDS,
  replay,
  strandsOf,
} from '@/components/decisions/path-state';
import type { Path, PathStep } from '@/lib/decisions/path-model';

const SIZE = { width: 720, height: 400 };
const at = (second: number): string => new Date(1_700_000_000_000 + second * 1000).toISOString();

type Move = { strand: number; amount: number; kind: PathStep['kind']; gap: number };

/** Builds a path the way a ledger does: running sums, never below nothing. */
function pathOf(moves: Move[], options: { limit?: number | null; base?: number } = {}): Path {
  const own = new Map<string, bigint>();
  let total = BigInt(options.base ?? 0);
  let second = 0;
  const steps = moves.map((move, index): PathStep => {
    second += move.gap;
    const sessionId = `s${move.strand}`;
    const before = own.get(sessionId) ?? 0n;
    let change = BigInt(move.amount);
    if (move.kind === 'release' || move.kind === 'expire' || move.kind === 'leave')
      change = -(change < before ? change : before);
    if (move.kind === 'refused') change = 0n;
    own.set(sessionId, before + change);
    total += change;
    return {
      at: at(second),
      revision: String(index),
      kind: move.kind,
      decisionId: `d${index}`,
      sessionId,
      identityId: 'i1',
      action: 'payment.create',
      amount: String(move.kind === 'refused' ? move.amount : change),
      after: String(total),
      own: String(before + change),
      verdict: move.kind === 'refused' ? 'deny' : 'allow',
      alone: 'allow',
    };
  });
  return {
    exposure: {
      id: 'e',
      set: 'payments',
      meter: 'paid_24h',
      scope: 'resource.id',
      key: '4711',
      keyName: null,
      kind: 'sum',
      resourceType: null,
      unit: 'EUR',
      scale: 2,
      limit: options.limit === undefined ? '1000000' : options.limit === null ? null : String(options.limit),
      windowSecs: 86_400,
      calendar: null,
      ruleId: 'account-daily-cap',
    },
    decisionId: null,
    from: steps[0]?.at ?? at(0),
    to: steps[steps.length - 1]?.at ?? at(0),
    strands: [...own].map(([sessionId, share]) => ({
      sessionId,
      identityId: 'i1',
      identityName: 'svc-payments',
      label: `worker-${sessionId}`,
      share: String(share),
      ended: false,
    })),
    steps,
    crossing:
      steps.findIndex((step) => step.kind === 'refused') < 0
        ? null
        : steps.findIndex((step) => step.kind === 'refused'),
    truncated: false,
    nextCursor: null,
  };
}

const move = (strand: number, amount: number, kind: PathStep['kind'] = 'settle', gap = 60): Move => ({
  strand,
  amount,
  kind,
  gap,
});
const moves = (most: number) =>
  fc.array(
    fc.record({
      strand: fc.integer({ min: 0, max: 14 }),
      amount: fc.integer({ min: 0, max: 500_000 }),
      kind: fc.constantFrom<PathStep['kind']>('settle', 'reserve', 'release', 'expire', 'leave', 'overrun', 'refused'),
      gap: fc.integer({ min: 0, max: 600 }),
    }),
    { maxLength: most },
  );
const sum = (bands: Map<string, bigint>): bigint => [...bands.values()].reduce((total, each) => total + each, 0n);

describe('replay', () => {
  test('at every instant the bands add up to what the ledger says', () => {
    fc.assert(
      fc.property(moves(60), fc.integer({ min: 0, max: 100_000 }), (list, base) => {
        const path = pathOf(list, { base });
        const states = replay(path);
        expect(states).toHaveLength(path.steps.length + 1);
        let expected = states[0]!.total;
        path.steps.forEach((step, index) => {
          if (isApplied(step)) expected = BigInt(step.after);
          expect(states[index + 1]!.total).toBe(expected);
          expect(sum(states[index + 1]!.bands)).toBe(expected);
          for (const value of states[index + 1]!.bands.values()) expect(value >= 0n).toBe(true);
        });
      }),
    );
  });
  test('adds up even where the shares do not explain the sum', () => {
    fc.assert(
      fc.property(
        moves(30),
        fc.array(fc.integer({ min: 0, max: 900_000 }), { minLength: 30, maxLength: 30 }),
        (list, odd) => {
          const path = pathOf(list);
          path.steps.forEach((step, index) => {
            step.own = String(odd[index]);
          });
          for (const state of replay(path)) expect(sum(state.bands)).toBe(state.total);
        },
      ),
    );
  });
  test('what stood before the first step is drawn as earlier', () => {
    const [before, after] = replay(pathOf([move(1, 500)], { base: 700 }));
    expect(before!.total).toBe(700n);
    expect(Object.fromEntries(after!.bands)).toEqual({ earlier: 700n, s1: 500n });
  });
  test('beyond eight the largest keep a colour and the rest are one band', () => {
    const path = pathOf(Array.from({ length: 40 }, (_, index) => move(index, 100 + index)));
    const strands = strandsOf(path);
    expect(strands).toHaveLength(40);
    expect(strands.filter((strand) => strand.color >= 0).map((strand) => strand.key)).toEqual([
      's32',
      's33',
      's34',
      's35',
      's36',
      's37',
      's38',
      's39',
    ]);
    const last = replay(path).at(-1)!;
    expect(last.bands.size).toBe(MOST_STRANDS + 1);
    expect(last.bands.get('others')).toBe(
      BigInt(Array.from({ length: 32 }, (_, index) => 100 + index).reduce((a, b) => a + b)),
    );
  });
});

describe('alone', () => {
  test('counts what a per-session control would have let through, also when it was refused together', () => {
    const path = pathOf([move(1, 400), move(2, 300), move(1, 700, 'refused'), move(1, 100)]);
    expect(aloneSums(path).map((each) => each.sum)).toEqual([400n, 300n, 1100n, 1200n]);
    path.steps[2]!.alone = 'deny';
    expect(aloneSums(path).map((each) => each.sum)).toEqual([400n, 300n, 400n, 500n]);
  });
  test('the fastest strand is the one that added most', () => {
    const path = pathOf([move(1, 400, 'settle', 0), move(2, 300), move(1, 200)]);
    expect(fastestStrand(path)).toEqual({ key: 's1', share: 600n, percent: 66, perMinute: 300n });
    expect(fastestStrand(pathOf([]))).toBeNull();
    expect(fastestStrand(pathOf([move(1, 400), move(2, 400)]))).toBeNull();
  });
});

describe('the picture', () => {
  const numbers = (text: string): number[] => (text.match(/-?\d+(\.\d+)?/g) ?? []).map(Number);
  const whole = (path: Path) => [drawPath(path, SIZE, 'together'), drawPath(path, SIZE, 'alone')];

  test('holds only steps, all inside its frame', () => {
    fc.assert(
      fc.property(moves(80), fc.option(fc.integer({ min: 0, max: 2_000_000 })), (list, limit) => {
        for (const picture of whole(pathOf(list, { limit }))) {
          for (const band of picture.bands) {
            expect(band.area).toMatch(/^M[\d.-]+ [\d.-]+(H[\d.-]+|V[\d.-]+|L[\d.-]+ [\d.-]+)*Z$/);
            for (const value of numbers(band.area)) expect(value).toBeGreaterThanOrEqual(0);
          }
          for (const line of picture.lines) expect(line.edge).toMatch(/^M[\d.]+ [\d.]+(H[\d.]+(V[\d.]+)?)*$/);
          for (const dot of picture.dots) {
            expect(dot.x).toBeGreaterThanOrEqual(picture.frame.left);
            expect(dot.x).toBeLessThanOrEqual(picture.frame.right);
            expect(dot.y).toBeGreaterThanOrEqual(picture.frame.top - 1);
            expect(dot.y).toBeLessThanOrEqual(picture.frame.bottom);
          }
          expect(picture.ticksX.length).toBeLessThanOrEqual(7);
          expect(picture.ticksY.length).toBeLessThanOrEqual(8);
          for (const x of picture.stepX) expect(Number.isFinite(x)).toBe(true);
        }
      }),
    );
  });
  test('a pixel names the step that had happened by then', () => {
    fc.assert(
      fc.property(moves(60), fc.integer({ min: 0, max: SIZE.width }), (list, pixel) => {
        const picture = drawPath(pathOf(list), SIZE, 'together');
        const found = picture.stepAt(pixel);
        picture.stepX.forEach((x, index) => {
          expect(index <= found).toBe(x <= pixel);
        });
      }),
    );
  });
  test('a refused step stands on the sum and reaches over the limit', () => {
    const picture = drawPath(
      pathOf([move(1, 450_000), move(2, 490_000), move(1, 280_000, 'refused')]),
      SIZE,
      'together',
    );
    expect(picture.crossing).toMatchObject({ index: 2, amount: 280_000n, would: 1_220_000n, color: 0 });
    expect(picture.crossing!.y).toBeLessThan(picture.limit!.y);
    expect(picture.crossing!.y + picture.crossing!.height).toBeGreaterThan(picture.limit!.y);
    expect(drawPath(pathOf([move(1, 450_000), move(1, 280_000, 'refused')]), SIZE, 'alone').crossing).toBeNull();
  });
  test('a limit far above says so instead of flattening the picture', () => {
    expect(drawPath(pathOf([move(1, 10)], { limit: 1_000_000 }), SIZE, 'together').limit).toEqual({
      y: 14,
      offPicture: true,
    });
    expect(drawPath(pathOf([move(1, 10)], { limit: null }), SIZE, 'together').limit).toBeNull();
  });
  test('a limit that would have been finds room in the picture, above the one that is', () => {
    const path = pathOf([move(1, 900_000)], { limit: 1_000_000 });
    const other = (limit: bigint) => drawPath(path, SIZE, 'together', { heights: [], limit });
    const { limit, otherLimit, frame } = other(2_000_000n);
    expect(otherLimit).toMatchObject({ offPicture: false });
    expect(otherLimit!.y).toBeGreaterThanOrEqual(frame.top);
    expect(otherLimit!.y).toBeLessThan(limit!.y);
    expect(other(90_000_000n).otherLimit).toEqual({ y: frame.top, offPicture: true });
    expect(drawPath(path, SIZE, 'together').otherLimit).toBeNull();
  });
  test('thin bands carry their label beside them, never on top of each other', () => {
    const picture = drawPath(
      pathOf([move(1, 900_000, 'settle', 0), ...[2, 3, 4, 5].map((each) => move(each, 500, 'settle', 1))]),
      SIZE,
      'together',
    );
    expect(picture.bands[0]!.leader ?? picture.bands[0]!.inside).not.toBeNull();
    const leaders = picture.bands.flatMap((band) => (band.leader ? [band.leader.y] : []));
    expect(leaders.length).toBeGreaterThan(2);
    for (let index = 1; index < leaders.length; index++)
      expect(leaders[index - 1]! - leaders[index]!).toBeGreaterThanOrEqual(14);
  });
  test('draws one step, no step, and a thousand', () => {
    expect(drawPath(pathOf([move(1, 100)]), SIZE, 'together').bands).toHaveLength(1);
    expect(drawPath(pathOf([]), SIZE, 'together').bands).toEqual([]);
    const many = drawPath(
      pathOf(Array.from({ length: 1000 }, (_, index) => move(index % 3, 10, 'settle', 1))),
      SIZE,
      'together',
    );
    expect(many.bands).toHaveLength(3);
    expect(many.dots).toEqual([]);
  });
});
