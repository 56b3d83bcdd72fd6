import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { admin } from '@/lib/decisions/testing-ask';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { request } from '@/lib/revocations/request';
import { ingest } from '@/lib/sessions/ingest';
import type { SessionEventInput } from '@/lib/sessions/model';
import { event, here, moved, newSpace, type Rows, standing, T0 } from '@/lib/sessions/testing-ingest';

testDatabase();
const rows: Rows = async (sql, values = []) => (await pool().query<Record<string, unknown>>(sql, values)).rows;
beforeEach(newSpace);

const ids = async (): Promise<string[]> =>
  (await rows('select id::text from sessions where source = $1 order by started_at', here())).map((row) =>
    String(row.id),
  );
const endHere = (id: string) =>
  pool().query(
    `update sessions set state = 'ended', ended_at = last_event_at, ended_by = 'operator', live_until = null where id = $1`,
    [id],
  );
const at = (secs: number): Date => new Date(T0 + secs * 1000);
const ago = (secs: number): string => new Date(clock.ms() - secs * 1000).toISOString();

describe('an event that comes late', () => {
  test('joins two sessions, and what was decided about the second still names one', async () => {
    await ingest([[event('a', 0, { network: '198.51.100.1' }), event('b', 3000, { network: '198.51.100.2' })]]);
    const [first, second] = await ids();
    const [identity] = await rows('select identity_id::text as id from sessions where id = $1', [second]);
    await pool().query(
      `insert into findings (id, identity_id, detector, cause, severity, title, summary, evidence, first_seen_at, last_seen_at)
       values ($1, $2, 'manual', 'c', 'low', 't', 's', jsonb_build_object('sessions', jsonb_build_array($3::text)), now(), now())`,
      [newId(), identity!.id, second],
    );
    await ingest([[event('late', 1500)]]);
    expect(await ids()).toEqual([second]);
    expect(
      await rows('select network, event_count from sessions where source = $1 and id <> $2', [...here(), first]),
    ).toEqual([{ network: '198.51.100.1', event_count: 3 }]);
    expect(await rows('select distinct session_id::text as id from session_events where source = $1', here())).toEqual([
      { id: second },
    ]);
  });

  test('leaves two sessions apart that are both named', async () => {
    await ingest([[event('a', 0), event('b', 3000)]]);
    const both = await ids();
    const [identity] = await rows('select identity_id::text as id from sessions where id = $1', [both[0]]);
    await pool().query(
      `insert into findings (id, identity_id, detector, cause, severity, title, summary, evidence, first_seen_at, last_seen_at)
       values ($1, $2, 'manual', 'c', 'low', 't', 's', jsonb_build_object('sessions', $3::jsonb), now(), now())`,
      [newId(), identity!.id, JSON.stringify(both)],
    );
    await ingest([[event('late', 1500)]]);
    expect(await ids()).toEqual(both);
    expect(await rows('select event_count from sessions where source = $1 order by started_at', here())).toEqual([
      { event_count: 2 },
      { event_count: 1 },
    ]);
  });

  test('makes what led up to an end that an operator made a part of what was ended, and undoes no end', async () => {
    await ingest([[event('a', 0), event('b', 3000)]]);
    const both = await ids();
    await endHere(both[1]!);
    await ingest([[event('late', 1500)]]);
    expect(await ids()).toEqual([both[1]]);
    expect(
      await rows('select started_at, ended_at, ended_by, event_count from sessions where source = $1', here()),
    ).toEqual([{ started_at: at(0), ended_at: at(3000), ended_by: 'operator', event_count: 3 }]);
    expect(await rows('select session_count, peak_sessions from identities where $1 = any(sources)', here())).toEqual([
      { session_count: 1, peak_sessions: 1 },
    ]);
  });

  test('leaves the session before alone that something names, and what was ended as it was', async () => {
    await ingest([[event('a', 0), event('b', 3000)]]);
    const both = await ids();
    const [identity] = await rows('select identity_id::text as id from sessions where id = $1', [both[0]]);
    await pool().query(
      `insert into findings (id, identity_id, detector, cause, severity, title, summary, evidence, first_seen_at, last_seen_at)
       values ($1, $2, 'manual', 'c', 'low', 't', 's', jsonb_build_object('sessions', jsonb_build_array($3::text)), now(), now())`,
      [newId(), identity!.id, both[0]],
    );
    await endHere(both[1]!);
    await ingest([[event('late', 1500)]]);
    expect(await ids()).toEqual(both);
    expect(
      await rows('select ended_by, event_count from sessions where source = $1 order by started_at', here()),
    ).toEqual([
      { ended_by: 'timeout', event_count: 2 },
      { ended_by: 'operator', event_count: 1 },
    ]);
  });

  test('leaves a termination with the session it ended', async () => {
    await ingest([[event('a', 0, { at: ago(3000) }), event('b', 0, { at: ago(10) })]]);
    const [, second] = await ids();
    await request(admin, {
      kind: 'terminate',
      sessionIds: [second!],
      reasonCode: 'test',
      reason: 'stolen, ended now',
    });
    await ingest([[event('late', 0, { at: ago(1500) })]]);
    expect(
      await rows(
        'select count(*)::int as there from revocations v join sessions s on s.id = any(v.session_ids) where s.id = $1',
        [second],
      ),
    ).toEqual([{ there: 1 }]);
  });
});

const arbitrary = fc
  .uniqueArray(
    fc.record({
      n: fc.integer({ min: 0, max: 12 }),
      key: fc.constantFrom('a', 'b'),
      phase: fc.constantFrom('open' as const, 'close' as const, 'seen' as const, 'seen' as const),
    }),
    { minLength: 2, maxLength: 18, selector: ({ n, key, phase }) => `${n} ${key} ${phase}` },
  )
  .map((list) =>
    list.map(({ n, key, phase }) =>
      // At an instant of its own: which of two at one instant is the first hangs on their ids, and those on the source's name.
      event(
        `${key} ${phase} ${n}`,
        n * 700 + (key === 'a' ? 0.1 : 0) + ['open', 'seen', 'close'].indexOf(phase) * 0.01,
        {
          key,
          phase,
          network: `10.0.${n}.1`,
        },
      ),
    ),
  )
  .chain((events) =>
    fc.record({
      events: fc.shuffledSubarray(events, { minLength: events.length }),
      split: fc.integer({ min: 1, max: events.length }),
      size: fc.integer({ min: 1, max: 5 }),
      afterSecs: fc.constantFrom(0, 0.005, 700, 1800),
    }),
  );

test('what comes after sessions were ended makes the same of them in any order and any cut', async () => {
  await fc.assert(
    fc.asyncProperty(arbitrary, async ({ events, split, size, afterSecs }) => {
      const story = async (later: (events: SessionEventInput[]) => SessionEventInput[][]) => {
        newSpace();
        const all = moved(events);
        await ingest([all.slice(0, split)]);
        await pool().query(
          `update sessions set state = 'ended', ended_by = 'operator', live_until = null, ended_at = last_event_at + make_interval(secs => $2)
           where id in (select distinct on (group_key) id from sessions where source = $1 order by group_key, started_at desc) and ended_by <> 'itself'`,
          [...here(), afterSecs],
        );
        await ingest(later(all.slice(split)));
        return standing(rows);
      };
      const sorted = await story((rest) => [[...rest].sort((a, b) => (a.at < b.at ? -1 : 1))]);
      const any = await story((rest) =>
        Array.from({ length: Math.ceil(rest.length / size) }, (_, i) => rest.slice(i * size, (i + 1) * size)),
      );
      expect(any).toEqual(sorted);
    }),
    { numRuns: 40 },
  );
}, 300_000);

test('a close whose session turns out to have ended before waits for an open again', async () => {
  const told = (id: string, secs: number, phase: 'open' | 'close' | 'seen') => event(id, secs, { phase });
  await ingest([[told('open', 0, 'open'), told('seen', 10, 'seen')]]);
  await ingest([[told('second close', 60, 'close')]]);
  await ingest([[told('first close', 30, 'close')]]);
  const where = () =>
    rows(
      `select e.event_id, e.attributes->>'unopened' as waits, s.started_at from session_events e left join sessions s on s.id = e.session_id
        where e.source = $1 and e.event_id = 'second close'`,
      here(),
    );
  expect(await where()).toEqual([{ event_id: 'second close', waits: 'k', started_at: null }]);
  await ingest([[told('second open', 50, 'open')]]);
  expect(await where()).toEqual([{ event_id: 'second close', waits: null, started_at: at(50) }]);
});

test('sessions whose events retention dropped stay as they were when their key is used again', async () => {
  const DAY = 86_400;
  const told = (id: string, secs: number, phase: 'open' | 'close' | 'seen') => event(id, secs, { phase });
  const used = (day: number) => [
    told(`open ${day}`, day * DAY, 'open'),
    told(`seen ${day}`, day * DAY + 10, 'seen'),
    told(`close ${day}`, day * DAY + 20, 'close'),
  ];
  await ingest([[...used(0), ...used(1), told('open 2', 2 * DAY, 'open'), told('seen 2', 2 * DAY + 10, 'seen')]]);
  const old = await ids();
  await endHere(old[2]!);
  await pool().query('delete from session_events where source = $1', here());
  const stood = () => rows('select * from sessions where id = any($1::uuid[]) order by started_at', [old]);
  const before = await stood();
  expect(before.map((row) => row.event_count)).toEqual([3, 3, 2]);
  await ingest([used(60)]);
  await ingest([[told('seen 61', 61 * DAY, 'seen')], [told('late', 60 * DAY + 5, 'seen')]]);
  expect(await stood()).toEqual(before);
  expect(await rows('select event_count from sessions where source = $1 order by started_at offset 3', here())).toEqual(
    [{ event_count: 4 }, { event_count: 1 }],
  );
  expect(await rows('select session_count from identities where $1 = any(sources)', here())).toEqual([
    { session_count: 5 },
  ]);
});

test('a session that an operator ends while a batch is written stays ended', async () => {
  await ingest([[event('a', 0, { at: ago(60) })]]);
  const [id] = await ids();
  const holder = await pool().connect();
  await holder.query('begin');
  await holder.query('lock table session_events in access exclusive mode');
  const written = ingest([[event('b', 0, { at: ago(5) })]]);
  await expect
    .poll(async () => rows(`select 1 as n from pg_locks where relation = 'session_events'::regclass and not granted`), {
      timeout: 10_000,
    })
    .not.toEqual([]);
  const ended = pool().query(
    `update sessions set state = 'ended', ended_at = now(), ended_by = 'operator', live_until = null where id = $1`,
    [id],
  );
  await holder.query('rollback');
  holder.release();
  await Promise.all([written, ended]);
  expect(await rows('select state, ended_by from sessions where id = $1', [id])).toEqual([
    { state: 'ended', ended_by: 'operator' },
  ]);
});

test('one event changes one of the many sessions of its key', async () => {
  await ingest([Array.from({ length: 100 }, (_, i) => event(`e${i}`, i * 7200))]);
  const [before] = await rows('select pg_current_xact_id()::text as id');
  await ingest([[event('one', 100 * 7200)]]);
  expect(
    await rows(
      `select count(*)::int as rewritten from sessions where source = $1 and xmin::text::bigint >= $2::bigint`,
      [...here(), before!.id],
    ),
  ).toEqual([{ rewritten: 1 }]);
});
