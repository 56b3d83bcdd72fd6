// What is live beside a session is part of what it was allowed on: where a log brings more of it, it is asked again.
import { expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { ingest } from '@/lib/sessions/ingest';
import { readEvent } from '@/lib/sessions/read-event';
import { formatNamed } from '@/lib/sessions/sniff';

testDatabase();

const rows = async (sql: string) => (await pool().query(sql)).rows;
const format = formatNamed('pgbouncer', '');

/** What PgBouncer says of one client, `agoMs` ago. */
async function log(pointer: number, words: string, agoMs = 60_000): Promise<void> {
  const at = new Date(Date.now() - agoMs).toISOString();
  const line = `${at.slice(0, 10)} ${at.slice(11, 23)} UTC [1] LOG C-0x${pointer}: app/fresh@10.0.0.1:${pointer} ${words}`;
  const read = readEvent(format, line, Date.now());
  if (read.kind !== 'event') throw new Error(`${line} is no event`);
  await ingest([[read.event]]);
}

const jobs = () =>
  rows(
    `select j.task_identifier from graphile_worker.jobs j join identities i on j.key = 'reevaluate:' || i.id where i.name = 'fresh'`,
  );

test('only of whom something was answered in a session that is live', async () => {
  await log(9, 'login attempt');
  expect(await jobs()).toEqual([]);
  await rows(
    `insert into decisions (identity_id, id, session_id, at, verdict, reason, action, resource_type, resource_id, latency_us, trace, writer, seq, hash)
     select s.identity_id, gen_random_uuid(), s.id, now(), 'allow', 'ok', 'pay', 'account', '1', 1, '{"exposures":[]}', gen_random_uuid(), 1, ''
       from sessions s join identities i on i.id = s.identity_id where i.name = 'fresh'`,
  );
  await log(10, 'login attempt');
  expect(await jobs()).toEqual([{ task_identifier: 'reevaluate-sessions' }]);
  await rows('delete from graphile_worker._private_jobs');
  await log(9, 'closing because: client close request (age=50s)', 10_000);
  await log(11, 'login attempt');
  expect(await jobs()).toEqual([]);
});
