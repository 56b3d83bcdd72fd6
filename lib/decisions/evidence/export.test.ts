import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { record } from '@/lib/audit/record';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { transaction } from '@/lib/db/transaction';
import { checkpoint } from '@/lib/decisions/checkpoint';
import { exportEvidence } from '@/lib/decisions/export-evidence';
import { admin, applyTestPolicies, ask, token } from '@/lib/decisions/testing-ask';
import { settle } from '@/lib/exposures/settle';
import { publicKey } from '@/lib/platform/signing';

testDatabase();

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-export-'));
const pay = (subject: string, amount: number, session = 's1') =>
  ask({ subject, resource: `acct-${subject}`, session: { id: session }, context: { amount } });
let identity = '';
let exposure = '';
let decision = '';

beforeAll(async () => {
  process.env.BRAID_HOME = home;
  await applyTestPolicies();
  for (let i = 0; i < 6; i += 1) {
    await pay('svc-a', 1000 + i, `s${i % 3}`);
    await pay('svc-b', 10);
    if (i === 2) await checkpoint(admin, 'schedule');
  }
  const denied = await pay('svc-a', 7500);
  const held = await ask({ action: 'tool.call', subject: 'svc-a', context: { cost: 4 } });
  await settle(token, { holdId: held.braid.hold_id as string, amount: 3 });
  decision = denied.braid.decision_id as string;
  const { rows } = await pool().query('select identity_id, exposure_id from decisions where id = $1', [decision]);
  identity = rows[0].identity_id;
  exposure = rows[0].exposure_id;
  const target = { type: 'identity', id: identity, name: 'svc-a' };
  await transaction((tx) => record(tx, admin, { action: 'identity.annotate', target, reason: 'Ownér – “known”' }));
});
afterAll(() => fs.rmSync(home, { recursive: true, force: true }));

let n = 0;
const out = (end = '') => path.join(home, `bundle-${n++}${end}`);

/** Runs the script of a bundle as somebody would who has nothing but Node. */
function check(folder: string, ...args: string[]) {
  const run = spawnSync(process.execPath, [path.join(folder, 'verify.mjs'), '--json', ...args], {
    cwd: os.tmpdir(),
    env: { PATH: process.env.PATH, NODE_ENV: 'production' },
    encoding: 'utf8',
  });
  return { code: run.status, said: JSON.parse(run.stdout || '{}'), error: run.stderr };
}
const lines = (folder: string, name: string) =>
  fs
    .readFileSync(path.join(folder, name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

test.each(['decision', 'identity', 'exposure', 'period'])(
  'a bundle of one %s verifies in an empty folder',
  async (kind) => {
    const folder = out();
    const query = {
      decision: { decision },
      identity: { identity },
      exposure: { exposure },
      period: { from: '2020-01-01T00:00:00Z', to: '2999-01-01T00:00:00Z' },
    }[kind]!;
    const summary = await exportEvidence(admin, query, { format: 'folder', out: folder });
    const pem = out('.pem');
    fs.writeFileSync(pem, publicKey().pem);
    const { code, said, error } = check(folder, '--key', pem);
    expect(error).toBe('');
    expect(said.problems).toEqual([]);
    expect(code).toBe(0);
    expect(said).toMatchObject({ ok: true, keyCompared: true, records: summary.records, decisions: summary.decisions });
    expect(summary.decisions).toBe({ decision: 1, identity: 8, exposure: 7, period: 14 }[kind]);
    if (kind === 'exposure') expect(said.exposure).toMatchObject({ entries: 6, settled: '601500' });
    if (kind === 'identity') expect(summary.auditEntries).toBe(1);
    // Nothing of anybody else's is in it but digests.
    if (kind !== 'period')
      for (const name of fs.readdirSync(folder))
        if (fs.statSync(path.join(folder, name)).isFile())
          expect(fs.readFileSync(path.join(folder, name), 'utf8')).not.toContain('svc-b');
  },
);

test('what is to be read is there: verdict, trace, policies by hash', async () => {
  const folder = out();
  await exportEvidence(admin, { decision }, { format: 'folder', out: folder });
  const [row] = lines(folder, 'decisions.ndjson');
  expect(row).toMatchObject({
    id: decision,
    verdict: 'deny',
    alone: 'allow',
    identityName: 'svc-a',
    trace: { decisionId: decision },
  });
  const source = fs.readFileSync(path.join(folder, 'policies', `${row.trace.sets[0].hash.slice(0, 32)}.yaml`), 'utf8');
  expect(source).toContain('set:');
});

test('one flipped byte anywhere in the bundle is found', async () => {
  const folder = out();
  await exportEvidence(admin, { identity }, { format: 'folder', out: folder });
  const files = (fs.readdirSync(folder, { recursive: true }) as string[]).filter((name) =>
    fs.statSync(path.join(folder, name)).isFile(),
  );
  expect(files.length).toBeGreaterThan(8);
  for (const name of files) {
    const file = path.join(folder, name);
    const whole = fs.readFileSync(file);
    const places = name === 'verify.mjs' ? [10] : [0, Math.floor(whole.length / 2), whole.length - 2];
    for (const at of places) {
      const bent = Buffer.from(whole);
      bent[at] = bent[at]! ^ 1;
      fs.writeFileSync(file, bent);
      // The script itself may not run any more, which is no verification either.
      expect([name, at, check(folder).code === 0]).toEqual([name, at, false]);
    }
    fs.writeFileSync(file, whole);
  }
  expect(check(folder).code).toBe(0);
  fs.rmSync(path.join(folder, 'proofs.ndjson'));
  expect(check(folder).said.problems.join()).toContain('proofs.ndjson');
}, 120_000);

test('somebody who signs a bent bundle anew is found by the key, and by the chain', async () => {
  const folder = out();
  await exportEvidence(admin, { decision }, { format: 'folder', out: folder });
  const { generateKeyPairSync } = await import('node:crypto');
  const pem = out('.pem');
  fs.writeFileSync(pem, generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' }));
  expect(check(folder, '--key', pem).said.problems).toEqual([
    'The bundle is signed with another key than the one you gave.',
  ]);
  const [first] = lines(folder, 'records.ndjson');
  fs.writeFileSync(
    path.join(folder, 'records.ndjson'),
    `${JSON.stringify({ ...first, text: first.text.replace('svc-a', 'svc-x') })}\n`,
  );
  expect(check(folder).said.problems.join()).toMatch(/records\.ndjson was changed.*is not what was sealed/);
});

test('archives open with the tools everybody has', async () => {
  const tarFile = out('.tar.gz');
  await exportEvidence(admin, { identity }, { format: 'tar.gz', out: tarFile });
  const folder = out();
  fs.mkdirSync(folder);
  execFileSync('tar', ['-xzf', tarFile, '-C', folder]);
  expect(check(path.join(folder, path.basename(tarFile, '.tar.gz'))).code).toBe(0);
  const zipFile = out('.zip');
  await exportEvidence(admin, { identity }, { format: 'zip', out: zipFile });
  const unzipped = out();
  const python = `import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; z.extractall(sys.argv[2])`;
  const ran = spawnSync('python3', ['-c', python, zipFile, unzipped], { encoding: 'utf8' });
  if (ran.error) return; // no Python here
  expect(ran.stderr).toBe('');
  expect(check(path.join(unzipped, path.basename(zipFile, '.zip'))).code).toBe(0);
});

test('what matches nothing, is there already, or stands in a broken log is refused', async () => {
  const there = out();
  fs.mkdirSync(there);
  await expect(exportEvidence(admin, { decision }, { format: 'folder', out: there })).rejects.toMatchObject({
    code: 'input.invalid',
  });
  await expect(exportEvidence(admin, {}, { format: 'folder', out: out() })).rejects.toThrow();
  const nobody = '0190aaaa-0000-7000-8000-000000000001';
  await expect(exportEvidence(admin, { identity: nobody }, { format: 'folder', out: out() })).rejects.toMatchObject({
    code: 'not_found',
  });
  await pool().query(`update decisions set trace = trace || ' ' where id = $1`, [decision]);
  await expect(exportEvidence(admin, { decision }, { format: 'folder', out: out() })).rejects.toMatchObject({
    code: 'conflict',
  });
});
