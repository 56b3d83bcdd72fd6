import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { importSource } from '@/lib/sessions/import';

testDatabase();
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-vault-'));
afterAll(() => fs.rmSync(home, { recursive: true, force: true }));
const lines = fs
  .readFileSync(path.join(import.meta.dirname, 'fixtures/audit.log'), 'utf8')
  .trimEnd()
  .split('\n');
const put = (name: string, of: string[]): string => {
  const file = path.join(home, name);
  fs.writeFileSync(file, `${of.join('\n')}\n`);
  return file;
};
const isDead = (line: string) => line.includes('"remote_address":"203.0.113.50"');
const read = (file: string) => importSource(systemCtx('test'), { format: 'auto', paths: [file] });
const refused = async () =>
  (
    await pool().query<{ name: string; session_id: string | null }>(
      `select i.name, e.session_id from session_events e join identities i on i.id = e.identity_id where e.network = '203.0.113.50'`,
    )
  ).rows;

test('a dead token is its holder’s, also when its log comes later; it makes no session', async () => {
  expect(
    await read(
      put(
        'living.log',
        lines.filter((line) => !isDead(line)),
      ),
    ),
  ).toMatchObject({ format: 'vault', rejectedTotal: 0 });
  expect(await read(put('dead.log', lines.filter(isDead)))).toMatchObject({ events: 1, sessions: 0 });
  expect(await refused()).toEqual([{ name: 'build', session_id: null }]);
  const { rows } = await pool().query<{ name: string; reason: string }>(
    `select i.name, a.reason from identity_aliases a join identities i on i.id = a.identity_id where a.reason like 'Used this token%'`,
  );
  expect(rows).toEqual([{ name: 'build', reason: 'Used this token at vault' }]);
});

test('a child’s session stems from the one that made its token', async () => {
  const { rows } = await pool().query<{ parent: string }>(
    `select p.label as parent from sessions s join sessions p on p.id = s.parent_id where s.network = '10.9.0.77' or s.network = '10.20.9.77'`,
  );
  expect(rows).toHaveLength(1);
});

test('an entity is called after whoever signed in, also where a child token of it is seen first', async () => {
  await pool().query('truncate identities, event_keys, sessions, session_events cascade');
  const uses = (path: string) => (line: string) => line.includes(`"path":"${path}"`);
  const name = async () =>
    (await pool().query(`select name from identities where external_id = '0c1f3d77-2b1a-4a52-9f5e-8f1f0b7f2a11'`)).rows;
  await read(
    put(
      'child.log',
      lines.filter(uses('kv/data/deploy/key')).filter((line) => !isDead(line)),
    ),
  );
  expect(await name()).toEqual([{ name: '0c1f3d77-2b1a-4a52-9f5e-8f1f0b7f2a11' }]);
  await read(put('login.log', lines.filter(uses('auth/approle/login'))));
  expect(await name()).toEqual([{ name: 'build' }]);
});

test('no raw token and nothing of what was answered is in the database', async () => {
  await read(path.join(import.meta.dirname, 'fixtures/raw.log'));
  const { rows } = await pool().query<{ text: string }>(
    `select row_to_json(e)::text as text from session_events e union all select row_to_json(c)::text from credentials c
     union all select row_to_json(s)::text from sessions s union all select row_to_json(i)::text from identities i`,
  );
  const all = rows.map((row) => row.text).join('\n');
  expect(all.length).toBeGreaterThan(1000);
  for (const secret of ['hvs.CAESI', 'hvb.AAAAAQ', 'correct horse']) expect(all).not.toContain(secret);
});
