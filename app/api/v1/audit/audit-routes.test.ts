import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { POST as take } from '@/app/api/v1/audit/checkpoints/route';
import { GET as exported } from '@/app/api/v1/audit/export/route';
import { GET as standing } from '@/app/api/v1/audit/standing/route';
import { GET as runs, POST as start } from '@/app/api/v1/audit/verifications/route';
import { createToken } from '@/lib/access/create-token';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { runVerification } from '@/lib/decisions/run-verification';
import { admin, applyTestPolicies, ask } from '@/lib/decisions/testing-ask';

testDatabase();
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-audit-routes-'));
let reads = '';
let responds = '';
let decision = '';
beforeAll(async () => {
  process.env.BRAID_HOME = home;
  await applyTestPolicies();
  decision = (await ask({ subject: 'svc-route', resource: 'acct', context: { amount: 5 } })).braid
    .decision_id as string;
  reads = (await createToken(admin, { name: 'reads', scopes: ['read'] })).token;
  responds = (await createToken(admin, { name: 'responds', scopes: ['respond'] })).token;
});
afterAll(() => fs.rmSync(home, { recursive: true, force: true }));

type Handler = typeof standing;
const call = (handler: Handler, token: string, query = '', method = 'GET') =>
  handler(
    new Request(`http://localhost/api/v1/audit/x${query}`, { method, headers: { authorization: `Bearer ${token}` } }),
    {
      params: Promise.resolve({}),
    },
  );

test('a bundle is downloaded, verifies, and its export is audited; nothing of it stays on the disk', async () => {
  const response = await call(exported, reads, `?decision=${decision}&format=tar.gz`);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/gzip']);
  expect(response.headers.get('content-disposition')).toMatch(
    /^attachment; filename="braid-evidence-[0-9-]+Z\.tar\.gz"$/,
  );
  const file = path.join(home, 'bundle.tar.gz');
  fs.writeFileSync(file, Buffer.from(await response.arrayBuffer()));
  spawnSync('tar', ['-xzf', file, '-C', home]);
  const folder = fs.readdirSync(home).find((name) => /^braid-evidence-.*Z$/.test(name))!;
  const run = spawnSync(process.execPath, ['verify.mjs', '--json'], { cwd: path.join(home, folder), encoding: 'utf8' });
  expect(JSON.parse(run.stdout)).toMatchObject({ ok: true, decisions: 1 });
  const { rows } = await pool().query(
    `select actor_name, target_type, target_id from audit_entries where action = 'audit.export'`,
  );
  expect(rows).toEqual([{ actor_name: 'reads', target_type: 'decision', target_id: decision }]);
  expect(
    fs
      .readdirSync(os.tmpdir())
      .filter(
        (name) => /^braid-download-/.test(name) && fs.existsSync(path.join(os.tmpdir(), name, path.basename(folder))),
      ),
  ).toEqual([]);
});

test('what is asked wrongly is refused in words', async () => {
  const nothing = await call(exported, reads);
  expect([nothing.status, (await nothing.json()).code]).toEqual([400, 'input.invalid']);
  const nobody = await call(exported, reads, '?identity=0190aaaa-0000-7000-8000-000000000001');
  expect([nobody.status, (await nobody.json()).code]).toEqual([404, 'not_found']);
});

test('the log is proven on request, by whom may; how it stands is read by everybody', async () => {
  expect((await call(start, reads, '', 'POST')).status).toBe(403);
  expect((await call(take, reads, '', 'POST')).status).toBe(403);
  const signed = await call(take, responds, '', 'POST');
  expect([signed.status, (await signed.json()).seq]).toEqual([201, '3']);
  const begun = await call(start, responds, '', 'POST');
  expect(begun.status).toBe(202);
  const { id, started } = (await begun.json()) as { id: string; started: boolean };
  expect(started).toBe(true);
  expect(await (await call(start, responds, '', 'POST')).json()).toEqual({ id, started: false });
  await runVerification(id);
  const stands = await (await call(standing, reads)).json();
  expect(stands).toMatchObject({
    run: { id, state: 'ok', actorName: 'responds', result: { ok: true, decisions: 1 } },
    checkpoint: { seq: '3', reason: 'request' },
    retention: { decisions: 730 },
  });
  expect((await (await call(runs, reads)).json()).items).toHaveLength(1);
});
