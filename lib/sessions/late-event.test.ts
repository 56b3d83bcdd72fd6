import { beforeEach, describe, expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { admin } from '@/lib/decisions/testing-ask';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { request } from '@/lib/revocations/request';
import { ingest } from '@/lib/sessions/ingest';
import { event, here, newSpace, type Rows } from '@/lib/sessions/testing-ingest';

testDatabase();
const rows: Rows = async (sql, values = []) => (await pool().query<Record<string, unknown>>(sql, values)).rows;
beforeEach(newSpace);

const ids = async (): Promise<string[]> =>
  (await rows('select id::text from sessions where source = $1 order by started_at', here())).map((row) =>
    String(row.id),
  );
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

  test('undoes no end that an operator made', async () => {
    await ingest([[event('a', 0), event('b', 3000)]]);
    const both = await ids();
    await pool().query(
      `update sessions set state = 'ended', ended_at = last_event_at, ended_by = 'operator', live_until = null where id = $1`,
      [both[1]],
    );
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
