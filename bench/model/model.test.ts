// A model checker of our own interleavings: three decision points on one real PostgreSQL, whose packets are let through one
// at a time in an order chance decides, and whose connections are lost at chance packets. Whatever they answer must be what
// one request after the other would have answered, in some order. Then the same with bugs planted, which must be found.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Gate, openGate } from '@/bench/model/gate';
import { contradiction, type Scenario } from '@/bench/model/scenario';
import { loadPoint, POLICY, type Point } from '@/bench/model/system';
import { connectDatabase, disconnectDatabase, pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { verify } from '@/lib/decisions/verify';
import { apply } from '@/lib/policies/apply';

const admin = { actor: { kind: 'cli' as const, name: 'cli:test' } };
const database = testDatabase();
/** MODEL_SEED=… looks at a finding again, MODEL_SECONDS=… searches longer. */
const seed = Number(process.env.MODEL_SEED ?? 20261122);
const SECONDS = Number(process.env.MODEL_SECONDS ?? 12);

let gate: Gate;
let points: Point[];
let run = 0;

beforeAll(async () => {
  const url = new URL(database.url);
  gate = await openGate({ host: url.hostname, port: Number(url.port) });
  url.port = String(gate.port);
  await apply(admin, { source: POLICY });
  await disconnectDatabase();
  connectDatabase(url.toString());
  points = [await loadPoint(), await loadPoint(), await loadPoint()];
});
afterAll(async () => {
  for (const point of points) await point.close();
  await disconnectDatabase();
  await gate.close();
  connectDatabase(database.url);
});

const ask = { weight: 7, arbitrary: fc.constant('ask' as const) };
const others = { weight: 2, arbitrary: fc.constantFrom('batch' as const, 'look' as const) };
const ends = [
  { weight: 1, arbitrary: fc.constant('lapse' as const) },
  { weight: 2, arbitrary: fc.constantFrom('settle' as const, 'release' as const, 'withdraw' as const) },
];
const cut = fc.record({ at: fc.nat(9), when: fc.constantFrom('before' as const, 'after' as const) });

/** `narrow`: payments alone on connections that hold, where many meet on one row. */
const scenarios = (narrow: boolean): fc.Arbitrary<Scenario> => {
  const step = fc.record({
    do: narrow ? fc.constant('ask' as const) : fc.oneof(ask, others, ...ends),
    /** Beside its place in the wave: neighbours mostly ask different decision points. */
    point: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(2) }),
    pick: narrow ? fc.constantFrom(0, 3) : fc.nat(20),
    amount: fc.nat(9),
  });
  const wave = fc.record({
    steps: fc.array(step, { minLength: 1, maxLength: 4, size: 'max' }),
    cut: narrow ? fc.constant(null) : fc.option(cut, { freq: 6, nil: null }),
  });
  // Without fast-check's liking for short and small: what is looked for needs several at a time.
  return fc.noBias(fc.record({ waves: fc.array(wave, { minLength: 2, maxLength: 7, size: 'max' }), seed: fc.nat() }));
};

/** The first scenario that contradicts the model within so many tries, or null. */
async function search(use: Point[], tries: number, seconds: number, narrow = false): Promise<string | null> {
  const details = await fc.check(
    fc.asyncProperty(scenarios(narrow), async (scenario) => {
      const found = await contradiction(scenario, { points: use, gate, run: String(run++) });
      if (found) throw new Error(found);
    }),
    {
      seed,
      numRuns: tries,
      endOnFailure: true,
      interruptAfterTimeLimit: seconds * 1000,
      markInterruptAsFailure: false,
    },
  );
  if (!details.failed) return null;
  return `${(details.errorInstance as Error).message}\n(seed ${details.seed}, path ${details.counterexamplePath})`;
}

test('whatever the interleaving and wherever a connection is lost, the answers are those of one request after the other', async () => {
  expect(await search(points, 10_000, SECONDS)).toBeNull();
  expect(run).toBeGreaterThan(0);
  expect((await verify(admin)).problems).toEqual([]);
}, 120_000);

describe('planted bugs are found', () => {
  // An answer that was given and not kept shows in the next answer, in the counters, or in a hold nobody has heard of.
  const FOUND = /no order|counters|no such hold/;
  const same = (text: string, said: string, instead: string) => text.replaceAll(said, instead.padEnd(said.length));

  /** With what lanes say to the server changed, length for length, in decision points that have said nothing yet. */
  const planted = async (rewrite: (text: string) => string, narrow = false) => {
    let changed = 0;
    gate.rewrite = (text) => {
      const instead = rewrite(text);
      if (instead !== text) changed++;
      return instead;
    };
    const mine = [await loadPoint(), await loadPoint()];
    try {
      return { found: await search(mine, 2_000, 45, narrow), changed };
    } finally {
      gate.rewrite = null;
      for (const point of mine) await point.close();
    }
  };

  test('a retry is not recognised', async () => {
    const { found, changed } = await planted((text) => same(text, `interval '24 hours'`, `interval '-1 hours'`));
    expect(changed).toBeGreaterThan(0);
    expect(found).toMatch(FOUND);
  }, 90_000);

  test('answers are given although nothing was kept', async () => {
    let commits = 0;
    const lost = (text: string) =>
      /commit\0/.test(text) && commits++ % 4 === 3 ? same(text, 'commit\0', 'abort;\0') : text;
    const { found, changed } = await planted(lost);
    expect(changed).toBeGreaterThan(0);
    expect(found).toMatch(FOUND);
  }, 90_000);

  /** Decision points of which one module is another. */
  const mocked = async (name: string, change: (original: object) => object) => {
    vi.doMock(name, async (original) => ({ ...(await original<object>()), ...change(await original<object>()) }));
    const mine = [await loadPoint(), await loadPoint()];
    vi.doUnmock(name);
    const found = await search(mine, 4_000, 75);
    for (const point of mine) await point.close();
    return found;
  };

  test('a hold whose time is over is not forgotten', async () => {
    expect(await mocked('@/lib/exposures/close', () => ({ expireHold: () => undefined }))).toMatch(FOUND);
  }, 150_000);

  test('a document is given back although others have read it', async () => {
    const alone = (original: object) => {
      const { giveBackValue } = original as typeof import('@/lib/exposures/members-state');
      return {
        giveBackValue: (...[state, atMs, countedMs, member, who]: Parameters<typeof giveBackValue>) => {
          const uses = state.members?.uses.get(member) ?? new Map();
          for (const [session, use] of uses) if (session !== who.sessionId) use.settledMs = null;
          return giveBackValue(state, atMs, countedMs, member, who);
        },
      };
    };
    expect(await mocked('@/lib/exposures/members-state', alone)).toMatch(FOUND);
  }, 150_000);

  test('what was only looked at is counted', async () => {
    const counts = (original: object) => {
      const { parse } = original as typeof import('@/lib/decisions/parse');
      return {
        parse: (...given: Parameters<typeof parse>) => {
          const item = parse(...given);
          return { ...item, braid: { ...item.braid, dry_run: false } };
        },
      };
    };
    expect(await mocked('@/lib/decisions/parse', counts)).toMatch(FOUND);
  }, 150_000);

  // Last: it takes away what stands behind the locks, the ledger's own refusal of a revision that exists.
  test('rows are read without being locked', async () => {
    const { rows } = await pool().query(
      `select conname from pg_constraint where conrelid = 'ledger_entries'::regclass and contype in ('p', 'u')`,
    );
    for (const { conname } of rows) await pool().query(`alter table ledger_entries drop constraint ${conname}`);
    const { found, changed } = await planted(
      (text) => same(text, 'order by e.id for update of e', 'order by e.id'),
      true,
    );
    expect(changed).toBeGreaterThan(0);
    expect(found).toMatch(FOUND);
  }, 150_000);
});
