import { beforeEach, expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { ingest } from '@/lib/sessions/ingest';
import { listEvents } from '@/lib/sessions/list-events';
import { event, here, newSpace, T0 } from '@/lib/sessions/testing-ingest';

testDatabase();
beforeEach(newSpace);

test('what a session did after its approval had ended is marked, what it did before and what failed is not', async () => {
  await ingest([[event('a', 0), event('b', 60), event('c', 400), event('d', 500, { outcome: 'failure' })]]);
  const { rows } = await pool().query<{ id: string }>('select id::text from sessions where source = $1', here());
  expect(rows).toHaveLength(1);
  const sessionId = rows[0]!.id;
  const marked = async () =>
    (await listEvents(systemCtx('test'), { sessionId })).items.map((one) => one.beyondApproval).reverse();
  expect(await marked()).toEqual([false, false, false, false]);
  const until = new Date(T0 + 100_000).toISOString();
  await pool().query(`update sessions set consent = jsonb_build_object('until', $2::text) where id = $1`, [
    sessionId,
    until,
  ]);
  expect(await marked()).toEqual([false, false, true, false]);
});
