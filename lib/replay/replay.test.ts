// Replay with nothing changed is the identity: every verdict, alone and together, every reason and every exposure before
// and after, of histories made through the decision point itself on a real database.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { testDatabase } from '@/lib/db/testing';
import { admin, ask, token } from '@/lib/decisions/testing-ask';
import { expire } from '@/lib/exposures/expire';
import { release } from '@/lib/exposures/release';
import { settle } from '@/lib/exposures/settle';
import { withdraw } from '@/lib/exposures/withdraw';
import { merge } from '@/lib/identities/merge';
import { unmerge } from '@/lib/identities/unmerge';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { derivedId } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';
import type { Change, Replayed, ReplaySummary } from '@/lib/replay/model';
import { replay } from '@/lib/replay/replay';

testDatabase();

const POLICY = (cap: number) => `set: lab
default: allow
meters:
  paid: { sum: context.amount, unit: EUR, scale: 2, per: resource.id, over: 1s, on: action.name == "pay" }
  life: { sum: context.amount, unit: EUR, scale: 2, per: identity, on: action.name == "pay" }
  rate: { count: true, per: [identity, session.region], over: 2s, on: action.name == "pay" }
  budget: { sum: context.cost, unit: USD, scale: 2, per: identity, settle: explicit, hold: 1s, over: 1h, on: action.name == "call" }
  kept: { count: true, per: resource.id, settle: explicit, hold: 1s, on_expiry: settle, over: 1h, on: action.name == "call" }
  job: { lease: true, per: credential, hold: 1s, on: action.name == "job" }
  asks: { pending: approve, per: identity, hold: 2s, on: action.name == "approve" }
  live: { live_sessions: true, per: identity }
  places: { distinct: resource.id, per: session, over: 1h, on: action.name == "look" }
  seen: { distinct: resource.id, per: identity, over: 1s, on: action.name == "look" }
  hosts: { distinct: resource.id, per: action.name, window: live_sessions, on: action.name == "look" }
  refusals: { count: refused, per: identity, over: 1h, on: action.name == "job" }
  together: { sum: context.amount, unit: EUR, scale: 2, per: identity, window: live_sessions, on: action.name == "pay" }
  hourly: { sum: context.amount, unit: EUR, scale: 2, per: identity, window: { fixed: hour, zone: Europe/Berlin }, on: action.name == "pay" }
rules:
  - id: places-cap
    limit: { meter: places, max: 1 }
  - id: refusals-cap
    limit: { meter: refusals, max: 5, verdict: step_up }
  - id: hourly-cap
    limit: { meter: hourly, max: 140 }
  - id: together-cap
    limit: { meter: together, max: 160 }
  - id: cap
    limit: { meter: paid, max: ${cap} }
  - id: life-cap
    limit: { meter: life, max: 90, verdict: pause }
  - id: rate-cap
    limit: { meter: rate, max: 6 }
  - id: budget-cap
    limit: { meter: budget, max: 50 }
  - id: kept-cap
    limit: { meter: kept, max: 4 }
  - id: one-job
    limit: { meter: job, max: 1 }
  - id: asks-cap
    limit: { meter: asks, max: 2 }
  - id: sessions-cap
    limit: { meter: live, max: 3 }
  - id: beside-maintenance
    on: action.name == "approve"
    step_up: sessions.exists(s, s.id != session.id && "maintenance" in s.tags)
  - id: from-afar
    on: has(session.region)
    deny: session.region == "moon" || (has(identity.owner) && identity.owner == "nobody")
  - id: needs-note
    on: action.name == "note"
    deny: context.note == "bad"
`;

async function replayed(from: string, to: string, change?: Change): Promise<{ all: Replayed[]; sum: ReplaySummary }> {
  const all: Replayed[] = [];
  const steps = replay(admin, { from, to }, change);
  for (;;) {
    const next = await steps.next();
    if (next.done) return { all, sum: next.value };
    all.push(next.value);
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const now = () => clock.now().toISOString();

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      action: fc.constantFrom('pay', 'pay', 'pay', 'call', 'call', 'job', 'approve', 'note', 'look'),
      who: fc.integer({ min: 0, max: 1 }),
      session: fc.option(fc.integer({ min: 0, max: 4 }), { nil: null, freq: 6 }),
      account: fc.integer({ min: 0, max: 1 }),
      amount: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 60 }) }, fc.constantFrom('12.345', 'x', null)),
      together: fc.integer({ min: 1, max: 4 }),
      dry: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pause' as const), ms: fc.integer({ min: 1, max: 400 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('settle' as const), amount: fc.integer({ min: 0, max: 90 }) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'release' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'expire' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'withdraw' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'merge' as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('apply' as const), cap: fc.integer({ min: 50, max: 300 }) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const HOSTS = 'lab/hosts';
const REGIONS = ['eu', 'us', 'moon'];
const TAGS = [[], ['maintenance'], []];

async function live(steps: Step[], salt: string): Promise<void> {
  const holds: string[] = [];
  const decided: string[] = [];
  for (const one of steps) {
    if (one.do === 'pause') await pause(one.ms);
    else if (one.do === 'expire') await expire(admin);
    else if (one.do === 'apply') await apply(admin, { source: POLICY(one.cap) });
    else if (one.do === 'merge') await mergedOrNot(salt).catch(ended);
    else if (one.do === 'withdraw') decided.length && (await withdraw(token, { decisionId: decided.pop()! }));
    else if (one.do === 'settle' || one.do === 'release') {
      const holdId = holds.shift();
      if (holdId && one.do === 'release') await release(token, { holdId }).catch(ended);
      else if (holdId && one.do === 'settle')
        await settle(token, { holdId, amount: one.amount })
          .catch(() => settle(token, { holdId }))
          .catch(ended);
    } else if (one.do === 'ask') {
      const answers = await Promise.all(Array.from({ length: one.together }, (_, index) => asked(one, index, salt)));
      for (const { decision, braid } of answers) {
        if (decision) decided.push(braid.decision_id as string);
        if (braid.hold_id) holds.push(braid.hold_id as string);
      }
    }
  }
}

const merges = new Map<string, string>();
/** The two become one, or two again. */
async function mergedOrNot(salt: string): Promise<void> {
  const merged = merges.get(salt);
  if (merged) {
    await unmerge(admin, { id: merged, reason: 'they are two' });
    merges.delete(salt);
    return;
  }
  const [id, fromId] = [0, 1].map((who) => derivedId('identity', 'default', 'service_account', `svc-${salt}-${who}`));
  merges.set(salt, (await merge(admin, { id: id!, fromId: fromId!, reason: 'they are one' })).id);
}

const asked = (one: Extract<Step, { do: 'ask' }>, index: number, salt: string) => {
  const session = one.session === null ? null : (one.session + index) % 5;
  return ask({
    subject: `svc-${salt}-${one.who}`,
    action: one.action,
    resource: `acct-${salt}-${one.account}`,
    context: { ...(one.amount === null ? {} : { amount: one.amount, cost: one.amount }), note: 'good' },
    session:
      session === null
        ? null
        : {
            id: `s${session}`,
            key: `k${session % 2}`,
            tags: TAGS[session % 3]!,
            ...(index ? {} : { region: REGIONS[session % 3] }),
          },
    braid: {
      ...(one.dry ? { dry_run: true } : {}),
      ...(one.account === 1 ? { assurance: { acr: 'step-up' } } : {}),
    },
  });
};

const ended = (error: unknown): void => {
  if (!(error instanceof BraidError)) throw error;
};

beforeAll(async () => {
  await apply(admin, { source: POLICY(150) });
});

const seenVerdicts: Record<string, number> = {};

describe('F4: replay', () => {
  test('with nothing changed is the identity, whatever happened', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), async (steps) => {
        const salt = `p${run++}`;
        const from = now();
        await pause(2);
        await live(steps, salt);
        await pause(2);
        const { all, sum } = await replayed(from, now());
        expect(all.flatMap((one) => one.differs.map((what) => `${one.recorded.decisionId}: ${what}`))).toEqual([]);
        expect(sum.reproduced).toBe(sum.decisions);
        expect([sum.unknown.filter((one) => one !== HOSTS), sum.inexact]).toEqual([[], []]);
        // All of it happened in the period: nothing may be taken as carried over.
        expect(all.flatMap((one) => [...one.same.carried.values()])).toEqual([]);
        for (const one of all) seenVerdicts[one.recorded.verdict] = (seenVerdicts[one.recorded.verdict] ?? 0) + 1;
      }),
      { numRuns: 8 },
    );
    expect(Object.keys(seenVerdicts)).toEqual(expect.arrayContaining(['allow', 'deny']));
  }, 300_000);

  test('a replay that begins in the middle opens with what the ledger says, and is the identity too', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 10, maxLength: 40, size: 'max' }),
        fc.nat(),
        async (steps, where) => {
          const salt = `m${run++}`;
          const cut = where % steps.length;
          await live(steps.slice(0, cut), salt);
          await pause(2);
          const from = now();
          await pause(2);
          await live(steps.slice(cut), salt);
          await pause(2);
          const { all, sum } = await replayed(from, now());
          expect(sum.inexact).toEqual([]);
          // All that ever looked share these values: more identities than an exposure remembers, so it says it does not know them.
          expect(sum.unknown.filter((one) => one !== HOSTS)).toEqual([]);
          const known = (what: string) => !(sum.unknown.includes(HOSTS) && what.startsWith('exposure hosts '));
          const differs = all.flatMap((one) =>
            one.differs.filter(known).map((what) => `${one.recorded.decisionId}: ${what}`),
          );
          expect(differs).toEqual([]);
        },
      ),
      { numRuns: 8 },
    );
  }, 300_000);
});
