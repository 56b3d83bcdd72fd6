import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
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

describe('what was sent', () => {
  const token = 'hvs.CAESIexampleExampleExample0123456789';
  const vault = fs.readFileSync(path.join(import.meta.dirname, '../connectors/vault/fixtures/raw.log'), 'utf8');
  /** Rows of the whole database that hold the token, as it is or as bytes. */
  async function whereFound(secret: string): Promise<string[]> {
    const { rows } = await pool().query<{ name: string }>(
      `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`,
    );
    const found: string[] = [];
    for (const { name } of rows) {
      const like = [secret, Buffer.from(secret).toString('hex'), Buffer.from(secret).toString('base64').slice(0, -4)];
      const { rowCount } = await pool().query(
        `select 1 from ${name} t where exists (select from unnest($1::text[]) s where position(s in t::text) > 0) limit 1`,
        [like],
      );
      if (rowCount) found.push(name);
    }
    return found;
  }

  test('is not found in the database while it waits, once it is read, and where it could not be read', async () => {
    expect(vault).toContain(token);
    await pool().query('create table probe (body bytea)');
    await pool().query('insert into probe values ($1)', [Buffer.from(vault)]);
    expect(await whereFound(token)).toEqual(['public.probe']);
    await pool().query('drop table probe');

    const { batchId } = await receiveEvents(ctx, { format: 'vault', body: Buffer.from(vault) });
    expect(await whereFound(token)).toEqual([]);
    await drainInbox(ctx);
    expect(await findBatch(batchId)).toMatchObject({ state: 'done', result: { rejectedTotal: 0 } });
    expect(await whereFound(token)).toEqual([]);

    const short = 'hvs.CAESIx9';
    const broken = await receiveEvents(ctx, {
      format: 'vault',
      body: Buffer.from(`${vault}${short}\n{"a": ${short}}\n`),
    });
    const none = await receiveEvents(ctx, { format: 'github', body: Buffer.from(vault) });
    await pool().query('update event_batches set attempts = $2 where id = $1', [none.batchId, BATCH_ATTEMPTS]);
    await drainInbox(ctx);
    expect(await findBatch(broken.batchId)).toMatchObject({ state: 'done', result: { rejectedTotal: 2 } });
    expect(await findBatch(none.batchId)).toMatchObject({ state: 'failed' });
    expect([await whereFound(token), await whereFound(short)]).toEqual([[], []]);
  });

  test('that was taken in before bodies were sealed is read all the same', async () => {
    const { batchId } = await send(line('plain'));
    await pool().query('update event_batches set sealed = false, body = $2 where id = $1', [
      batchId,
      Buffer.from(`${line('plain')}\n`),
    ]);
    await drainInbox(ctx);
    expect(await findBatch(batchId)).toMatchObject({ state: 'done', result: { events: 1 } });
  });

  test('by a process with another key fails with the reason, keeps what was sent, and holds nothing up', async () => {
    const { batchId } = await send(line('other key'));
    const { batchId: next } = await send(line('own key'));
    const { rows } = await pool().query<{ body: Buffer }>('select body from event_batches where id = $1', [batchId]);
    rows[0]!.body.write('00000000', 3, 'latin1');
    await pool().query('update event_batches set body = $2 where id = $1', [batchId, rows[0]!.body]);
    await drainInbox(ctx);
    expect(await findBatch(batchId)).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('BRAID_SECRET_KEY'),
    });
    expect((await findBatch(next))?.state).toBe('done');
    const kept = await pool().query('select body is null as gone from event_batches where id = $1', [batchId]);
    expect(kept.rows).toEqual([{ gone: false }]);
  });
});
