import { beforeEach, expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { clock } from '@/lib/platform/clock';
import { endRun } from '@/lib/sessions/end-run';
import { ingest } from '@/lib/sessions/ingest';
import { list } from '@/lib/sessions/list';
import { listRunEvents } from '@/lib/sessions/list-run-events';
import { listRuns } from '@/lib/sessions/list-runs';
import { show } from '@/lib/sessions/show';
import { showRun } from '@/lib/sessions/show-run';
import { event, newSpace, spaceNow } from '@/lib/sessions/testing-ingest';

testDatabase();
const ctx = systemCtx('test');
beforeEach(newSpace);
const ago = (secs: number): string => new Date(clock.ms() - secs * 1000).toISOString();
const idOf = async (name: string): Promise<string> =>
  (await pool().query<{ id: string }>('select id::text from identities where name = $1', [name])).rows[0]!.id;

test('runs are listed by their earliest part, newest first and page by page, and found by who acts in them', async () => {
  const name = (n: number) => `run ${spaceNow()} ${n}`;
  await ingest([
    [0, 1, 2, 3].flatMap((n) => [
      event(`${n}a`, n * 100, { key: `a${n}`, run: name(n), who: 'planner' }),
      // Later than the next run's first: a run stands where its earliest part does.
      event(`${n}b`, n * 100 + 150, { key: `b${n}`, run: name(n), who: n === 2 ? 'odd one' : 'worker' }),
    ]),
  ]);
  const first = await listRuns(ctx, { limit: 3 });
  const rest = await listRuns(ctx, { limit: 3, cursor: first.nextCursor! });
  expect([...first.items, ...rest.items].map((row) => row.run)).toEqual([3, 2, 1, 0].map(name));
  expect(rest.nextCursor).toBeNull();
  expect(first.items[0]).toMatchObject({ parts: 2, live: 0, events: 2, identitiesTotal: 2 });
  expect(first.items[0]!.identities.map((one) => one.name)).toEqual(['planner', 'worker']);
  const odd = await listRuns(ctx, { identityId: await idOf('odd one') });
  expect(odd.items.map((row) => row.run)).toEqual([name(2)]);
  expect((await listRuns(ctx, { live: true })).items).toEqual([]);
  expect((await listRuns(ctx, { q: name(1), live: false })).items).toHaveLength(1);
});

test('what a run did is paged without losing what happened within one millisecond', async () => {
  const run = `close ${spaceNow()}`;
  const at = (n: number) => `2024-05-01T10:00:00.0001${String(n).padStart(2, '0')}Z`;
  await ingest([[0, 1, 2, 3, 4].map((n) => ({ ...event(`${n}`, 0, { run }), at: at(n) }))]);
  const seen: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await listRunEvents(ctx, { run, limit: 2, cursor });
    seen.push(...page.items.map((one) => one.id));
    if (!page.nextCursor) break;
    cursor = page.nextCursor;
  }
  expect(new Set(seen).size).toBe(5);
});

test('one act ends every live session of a run, of whichever identity; those that are over and of other runs stay', async () => {
  const run = `conversation/${spaceNow()}?x`;
  await ingest([
    [
      event('1', 0, { at: ago(60), key: 'one', run, who: 'agent' }),
      event('2', 0, { at: ago(50), key: 'two', run, who: 'tool server' }),
      event('3', 0, { at: ago(9000), key: 'old', run, who: 'agent' }),
      event('4', 0, { at: ago(40), key: 'other', run: `${run}y`, who: 'agent' }),
    ],
  ]);
  expect(await showRun(ctx, { run })).toMatchObject({ live: true, liveTotal: 2, partsTotal: 3 });
  const tried = await endRun(ctx, { run, dryRun: true });
  expect(tried).toMatchObject({ dryRun: true, eligible: 2, radius: { identities: 2, sessions: 2 }, revocationIds: [] });
  const done = await endRun(ctx, { run, reason: 'It was told to' });
  expect(done).toMatchObject({ dryRun: false, eligible: 2, left: 0 });
  const { rows } = await pool().query<{ n: number }>(
    `select count(distinct s)::int as n from revocations r, unnest(r.session_ids) s where r.id = any($1)`,
    [done.revocationIds],
  );
  expect(rows).toEqual([{ n: 2 }]);
  await expect(endRun(ctx, { run: 'never seen' })).rejects.toMatchObject({ code: 'not_found' });
  expect((await list(ctx, { run })).items).toHaveLength(3);
});

test('sessions are found by the beginning of what their source knows them by, and by what is not seen of them', async () => {
  const made = `ak${spaceNow()}_1%x`;
  await ingest([
    [
      event('1', 0, { at: ago(60), key: made, who: 'by name' }),
      event('2', 0, { at: ago(60), key: JSON.stringify(['proj', `"p${spaceNow()}`, 'z']), who: 'by parts' }),
      event('3', 0, { at: ago(60), key: `b${spaceNow()}`, binding: { boundKey: `jkt${spaceNow()}` }, who: 'by bound' }),
    ],
  ]);
  const names = async (key: string) => (await list(ctx, { key })).items.map((row) => row.identityName);
  expect(await names(made.slice(0, 6))).toEqual(['by name']);
  expect(await names(`ak${spaceNow()}_1_`)).toEqual([]); // a sign of the pattern means itself
  expect(await names(`proj · "p${spaceNow()}`)).toEqual(['by parts']);
  expect(await names(`jkt${spaceNow()}`)).toEqual(['by bound']);
  expect((await list(ctx, { q: `jkt${spaceNow()}` })).items).toHaveLength(1);
  const [row] = (await list(ctx, { key: made })).items;
  expect(await show(ctx, { id: row!.id })).toMatchObject({ boundKey: null, dark: false, stale: false });
  await pool().query('update sessions set dark = true where id = $1', [row!.id]);
  expect((await list(ctx, { dark: true })).items.map((one) => one.id)).toEqual([row!.id]);
  await pool().query('update sessions set stale = true where id = $1', [row!.id]);
  expect((await list(ctx, { stale: true })).items).toMatchObject([{ id: row!.id, stale: true }]);
  expect((await list(ctx, { stale: false, key: made })).items).toEqual([]);
});
