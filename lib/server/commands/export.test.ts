// What leaves and comes in by the command line: a file followed by a mapping, its events taken out as OCSF, its run ended.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { testDatabase } from '@/lib/db/testing';
import { clock } from '@/lib/platform/clock';

const db = testDatabase();
const dir = fs.mkdtempSync(path.join(tmpdir(), 'braid-export-'));
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

const run = (...args: string[]) =>
  new Promise<{ said: string; code: number }>((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'lib/server/cli.ts', ...args],
      { env: { ...process.env, DATABASE_URL: db.url }, timeout: 120_000 },
      (error, stdout, stderr) => resolve({ said: stdout + stderr, code: error ? Number(error.code ?? 1) : 0 }),
    );
  });

test('followed by a mapping, taken out as OCSF, and ended as a run', { timeout: 600_000 }, async () => {
  const at = (name: string) => path.join(dir, name);
  fs.writeFileSync(
    at('mapping.yaml'),
    'name: gate\ntime: ts\nidentity: { id: who, kind: ai_agent }\nsession: { key: sid, gap_secs: 7200 }\naction: what\nrun: run\n',
  );
  const line = (sid: string) =>
    JSON.stringify({ ts: clock.now().toISOString(), who: 'agent-1', sid, what: 'open door', run: 'the run' });
  fs.writeFileSync(at('gate.log'), `${line('a')}\n${line('b')}\n`);
  const followed = await run('tail', 'generic', at('gate.log'), '--mapping', at('mapping.yaml'), '--once');
  expect(followed).toMatchObject({ code: 0, said: expect.stringContaining('2 events') });
  const out = at('out.ndjson');
  expect((await run('export', 'events', '--format', 'ocsf', '--run', 'the run', '--out', out)).said).toContain(out);
  const events = fs.readFileSync(out, 'utf8').trim().split('\n');
  expect(events.map((text) => JSON.parse(text))).toMatchObject([
    { class_uid: 6003, api: { operation: 'open door' }, message_context: { uid: 'the run' } },
    { class_uid: 6003 },
  ]);
  const over = await run('export', 'events', '--out', out);
  expect(over.code).not.toBe(0);
  expect(fs.readFileSync(out, 'utf8').trim().split('\n')).toEqual(events);
  expect(await run('session', 'end-run', 'the run', '--dry-run')).toMatchObject({
    code: 0,
    said: expect.stringContaining('Dry run, nothing was changed: 2 taken'),
  });
});
