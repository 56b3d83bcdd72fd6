import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { expect, test } from 'vitest';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { admin, ask } from '@/lib/decisions/testing-ask';
import { newId } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';
import { deniedFrom } from '@/lib/revocations/decided/store';
import { execute } from '@/lib/revocations/execute';
import { request } from '@/lib/revocations/request';
import { show } from '@/lib/revocations/show';

const db = testDatabase();
const ctx = { actor: { kind: 'operator' as const, id: newId(), name: 'Rae Responder', role: 'admin' as const } };
const why = { reasonCode: 'test' as const, reason: 'drill' };

test('an allow of a batch that had read the old state at the click is listed as in flight; none before or after it is', async () => {
  await apply(admin, { source: 'set: open\ndefault: allow\nmeters: {}\nrules: []\n' });
  const subject = `busy_${newId().slice(-8)}`;
  const earlier = await ask({ subject, session: { id: 'a' } });
  expect(earlier.decision).toBe(true);
  const identity = await prisma().identity.findFirstOrThrow({ where: { name: subject } });
  const holder = new pg.Client({ connectionString: db.url });
  await holder.connect();
  // The batch judges, and then waits to write: exactly between its reading and its commit.
  await holder.query('begin');
  await holder.query('lock table decisions in share mode');
  const waiting = Promise.all(['b', 'c'].map((resource) => ask({ subject, resource, session: { id: 'a' } })));
  await expect
    .poll(
      async () => {
        const { rows } = await holder.query<{ n: number }>(
          `select count(*)::int as n from pg_locks where not granted
           and database = (select oid from pg_database where datname = current_database()) and relation::regclass::text like 'decisions%'`,
        );
        return rows[0]!.n;
      },
      { timeout: 10_000, interval: 50 },
    )
    .toBeGreaterThan(0);
  const paused = request(ctx, { kind: 'pause', identityId: identity.id, ...why });
  await Promise.race([paused, sleep(3_000)]);
  await holder.query('commit');
  await holder.end();
  const late = await waiting;
  // What came too late for that batch was decided on the pause.
  const allowed = late.filter((one) => one.decision);
  expect(allowed.length).toBeGreaterThan(0);
  for (const one of late) expect(one.decision ? 'ok' : one.reason).toBe(one.decision ? 'ok' : 'identity_paused');
  const { revocationId } = await paused;
  expect(await ask({ subject, session: { id: 'a' } })).toMatchObject({ decision: false, reason: 'identity_paused' });
  await execute(identity.id);
  const { inFlight, steps, effectiveAt, requestedAt, history } = await show(ctx, { id: revocationId });
  expect(inFlight.map((one) => one.decisionId).sort()).toEqual(
    allowed.map((one) => String(one.braid.decision_id)).sort(),
  );
  expect(steps[0]).toMatchObject({ system: 'decision_point', state: 'verified' });
  // It denies from when the last of them was decided, not from when the change was written and not yet committed.
  const last = inFlight.at(-1)!.at;
  expect(effectiveAt! >= last).toBe(true);
  expect(steps[0]!.detail).toBe(`from ${effectiveAt!.slice(11, 23)} UTC`);
  expect(steps[0]!.history[0]!.at >= requestedAt).toBe(true);
  for (const came of [...history, ...steps[0]!.history])
    if (came.state === 'effective') expect(came.at >= last).toBe(true);
});
test('a time told too early is moved to the last allow, in every place that tells it, and never back', async () => {
  await apply(admin, { source: 'set: open2\ndefault: allow\nmeters: {}\nrules: []\n' });
  const subject = `early_${newId().slice(-8)}`;
  await ask({ subject, session: { id: 'a' } });
  const { id } = await prisma().identity.findFirstOrThrow({ where: { name: subject } });
  const { revocationId } = await request(ctx, { kind: 'pause', identityId: id, ...why });
  const told = async () => {
    const row = await show(ctx, { id: revocationId });
    const [step] = row.steps;
    return [row.effectiveAt, ...step!.history.filter((one) => one.state === 'effective').map((one) => one.at)];
  };
  const before = await told();
  const later = new Date(Date.parse(before[0]!) + 300);
  await deniedFrom(revocationId, later);
  expect(await told()).toEqual(before.map(() => later.toISOString()));
  await deniedFrom(revocationId, new Date(later.getTime() - 100));
  expect(await told()).toEqual(before.map(() => later.toISOString()));
});
