import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { drainInbox, forgetDrained } from '@/lib/sessions/drain-inbox';
import { findBatch } from '@/lib/sessions/inbox/store';
import { BATCH_ATTEMPTS } from '@/lib/sessions/inbox-model';
import { receiveEvents } from '@/lib/sessions/receive-events';

testDatabase();
const ctx = systemCtx('test');

const line = (id: string) =>
  JSON.stringify({
    eventVersion: '1.08',
    eventTime: '2024-05-01T10:00:00Z',
    eventID: id,
    eventName: 'GetObject',
    eventSource: 's3.amazonaws.com',
    awsRegion: 'eu-west-1',
    sourceIPAddress: '203.0.113.3',
    userAgent: 'aws-cli/2',
    userIdentity: {
      type: 'IAMUser',
      arn: 'arn:aws:iam::1:user/u',
      accountId: '1',
      accessKeyId: 'AKIA1',
      userName: 'u',
    },
  });
const send = (text: string) => receiveEvents(ctx, { format: 'aws', body: Buffer.from(`${text}\n`) });

test('accepted events outlive trouble with the database, however often they are tried', async () => {
  const { batchId } = await send(line('kept'));
  await pool().query('alter table session_events rename to session_events_away');
  for (let i = 0; i < BATCH_ATTEMPTS * 2; i++) await expect(drainInbox(ctx)).rejects.toThrow();
  const { rows } = await pool().query('select state, attempts, body is null as gone from event_batches where id = $1', [
    batchId,
  ]);
  expect(rows).toEqual([{ state: 'received', attempts: 0, gone: false }]);
  await pool().query('alter table session_events_away rename to session_events');
  await drainInbox(ctx);
  expect(await findBatch(batchId)).toMatchObject({ state: 'done', result: { events: 1 } });
});

test('a batch over which processes die is given up in the end and keeps what was sent', async () => {
  const { batchId } = await send(line('deadly'));
  await pool().query('update event_batches set attempts = $2 where id = $1', [batchId, BATCH_ATTEMPTS]);
  const { batchId: next } = await send(line('behind'));
  await drainInbox(ctx);
  const { rows } = await pool().query('select state, body is null as gone from event_batches where id = $1', [batchId]);
  expect(rows).toEqual([{ state: 'failed', gone: false }]);
  expect((await findBatch(next))?.state).toBe('done');
  await pool().query(`update event_batches set received_at = now() - interval '8 days' where id = $1`, [batchId]);
  await forgetDrained();
  expect(await findBatch(batchId)).toBeNull();
});

test('a reason that quotes an escaped NUL blocks nothing', async () => {
  const { batchId } = await send(`${line('good')}\n{"a": \\u0000zz}`);
  const { batchId: next } = await send(line('after'));
  await drainInbox(ctx);
  expect(await findBatch(batchId)).toMatchObject({ state: 'done', result: { events: 1, rejectedTotal: 1 } });
  expect((await findBatch(next))?.state).toBe('done');
});

test('small batches that unpack to much are stored one after another, all of them', async () => {
  const padded = gzipSync(`${line('bomb')}\n${' '.repeat(9_000_000)}\n`);
  const ids: string[] = [];
  for (let i = 0; i < 4; i++) ids.push((await receiveEvents(ctx, { format: 'aws', body: padded })).batchId);
  await drainInbox(ctx);
  const results = await Promise.all(ids.map(findBatch));
  expect(results.map((each) => each?.state)).toEqual(['done', 'done', 'done', 'done']);
  expect(results.reduce((sum, each) => sum + each!.result!.events, 0)).toBe(1);
});

test('a batch that the database refuses is given up in the end, and what waits behind it is not', async () => {
  await pool().query(`alter table session_events add constraint refused check (event_id <> 'refused')`);
  const { batchId } = await send(line('refused'));
  const { batchId: next } = await send(line('fine'));
  for (let i = 0; i < BATCH_ATTEMPTS; i++) await expect(drainInbox(ctx)).rejects.toThrow();
  await drainInbox(ctx);
  expect((await findBatch(batchId))?.state).toBe('failed');
  expect(await findBatch(next)).toMatchObject({ state: 'done', result: { events: 1 } });
  await pool().query('alter table session_events drop constraint refused');
});
