import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seal } from '@/lib/audit/seal';
import { create } from '@/lib/connectors/create';
import { open } from '@/lib/connectors/open';
import { pullIdentities, pullSessions } from '@/lib/connectors/pull';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { checkpoint } from '@/lib/decisions/checkpoint';
import { newId } from '@/lib/platform/ids';
import { publicKey } from '@/lib/platform/signing';
import { certificate } from '@/lib/revocations/certificate';
import type { Certificate, SignedCertificate } from '@/lib/revocations/certificate/model';
import { canonicalText, verifyCertificate } from '@/lib/revocations/certificate/verify.mjs';
import { execute } from '@/lib/revocations/execute';
import { request } from '@/lib/revocations/request';

testDatabase();
const ctx = { actor: { kind: 'operator' as const, id: newId(), name: 'Rae Respönder', role: 'admin' as const } };
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-certificate-'));
beforeAll(() => {
  process.env.BRAID_HOME = home;
});
afterAll(() => fs.rmSync(home, { recursive: true, force: true }));

async function asked(gaps = ''): Promise<{ id: string; identityId: string }> {
  const name = `cert_${newId().slice(-8)}`;
  const values = { world: name, identities: `${name}:2`, gaps, linkByName: 'false' };
  const { id } = await create(ctx, { vendor: 'simulator', name, values });
  const opened = await open(id);
  await pullIdentities(opened);
  await pullSessions(opened);
  const { id: identityId } = await prisma().identity.findFirstOrThrow({ where: { name } });
  const reason = 'Token “seen” in a log – CHG-1';
  const { revocationId } = await request(ctx, { kind: 'revoke', identityId, reasonCode: 'suspected_theft', reason });
  return { id: revocationId, identityId };
}
const parse = (text: string) => (JSON.parse(text) as SignedCertificate).certificate;

/** As somebody would who has the file and Node. */
function checkOffline(text: string, ...args: string[]) {
  const folder = fs.mkdtempSync(path.join(home, 'offline-'));
  fs.copyFileSync('lib/revocations/certificate/verify.mjs', path.join(folder, 'verify.mjs'));
  fs.writeFileSync(path.join(folder, 'c.json'), text);
  return spawnSync(process.execPath, ['verify.mjs', 'c.json', ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, NODE_ENV: 'production' },
    encoding: 'utf8',
  });
}

test('an unfinished one says so, a proven one says when, and both verify without Braid', async () => {
  const { id, identityId } = await asked();
  const early = await certificate(ctx, { id });
  expect(parse(early.text)).toMatchObject({ final: false, state: 'requested', audit: { sealed: null } });
  expect(parse(early.text).says).toMatch(/^As of .* It is NOT finished: it has not been proven that access ended\./);
  expect(checkOffline(early.text).stdout).toContain('NOT finished');

  await execute(identityId);
  await seal();
  await checkpoint(ctx, 'request');
  const { text, name } = await certificate(ctx, { id });
  const said: Certificate = parse(text);
  expect(name).toBe(`braid-revocation-${id}.json`);
  expect(said).toMatchObject({
    id,
    state: 'verified',
    final: false, // it is watched for a day
    actor: { kind: 'operator', id: ctx.actor.id, name: 'Rae Respönder' },
    reason: 'Token “seen” in a log – CHG-1',
    identity: { id: identityId, state: 'revoked' },
    audit: { action: 'identity.revoke', sealed: { seq: expect.any(String) } },
    checkpoint: { seq: '1' },
    issuer: { key: publicKey().id },
  });
  // Every state, of each step and of the whole, each no earlier than the one before.
  const chains = [said.history, ...said.steps.map((step) => step.history)];
  for (const chain of chains) expect(chain.map((one) => one.at)).toEqual(chain.map((one) => one.at).sort());
  expect(said.history[0]).toEqual({ state: 'requested', at: said.times.requested });
  expect(said.history.at(-1)).toEqual({ state: 'verified', at: said.times.verified });
  const states = (verb: string) => said.steps.find((step) => step.verb === verb)!.history.map((one) => one.state);
  expect(states('deny')).toEqual(['requested', 'effective', 'verified']);
  expect(states('block')).toEqual(['requested', 'effective', 'verified']);
  expect(states('probe')).toEqual(['requested', 'verified']);
  expect(states('regrowth')).toEqual(['requested', 'accepted']);
  expect(said.times.requestedToVerifiedMs).toBeGreaterThan(0);
  expect(said.steps.map((step) => step.verb)).toEqual(['deny', 'block', 'terminate', 'probe', 'regrowth']);
  expect(said.steps.find((step) => step.verb === 'probe')!.proof!.length).toBeGreaterThan(1);
  const pem = path.join(home, 'key.pem');
  fs.writeFileSync(pem, publicKey().pem);
  const offline = checkOffline(text, '--key', pem);
  expect([offline.status, offline.stderr]).toEqual([0, '']);
  expect(offline.stdout).toMatch(/^Authentic: signed by the key you gave, and not a byte changed\./);
});

test('what still lives stands in it', async () => {
  const { id, identityId } = await asked('G2');
  await execute(identityId);
  const said = parse((await certificate(ctx, { id })).text);
  expect(said).toMatchObject({ state: 'residual', final: false });
  expect(said.steps.flatMap((step) => step.residuals)).toMatchObject([{ gap: 'G2', until: expect.any(String) }]);
});

test('any changed byte is found, wherever it stands', async () => {
  const { id, identityId } = await asked();
  await execute(identityId);
  const { text } = await certificate(ctx, { id });
  expect(verifyCertificate(text, publicKey().pem)).toMatchObject({ ok: true, keyCompared: true });
  const whole = Buffer.from(text);
  // A reader of DER passes over what follows the key: of its base64, a letter in place of the padding.
  const { publicKey: key } = JSON.parse(text) as { publicKey: string };
  const longer = Buffer.concat([Buffer.from(key, 'base64'), Buffer.from([7])]).toString('base64');
  expect(verifyCertificate(text.replace(key, longer)).ok).toBe(false);
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
      const bent = Buffer.from(whole);
      bent[at] = bent[at]! ^ by;
      expect(verifyCertificate(bent.toString('utf8')).ok).toBe(false);
    }),
    { numRuns: 1_000 },
  );
  fc.assert(
    fc.property(fc.nat(whole.length), fc.constantFrom(' ', '\n', '0', '}'), (at, more) => {
      expect(verifyCertificate(text.slice(0, at) + more + text.slice(at)).ok).toBe(false);
    }),
    { numRuns: 300 },
  );
  expect(verifyCertificate(text.slice(0, -1)).ok).toBe(false);
  expect(checkOffline(text.replace('"verified"', '"residual"')).status).toBe(1);
});

test('one that was signed anew by somebody else is found by the key, one with its parts exchanged by their digests', async () => {
  const { id } = await asked();
  const file = JSON.parse((await certificate(ctx, { id })).text) as SignedCertificate;
  const { sign } = await import('node:crypto');
  const other = generateKeyPairSync('ed25519');
  const forged = {
    ...file,
    certificate: { ...file.certificate, state: 'verified' as const, steps: [] },
    publicKey: other.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
  };
  forged.signature = sign(null, Buffer.from(canonicalText(forged.certificate)), other.privateKey).toString('base64');
  const text = `${canonicalText(forged)}\n`;
  expect(verifyCertificate(text, publicKey().pem).problems).toEqual([
    'The digest of steps is not that of what stands there.',
    'It is signed with another key than the one you gave.',
  ]);
  expect(verifyCertificate('{"format":"braid.revocation.v1"}').ok).toBe(false);
  expect(verifyCertificate('').ok).toBe(false);
});

test('one that was written before states were kept verifies as it did', () => {
  const text = fs.readFileSync('lib/revocations/certificate/testing-v1.txt', 'utf8');
  expect(JSON.parse(text).format).toBe('braid.revocation.v1');
  expect(verifyCertificate(text)).toMatchObject({ ok: true, problems: [] });
  expect(checkOffline(text).stdout).toContain('Authentic');
  expect(verifyCertificate(text.replace('braid.revocation.v1', 'braid.revocation.v2')).problems).toEqual([
    'The digest of history is not that of what stands there.',
  ]);
  expect(verifyCertificate(text.replace('braid.revocation.v1', 'braid.revocation.v3')).ok).toBe(false);
  expect(verifyCertificate(text.replace('"verified"', '"residual"')).ok).toBe(false);
});
