import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { gone, killAll, startBatch, until } from '@/lib/jobs/testing-batch';
import { showImport } from '@/lib/sessions/show-import';
import { startImport } from '@/lib/sessions/start-import';

const db = testDatabase();
const ctx = systemCtx('test');
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-living-'));
beforeAll(() => {
  process.env.BRAID_HOME = home;
});
afterAll(() => {
  killAll();
  fs.rmSync(home, { recursive: true, force: true });
});

/** The last that was started. */
let running: ChildProcess | undefined;
/** Of the last log that was imported: one that is known has nothing to tell. */
let day = 1;
const batch = (): ChildProcess => {
  const child = startBatch(db.url, home);
  running = child;
  return child;
};
const locked = async (): Promise<boolean> =>
  (await pool().query('select 1 from graphile_worker.jobs where locked_by is not null and key like $1', ['import:%']))
    .rows.length > 0;

function logOf(day: string, lines: number): ReadableStream<Uint8Array> {
  const text = Array.from({ length: lines }, (_, at) => {
    const time = new Date(Date.UTC(2024, 0, 1) + at * 50).toISOString().slice(11, 23);
    return `2024-05-${day} ${time} UTC [1] LOG C-0x${at}: app/app${at % 40}@10.0.0.1:${at % 60_000} login attempt: db=app user=app${at % 40} tls=no`;
  }).join('\n');
  return new Blob([text]).stream();
}
async function importing(day: string, lines = 60_000): Promise<string> {
  const { importId } = await startImport(ctx, { name: `pool-${day}.log`, file: logOf(day, lines) });
  return importId;
}
const progressed = (id: string) => async () => ((await showImport(ctx, { id })).progress?.events ?? 0) > 0;

test('an import goes on at once when its worker was killed', { timeout: 180_000 }, async () => {
  const id = await importing('01');
  const first = batch();
  await until(progressed(id), 60_000);
  const ended = gone(first);
  first.kill('SIGKILL');
  await ended;
  expect(await locked()).toBe(true);
  batch();
  await until(async () => (await showImport(ctx, { id })).state === 'done', 90_000);
  expect(await showImport(ctx, { id })).toMatchObject({ state: 'done', result: { lines: 60_000, rejectedTotal: 0 } });
  const { rows } = await pool().query('select count(*)::int as n from session_events');
  expect(rows).toEqual([{ n: 60_000 }]);
});

test('a worker that is asked to stop leaves its import to the next one, unlocked', { timeout: 300_000 }, async () => {
  const id = await importing(`0${++day}`, 150_000); // not over before it is stopped
  const child = running?.exitCode === null && running.signalCode === null ? running : batch();
  await until(progressed(id), 60_000);
  const ended = gone(child);
  child.kill('SIGTERM');
  await ended;
  expect(child.exitCode).toBe(0);
  expect(await locked()).toBe(false);
  expect(await showImport(ctx, { id })).toMatchObject({ state: 'running' });
  batch();
  await until(async () => (await showImport(ctx, { id })).state === 'done', 180_000);
});
