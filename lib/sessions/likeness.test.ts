import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { pool, prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { compareEarlier } from '@/lib/sessions/compare-earlier';
import { ingest } from '@/lib/sessions/ingest';
import type { Course } from '@/lib/sessions/likeness-model';
import { likenessOf } from '@/lib/sessions/likeness-state';
import { event } from '@/lib/sessions/testing-ingest';

testDatabase();
const ctx = systemCtx('test');

const NIGHTLY = ['list', 'read', 'read', 'export', 'write', 'close'];
const course = (id: string, actions: string[], more: Partial<Course> = {}): Course => ({
  id,
  label: id,
  agent: 'etl/2.1',
  network: '198.51.100.7',
  actions,
  times: actions.map((_, n) => n * 1000),
  ...more,
});

test('a run that does what was always done is like all of them; one that does something else is like none', () => {
  const earlier = [1, 2, 3].map((n) => course(`run ${n}`, NIGHTLY));
  expect(likenessOf(course('now', NIGHTLY), earlier)).toMatchObject({
    earlier: 3,
    alike: 3,
    nearest: { likeness: 1 },
    unseen: [],
  });
  const thief = course('now', ['whoami', 'list', 'grant', 'grant', 'dump'], {
    agent: 'python-requests/2',
    network: '203.0.113.99',
    times: [0, 60_000, 61_000, 200_000, 200_500],
  });
  const said = likenessOf(thief, earlier);
  expect(said).toMatchObject({ alike: 0, unseen: ['whoami', 'grant', 'dump'] });
  expect(said.nearest!.likeness).toBeLessThan(0.3);
  // The same acts by another client from another place are still most of the run, and said trait by trait.
  const borrowed = likenessOf(course('now', NIGHTLY, { agent: 'curl/8', network: '203.0.113.99' }), earlier).nearest!;
  expect(borrowed.likeness).toBe(0.75);
  expect(borrowed.traits.filter((one) => one.likeness === 0).map((one) => one.trait)).toEqual(['agent', 'place']);
});

test('a live run is compared as far as it has come; the same acts in another order are less alike', () => {
  const earlier = [course('whole', NIGHTLY)];
  expect(likenessOf(course('now', NIGHTLY.slice(0, 4)), earlier).nearest!.likeness).toBe(1);
  expect(likenessOf(course('now', NIGHTLY.toReversed()), earlier).nearest!.likeness).toBe(0.8);
});

test('of two acts, or beside nothing, nothing is said', () => {
  expect(likenessOf(course('now', ['a', 'b']), [course('x', NIGHTLY)]).nearest).toBeNull();
  expect(likenessOf(course('now', NIGHTLY), [])).toMatchObject({ earlier: 0, nearest: null, unseen: [] });
});

test('whatever ran before: between 0 and 1, itself is 1, and the order of the earlier does not matter', () => {
  const acts = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 3, maxLength: 30 });
  const one = acts.map((actions) => course('x', actions));
  fc.assert(
    fc.property(one, fc.array(one, { maxLength: 6 }), (now, earlier) => {
      const said = likenessOf(now, earlier);
      if (said.nearest) expect(said.nearest.likeness >= 0 && said.nearest.likeness <= 1).toBe(true);
      expect(likenessOf(now, [...earlier, now]).nearest!.likeness).toBe(1);
      expect(likenessOf(now, earlier.toReversed()).nearest?.likeness).toBe(said.nearest?.likeness);
    }),
  );
});

test('read from what is stored: a session of a finding is no example, later ones are not earlier', async () => {
  const run = (key: string, at: number, actions: string[]) =>
    actions.map((action, n) =>
      event(`${key}${n}`, at + n, { who: 'svc-etl', key, action, agent: 'etl/2', network: '198.51.100.7' }),
    );
  const stolen = ['whoami', 'grant', 'dump', 'dump'];
  await ingest([
    [
      ...run('a', 0, NIGHTLY),
      ...run('s', 5_000, stolen),
      ...run('b', 10_000, NIGHTLY),
      ...run('t', 15_000, stolen),
      ...run('c', 20_000, NIGHTLY),
    ],
  ]);
  const rows = await prisma().session.findMany({ select: { id: true, identityId: true, label: true } });
  const of = (key: string) => rows.find((row) => row.label.endsWith(`· ${key}`))!;
  expect(await compareEarlier(ctx, { id: of('b').id })).toMatchObject({
    earlier: 2,
    alike: 1,
    nearest: { id: of('a').id, likeness: 1 },
  });
  expect(await compareEarlier(ctx, { id: of('t').id })).toMatchObject({
    earlier: 3,
    alike: 1,
    nearest: { id: of('s').id },
    unseen: [],
  });
  await pool().query(
    `insert into findings (id, identity_id, detector, cause, severity, state, title, summary, evidence, first_seen_at, last_seen_at)
     values (gen_random_uuid(), $1, 'token-reuse', 'x', 'high', 'open', 't', 's', $2, now(), now())`,
    [of('s').identityId, { sessions: [of('s').id], decisions: [], events: [] }],
  );
  expect(await compareEarlier(ctx, { id: of('t').id })).toMatchObject({
    earlier: 2,
    alike: 0,
    unseen: ['whoami', 'grant', 'dump'],
  });
  await expect(compareEarlier(ctx, { id: '01a00000-0000-7000-8000-000000000000' })).rejects.toMatchObject({
    code: 'not_found',
  });
});
