import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Ctx } from '@/lib/access/model';
import { systemCtx } from '@/lib/access/model';
import { formatOf } from '@/lib/connectors/formats';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { projectRoot } from '@/lib/platform/env';
import { importSource } from '@/lib/sessions/import';
import { ingest } from '@/lib/sessions/ingest';
import { listImports } from '@/lib/sessions/list-imports';
import type { SessionEventInput } from '@/lib/sessions/model';
import { readEvent } from '@/lib/sessions/read-event';
import { runImport } from '@/lib/sessions/run-import';
import { showImport } from '@/lib/sessions/show-import';
import { startImport, uploadPath } from '@/lib/sessions/start-import';

testDatabase();
const ctx = systemCtx('test');
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-import-'));
beforeAll(() => {
  process.env.BRAID_HOME = home;
});
afterAll(() => fs.rmSync(home, { recursive: true, force: true }));
const fixture = (name: string) => path.join(projectRoot(), 'lib/connectors', name);
const file = (name: string, content: string | Buffer): string => {
  const at = path.join(home, name);
  fs.writeFileSync(at, content);
  return at;
};
const rows = async (sql: string, values: unknown[] = []) =>
  (await pool().query<Record<string, unknown>>(sql, values)).rows;
const login = (at: string, port: number, phase = 'login attempt: db=app user=app tls=no', role = 'app') =>
  `2024-05-01 ${at} UTC [1] LOG C-0x${port}: app/${role}@10.0.0.1:${port} ${phase}`;

describe('a log file', () => {
  test('becomes identities, credentials, sessions and events', async () => {
    const result = await importSource(ctx, { format: 'pgbouncer', paths: [fixture('pgbouncer/fixtures')] });
    expect(result).toMatchObject({
      format: 'pgbouncer',
      files: 1,
      lines: 9,
      events: 7,
      skipped: 2,
      rejectedTotal: 0,
      identities: 2,
      sessions: 4,
    });
    const sessions = await rows(
      `select i.name, s.label, s.state, s.ended_by, s.event_count, s.started_at, s.ended_at, c.external_id from sessions s join identities i on i.id = s.identity_id
       join credentials c on c.id = s.credential_id where s.source = 'pgbouncer' order by s.started_at`,
    );
    expect(sessions.map((each) => [each.name, each.label, each.ended_by, each.event_count, each.external_id])).toEqual([
      ['orders_api', 'orders · 10.1.0.11', 'itself', 2, 'login:orders_api'],
      ['orders_api', 'orders · 10.1.0.12', 'timeout', 1, 'login:orders_api'],
      ['billing_job', 'billing · 10.1.0.13', 'timeout', 1, 'login:billing_job'],
      ['orders_api', 'orders · local socket', 'itself', 2, 'login:orders_api'],
    ]);
    // Opens without a close end at the last line.
    expect(sessions[1]!.ended_at).toEqual(new Date('2024-03-02T09:00:10.000Z'));
    expect(
      await rows(
        `select 1 from sessions where last_validated_at is distinct from last_event_at and observed_by = 'derived'`,
      ),
    ).toEqual([]);
    const [orders] = await rows(`select * from identities where name = 'orders_api'`);
    expect(orders).toMatchObject({
      session_count: 3,
      peak_sessions: 2,
      peak_at: new Date('2024-03-02T09:00:01.000Z'),
      sources: ['pgbouncer'],
    });
    expect(await rows(`select 1 from audit_entries where action = 'import.run'`)).toHaveLength(1);
  });

  test('CloudTrail by its other name, sniffed, gzip, twice: nothing is added', async () => {
    const zipped = file('trail.gz', gzipSync(fs.readFileSync(fixture('aws/fixtures/events.json'))));
    const first = await importSource(ctx, { paths: [zipped] });
    expect(first).toMatchObject({ format: 'aws', events: 6, sessions: 2, identities: 2 });
    expect(
      await importSource(ctx, { format: 'cloudtrail', paths: [fixture('aws/fixtures/events.json')] }),
    ).toMatchObject({
      events: 0,
      duplicates: 6,
      sessions: 0,
    });
  });

  test('of a folder each file tells its own source, and what tells none is left out by name', async () => {
    const folder = path.join(home, 'mixed');
    fs.mkdirSync(folder);
    for (const vendor of ['okta', 'kubernetes'] as const) {
      const [first] = fs.readdirSync(fixture(`${vendor}/fixtures`)).sort();
      fs.copyFileSync(fixture(`${vendor}/fixtures/${first}`), path.join(folder, `${vendor}-${first}`));
    }
    fs.writeFileSync(path.join(folder, 'zz.log'), 'nothing that anybody wrote\n');
    const result = await importSource(ctx, { format: 'auto', paths: [folder] });
    expect(result.format.split(', ').sort()).toEqual(['kubernetes', 'okta']);
    expect(result.files).toBe(2);
    expect(result.rejected.at(-1)).toMatchObject({
      file: expect.stringContaining('zz.log'),
      reason: expect.stringContaining('does not look like any log'),
    });
    const sources = await rows('select distinct source from session_events order by 1');
    expect(sources.map((one) => one.source)).toEqual(expect.arrayContaining(['kubernetes', 'okta']));
  });

  test('a log that was just rotated holds nothing and is no error, whatever it is read as', async () => {
    const folder = path.join(home, 'rotated');
    fs.mkdirSync(folder);
    for (const name of ['a.log', 'b.log']) fs.writeFileSync(path.join(folder, name), '');
    for (const format of ['auto', 'aws'])
      expect(await importSource(ctx, { format, paths: [folder] })).toMatchObject({
        format,
        files: 2,
        empty: 2,
        lines: 0,
        rejectedTotal: 0,
      });
    await expect(importSource(ctx, { format: 'nope', paths: [folder] })).rejects.toMatchObject({
      code: 'import.unreadable',
    });
    const beside = file('rotated/c.log', login('11:30:00.000', 77));
    expect(await importSource(ctx, { format: 'auto', paths: [folder] })).toMatchObject({
      format: 'pgbouncer',
      files: 3,
      empty: 2,
      events: 1,
    });
    fs.rmSync(beside);
  });

  test('lines that cannot be read are refused with file, line and reason; the rest goes in', async () => {
    const at = file(
      'bad.log',
      [
        login('10:00:00.000', 1),
        'garbage',
        login('10:00:01.000', 2).replace('2024', '1999'),
        login('10:00:02.000', 3).replace('2024', '2990'),
        login('10:00:03.000', 4),
      ].join('\n'),
    );
    const result = await importSource(ctx, { format: 'pgbouncer', paths: [at] });
    expect(result).toMatchObject({ events: 2, rejectedTotal: 3 });
    expect(result.rejected.map(({ file: name, line, reason }) => [name, line, reason])).toEqual([
      [at, 2, expect.stringContaining('not a PgBouncer log line')],
      [at, 3, expect.stringContaining('before 2000')],
      [at, 4, expect.stringContaining('more than a day ahead')],
    ]);
  });

  test('what PostgreSQL cannot hold is dropped from texts', async () => {
    const [record] = (JSON.parse(fs.readFileSync(fixture('aws/fixtures/events.json'), 'utf8')) as { Records: object[] })
      .Records;
    const at = file(
      'nul.json',
      JSON.stringify([{ ...record, eventID: 'nul-1', errorCode: 'a\u0000b\ud800', userAgent: 'x\u0000y/1' }]),
    );
    expect(await importSource(ctx, { paths: [at] })).toMatchObject({ events: 1, rejectedTotal: 0 });
    expect(await rows(`select attributes->>'error' as e from session_events where event_id = 'nul-1'`)).toEqual([
      { e: 'ab' },
    ]);
  });

  test('no file, no such format, no log: said at once', async () => {
    await expect(importSource(ctx, { format: 'pgbouncer', paths: [path.join(home, 'none')] })).rejects.toMatchObject({
      code: 'import.unreadable',
    });
    await expect(importSource(ctx, { format: 'telnet', paths: [home] })).rejects.toMatchObject({
      code: 'import.unreadable',
    });
    await expect(importSource(ctx, { paths: [file('x.txt', 'hello')] })).rejects.toMatchObject({
      code: 'import.unreadable',
    });
    const viewer: Ctx = { actor: { kind: 'operator', id: '0', name: 'v', role: 'viewer' } };
    await expect(importSource(viewer, { paths: [home] })).rejects.toMatchObject({ code: 'access.denied' });
  });
});

describe('ingest', () => {
  const format = formatOf('pgbouncer')!;
  const event = (line: string): SessionEventInput => {
    const read = readEvent(format, line, Date.UTC(2024, 5, 1));
    if (read.kind !== 'event') throw new Error(JSON.stringify(read));
    return read.event;
  };
  const spans = (role: string) =>
    rows(
      `select s.started_at as s, s.ended_at as e, s.ended_by as by, s.event_count as n, (select count(*)::int from session_events v where v.session_id = s.id) as stored
       from sessions s join identities i on i.id = s.identity_id where i.name = $1 order by s.started_at`,
      [role],
    );

  test('a close that comes before its open, in another run, still ends it', async () => {
    await ingest([[event(login('10:00:05.000', 70, 'closing because: x (age=1s)', 'late'))]]);
    await ingest([[event(login('10:00:00.000', 70, 'login attempt', 'late'))]]);
    expect(await spans('late')).toEqual([
      { s: new Date('2024-05-01T10:00:00Z'), e: new Date('2024-05-01T10:00:05Z'), by: 'itself', n: 2, stored: 2 },
    ]);
  });

  test('runs in any order end in the same sessions and counters', async () => {
    const lines = (role: string) => [
      event(login('10:00:00.000', 80, 'login attempt', role)),
      event(login('10:00:01.000', 81, 'login attempt', role)),
      event(login('10:00:02.000', 80, 'closing because: x', role)),
      event(login('10:00:03.000', 80, 'login attempt', role)),
      event(login('10:00:04.000', 80, 'closing because: x', role)),
      event(login('10:00:09.000', 81, 'closing because: x', role)),
    ];
    await ingest([lines('forwards')]);
    for (const each of lines('backwards').reverse()) await ingest([[each]]);
    expect(await spans('backwards')).toEqual(await spans('forwards'));
    const counters = await rows(
      `select session_count, peak_sessions, peak_at, last_seen_at from identities where name in ('forwards', 'backwards')`,
    );
    expect(counters[0]).toEqual(counters[1]);
    expect(counters[0]).toMatchObject({ session_count: 3, peak_sessions: 2 });
  });

  test('a fresh log leaves its sessions live', async () => {
    const now = new Date(Date.now() - 60_000).toISOString();
    const line = `${now.slice(0, 10)} ${now.slice(11, 23)} UTC [1] LOG C-0x9: app/fresh@10.0.0.1:9 login attempt`;
    const read = readEvent(format, line, Date.now());
    await ingest([[read.kind === 'event' ? read.event : event('')]]);
    const [live] = await rows(
      `select s.state, s.ended_at, s.live_until from sessions s join identities i on i.id = s.identity_id where i.name = 'fresh'`,
    );
    expect(live).toMatchObject({ state: 'live', ended_at: null });
    expect((live!.live_until as Date).getTime() - Date.parse(now)).toBe(1_800_000);
  });

  test('two at once store everything once', async () => {
    const both = Array.from({ length: 300 }, (_, n) =>
      event(login(`11:00:00.${String(n).padStart(3, '0')}`, 5000 + n, 'login attempt', 'twice')),
    );
    const results = await Promise.all([ingest([both]), ingest([[...both].reverse()])]);
    expect(results.map((each) => each.events).sort((a, b) => a - b)).toEqual([0, 300]);
    expect(await spans('twice')).toHaveLength(300);
  });
});

describe('an uploaded log', () => {
  const body = (content: string | Buffer) => new Blob([new Uint8Array(Buffer.from(content))]).stream();

  test('runs as a job, is followed in its row and deleted afterwards', async () => {
    const { importId } = await startImport(ctx, {
      name: 'pool.log',
      file: body(login('12:00:00.000', 90, undefined, 'uploaded')),
    });
    expect(await showImport(ctx, { id: importId })).toMatchObject({
      state: 'running',
      format: 'pgbouncer',
      name: 'pool.log',
    });
    expect(
      await rows(`select task_identifier from graphile_worker.jobs where key = $1`, [`import:${importId}`]),
    ).toEqual([{ task_identifier: 'run-import' }]);
    await runImport({ importId });
    expect(await showImport(ctx, { id: importId })).toMatchObject({
      state: 'done',
      result: { events: 1, sessions: 1 },
      error: null,
    });
    expect(fs.existsSync(uploadPath(importId))).toBe(false);
    await runImport({ importId });
    expect((await listImports(ctx, { limit: 1 })).items).toMatchObject([{ id: importId, state: 'done' }]);
  });

  test('what is no log is refused at once and leaves nothing behind', async () => {
    await expect(startImport(ctx, { name: 'x', file: body('hello') })).rejects.toMatchObject({
      code: 'import.unreadable',
    });
    await expect(startImport(ctx, { name: 'x', file: body('') })).rejects.toMatchObject({ code: 'import.unreadable' });
    expect(fs.readdirSync(path.join(home, 'imports'))).toEqual([]);
  });

  test('a file that is gone fails its import in words', async () => {
    const { importId } = await startImport(ctx, { name: 'gone.log', file: body(login('12:00:00.000', 91)) });
    fs.rmSync(uploadPath(importId));
    await runImport({ importId });
    expect(await showImport(ctx, { id: importId })).toMatchObject({
      state: 'failed',
      error: expect.stringContaining("can't be read"),
    });
  });
});
