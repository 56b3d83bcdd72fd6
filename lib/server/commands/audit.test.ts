import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { applyTestPolicies, ask } from '@/lib/decisions/testing-ask';
import { projectRoot } from '@/lib/platform/env';

const db = testDatabase();
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-cli-audit-'));
let decision = '';
beforeAll(async () => {
  await applyTestPolicies();
  for (let i = 0; i < 4; i += 1)
    decision = (await ask({ subject: 'svc-cli', resource: 'acct', context: { amount: 5 } })).braid
      .decision_id as string;
});
afterAll(() => fs.rmSync(home, { recursive: true, force: true }));

function braid(...args: string[]) {
  const ran = spawnSync(process.execPath, ['lib/server/braid.mjs', 'audit', ...args], {
    cwd: projectRoot(),
    env: { ...process.env, DATABASE_URL: db.url, BRAID_HOME: home, BRAID_LOG_LEVEL: 'silent' },
    encoding: 'utf8',
  });
  return { code: ran.status, out: ran.stdout, error: ran.stderr };
}

test('verify, checkpoint, key, export: what a person types, in order', { timeout: 180_000 }, () => {
  const kept = path.join(home, 'checkpoint.json');
  const key = path.join(home, 'key.pem');
  const bundle = path.join(home, 'case');
  expect(braid('checkpoint', '--out', kept).out).toBe(`Checkpoint 1 written to ${kept}.\n`);
  const proof = braid('verify', '--checkpoint', kept, '--json');
  expect(proof.code).toBe(0);
  expect(JSON.parse(proof.out)).toMatchObject({ ok: true, decisions: 4, checkpoints: 1, keptCheckpoints: 2 });
  expect(braid('key', '--out', key).out).toMatch(/BEGIN PUBLIC KEY[\s\S]*SHA-256 [0-9a-f]{64}/);
  const exported = JSON.parse(braid('export', '--decision', decision, '--out', bundle, '--json').out);
  expect(exported).toMatchObject({ decisions: 1, out: bundle });
  const verified = spawnSync(process.execPath, ['verify.mjs', '--key', key], {
    cwd: bundle,
    env: { NODE_ENV: 'production' },
    encoding: 'utf8',
  });
  expect([verified.status, verified.stderr]).toEqual([0, '']);
  expect(verified.stdout).toMatch(/^Verified: 1 decisions?.*which is the one you gave\.\n$/s);
  expect(braid('export', '--out', path.join(home, 'nothing')).code).toBe(2);
  expect(JSON.parse(braid('retention', '--decisions', '90', '--json').out)).toMatchObject({
    decisions: 90,
    audit: 1826,
  });
  expect(braid('retention', '--decisions', '1').code).toBe(2);
});

test('a broken log is exit code 1, in words and as JSON, and stands in the runs', { timeout: 120_000 }, async () => {
  await pool().query(
    'update exposures set settled = settled + 1 where id = (select id from exposures order by id limit 1)',
  );
  const said = braid('verify');
  expect(said.code).toBe(1);
  expect(said.out).toMatch(/NOT verified: \d problems?\.\n[\s\S]*counter\.differs/);
  const json = braid('verify', '--json');
  expect([json.code, JSON.parse(json.out).ok]).toEqual([1, false]);
  const { rows } = await pool().query('select state, actor_name from verifications order by started_at');
  expect(rows.map((row) => row.state)).toEqual(['ok', 'broken', 'broken']);
  expect(rows[0].actor_name).toMatch(/^cli:/);
});
