import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { projectRoot } from '@/lib/platform/env';
import { newId, newSecret, sha256Hex } from '@/lib/platform/ids';
import { startPdp } from '@/lib/server/pdp';
import { drainInbox } from '@/lib/sessions/drain-inbox';
import { takeWaiting } from '@/lib/sessions/inbox/store';
import { tail } from '@/lib/sessions/tail';

testDatabase();
const ctx = systemCtx('test');
const bearer = `brd_${newSecret(24)}`;
const reader = `brd_${newSecret(24)}`;
let pdp: Awaited<ReturnType<typeof startPdp>>;
let n = 0;
const line = (phase = 'login attempt: db=app user=app tls=no', port = ++n) =>
  `2024-05-01 10:00:00.${String(port % 1000).padStart(3, '0')} UTC [1] LOG C-0x${port}: app/app@10.0.0.1:${10_000 + port} ${phase}`;
const lines = (count: number) => `${Array.from({ length: count }, () => line()).join('\n')}\n`;
const rows = async (sql: string, values: unknown[] = []) =>
  (await pool().query<Record<string, unknown>>(sql, values)).rows;
const stored = async () => (await rows('select count(*)::int as n from session_events'))[0]!.n as number;

beforeAll(async () => {
  for (const [token, scopes] of [
    [bearer, ['ingest']],
    [reader, ['decide']],
  ] as const)
    await pool().query(
      `insert into api_tokens (id, name, scopes, hash, prefix, created_by) values ($1, $2, $3, $4, 'brd_', 'test')`,
      [newId(), `t ${scopes[0]}`, scopes, sha256Hex(token)],
    );
  pdp = await startPdp({ port: 0, host: '127.0.0.1' });
});
afterAll(() => pdp.stop());
beforeEach(async () => {
  await pool().query('truncate event_batches');
});

function ask(method: string, at: string, body?: string | Buffer, token = bearer) {
  return new Promise<{ status: number; headers: http.IncomingHttpHeaders; body: Record<string, unknown> }>(
    (resolve, reject) => {
      const request = http.request(
        { host: '127.0.0.1', port: pdp.port, method, path: at, headers: { authorization: `Bearer ${token}` } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            resolve({
              status: response.statusCode!,
              headers: response.headers,
              body: JSON.parse(Buffer.concat(chunks).toString()),
            }),
          );
        },
      );
      request.on('error', reject);
      request.end(body);
    },
  );
}

describe('POST /v1/events', () => {
  const trail = (id: string) => ({
    eventID: id,
    eventName: 'ListBuckets',
    eventSource: 's3.amazonaws.com',
    eventTime: '2024-05-01T10:00:00Z',
    awsRegion: 'eu-west-1',
    sourceIPAddress: '203.0.113.9',
    userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/x', accessKeyId: 'AKIAEXAMPLE9' },
  });

  test.each([
    ['a list', (id: string) => JSON.stringify([trail(id)])],
    ['Records', (id: string) => JSON.stringify({ Records: [trail(id)] })],
    ['a record a line', (id: string) => `${JSON.stringify(trail(id))}\n${JSON.stringify(trail(`${id}-2`))}\n`],
    ['gzip', (id: string) => gzipSync(JSON.stringify([trail(id)]))],
  ])('%s: 202 with its id; read by a worker; sent twice it counts once', async (name, make) => {
    const sent = await ask('POST', '/v1/events', make(name));
    expect([sent.status, sent.headers.location]).toEqual([202, `/v1/events/${sent.body.batchId}`]);
    expect((await ask('GET', sent.headers.location!)).body).toMatchObject({ state: 'received', result: null });
    await ask('POST', '/v1/events?format=cloudtrail', make(name));
    await drainInbox(ctx);
    const count = name === 'a record a line' ? 2 : 1;
    expect((await ask('GET', sent.headers.location!)).body).toMatchObject({
      state: 'done',
      result: { format: 'aws', lines: count, events: count, duplicates: 0, rejectedTotal: 0 },
    });
    expect(await rows("select result->>'duplicates' as d from event_batches order by id desc limit 1")).toEqual([
      { d: String(count) },
    ]);
    expect(await rows('select body from event_batches where body is not null')).toEqual([]);
  });

  test('refused lines are told with line and reason, the rest goes in', async () => {
    const sent = await ask('POST', '/v1/events?format=pgbouncer', `${line()}\nrubbish\n${line()}\n`);
    await drainInbox(ctx);
    expect((await ask('GET', `/v1/events/${sent.body.batchId}`)).body).toMatchObject({
      state: 'done',
      result: {
        lines: 3,
        events: 2,
        rejectedTotal: 1,
        rejected: [{ line: 2, reason: expect.stringContaining('PgBouncer') }],
      },
    });
  });

  test('who may not, what is empty, too large or no format is refused at once; what is no log or a broken gzip fails with its reason', async () => {
    expect((await ask('POST', '/v1/events', 'x', reader)).status).toBe(403);
    expect((await ask('POST', '/v1/events', 'x', 'brd_nobody')).status).toBe(401);
    expect((await ask('POST', '/v1/events', '')).status).toBe(400);
    expect((await ask('POST', '/v1/events?format=telnet', 'x')).status).toBe(422);
    expect((await ask('POST', '/v1/events', Buffer.alloc(8_000_001, 65))).status).toBe(413);
    await ask('POST', '/v1/events', 'hello');
    await ask('POST', '/v1/events', gzipSync(lines(100)).subarray(0, 60));
    await ask('POST', '/v1/events?format=github', lines(2));
    await drainInbox(ctx);
    expect(
      (await rows('select state, error from event_batches order by id')).map((each) => [each.state, each.error]),
    ).toEqual([
      ['failed', expect.stringContaining('does not look like any log')],
      ['failed', expect.stringContaining('gzip')],
      ['failed', 'Nothing in it could be read as github.'],
    ]);
  });

  test('a full inbox answers 429 with Retry-After, and takes again when it was emptied', async () => {
    await pool().query(
      `insert into event_batches (id, actor_name, format, bytes, body) values ($1, 't', 'pgbouncer', 256000000, $2)`,
      [newId(), Buffer.from(lines(1))],
    );
    const full = await ask('POST', '/v1/events', lines(1));
    expect([full.status, full.body.code, Number(full.headers['retry-after'])]).toEqual([
      429,
      'event.inbox_full',
      expect.any(Number),
    ]);
    await drainInbox(ctx);
    expect((await ask('POST', '/v1/events', lines(1))).status).toBe(202);
  });

  test('a worker that dies after storing and before saying so loses nothing and stores nothing twice; a batch that brings it down is given up', async () => {
    const sent = await ask('POST', '/v1/events', lines(3));
    expect(await takeWaiting(1_000_000, 10)).toHaveLength(1); // taken, and never finished
    const before = await stored();
    await drainInbox(ctx);
    expect((await stored()) - before).toBe(3);
    expect((await ask('GET', `/v1/events/${sent.body.batchId}`)).body).toMatchObject({
      state: 'done',
      result: { events: 3 },
    });
    await ask('POST', '/v1/events', lines(1));
    await pool().query(`update event_batches set attempts = 5 where state = 'received'`);
    await drainInbox(ctx);
    expect(await rows(`select error from event_batches order by id desc limit 1`)).toEqual([
      { error: expect.stringContaining('given up') },
    ]);
  });
});

describe('a tailed log', () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-tail-'));
  afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));
  const look = async (at: string, format = 'pgbouncer') => (await tail(ctx, { format, path: at })).events;

  test('grows: whole lines go in, half a line waits for its end; looking again adds nothing', async () => {
    const at = path.join(dir, 'grow.log');
    const half = line();
    fs.writeFileSync(at, lines(3) + half.slice(0, 40));
    expect(await look(at)).toBe(3);
    expect(await look(at)).toBe(0);
    fs.appendFileSync(at, `${half.slice(40)}\nrubbish\n`);
    expect(await tail(ctx, { format: 'auto', path: at })).toMatchObject({
      events: 1,
      duplicates: 0,
      rejectedTotal: 1,
      rejected: [{ file: at, line: 5 }],
    });
  });

  test('of JSON: half a record waits for its end, however long that takes, also where it stands alone', async () => {
    const at = path.join(dir, 'half.log');
    const text = fs.readFileSync(path.join(projectRoot(), 'lib/connectors/okta/fixtures/system-log.ndjson'), 'utf8');
    const [first, second] = text.split('\n').filter((each) => each.includes('"uuid"'));
    fs.writeFileSync(at, `${first}\n`);
    expect(await look(at, 'okta')).toBe(1);
    fs.appendFileSync(at, second!.slice(0, 100));
    for (let n = 0; n < 3; n++)
      expect(await tail(ctx, { format: 'okta', path: at })).toMatchObject({ events: 0, rejectedTotal: 0 });
    fs.appendFileSync(at, `${second!.slice(100)}\n`);
    expect(await tail(ctx, { format: 'okta', path: at })).toMatchObject({ events: 1, rejectedTotal: 0 });
  });

  test('rotated: what was left in the old file is read before the new one', async () => {
    const at = path.join(dir, 'rotate.log');
    fs.writeFileSync(at, lines(2));
    expect(await look(at)).toBe(2);
    fs.appendFileSync(at, lines(2));
    fs.renameSync(at, `${at}.1`);
    fs.writeFileSync(at, lines(1));
    expect(await look(at)).toBe(3);
    fs.appendFileSync(at, lines(1));
    expect(await look(at)).toBe(1);
  });

  test('cut off and written anew: read from its beginning, shorter or longer', async () => {
    const at = path.join(dir, 'cut.log');
    fs.writeFileSync(at, lines(3));
    expect(await look(at)).toBe(3);
    fs.writeFileSync(at, lines(1));
    expect(await look(at)).toBe(1);
    fs.writeFileSync(at, lines(9));
    expect(await look(at)).toBe(9);
  });

  test('a folder: new files, gzip when it is whole, documents when they have not grown', async () => {
    const at = path.join(dir, 'folder');
    fs.mkdirSync(at);
    fs.writeFileSync(path.join(at, 'a.log'), lines(2));
    fs.writeFileSync(path.join(at, 'README.md'), 'no log');
    expect(await look(at)).toBe(2);
    const zipped = gzipSync(lines(4));
    fs.writeFileSync(path.join(at, 'b.gz'), zipped.subarray(0, 30));
    expect(await look(at)).toBe(0);
    fs.writeFileSync(path.join(at, 'b.gz'), zipped);
    expect(await look(at)).toBe(4);
    expect(await look(at)).toBe(0);
  });

  test('a pass that died after storing is done again without storing twice', async () => {
    const at = path.join(dir, 'again.log');
    fs.writeFileSync(at, lines(4));
    expect(await look(at)).toBe(4);
    await pool().query('delete from tails where path = $1', [at]);
    expect(await tail(ctx, { format: 'pgbouncer', path: at })).toMatchObject({ events: 0, duplicates: 4 });
  });
});
