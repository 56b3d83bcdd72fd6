import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connection } from '@/lib/connectors/contract';
import { testingNotes } from '@/lib/connectors/testing-notes';
import { vault as module } from '@/lib/connectors/vault/connector';
import { manifest } from '@/lib/connectors/vault/manifest';
import { startVault, type TestVault } from '@/lib/connectors/vault/testing-vault';

let vault: TestVault;
let connection: Connection;

beforeAll(async () => {
  vault = await startVault();
  const url = `http://127.0.0.1:${vault.port}`;
  const { config, secrets } = manifest.split({ url, ownNetwork: 'true', ...vault.braid });
  const host = { connectorId: 'c', own: null, notes: testingNotes() };
  connection = await module.connect(manifest.config.parse(config), manifest.secrets.parse(secrets), host);
});
afterAll(async () => {
  await connection?.close();
  await vault?.stop();
});

const asked = () => ({ since: new Date().toISOString(), fresh: '' });

test('secret ids: every other one is destroyed, also one of a try nobody saw the end of; what else comes in is alive', async () => {
  const first = await vault.makeRole('svc-refunds', { token_policies: 'default', token_ttl: '1h' });
  const { data: second } = await vault.api('POST', 'auth/approle/role/svc-refunds/secret-id', {});
  // One whose time is over is still listed.
  await vault.api('POST', 'auth/approle/role/svc-refunds/secret-id', { ttl: '1s' });
  await sleep(1_200);
  const rotation = asked();
  const tried = await connection.rotateSecret!('approle:approle/svc-refunds', rotation);
  expect(tried).toMatchObject({ state: 'effective', affected: 1, detail: 'a new secret id; 3 of before destroyed' });
  const given = await connection.rotateSecret!('approle:approle/svc-refunds', rotation);
  const works = async (secretId: string) => Boolean((await vault.login({ ...first, secretId })).auth);
  expect(await works(first.secretId)).toBe(false);
  expect(await works(second.secret_id)).toBe(false);
  expect(await works(tried.secret['secret id']!)).toBe(false);
  const probe = (secret: Record<string, string>) =>
    connection.probeRotated!('approle:approle/svc-refunds', { ...rotation, secret });
  const proven = await probe(given.secret);
  expect(proven).toMatchObject({ result: 'gone', residuals: [] });
  expect(proven.checks.at(-1)).toMatchObject({ saw: 'let in, and its token ended' });
  expect(JSON.stringify(proven)).not.toContain(given.secret['secret id']);
  expect(await probe({})).toMatchObject({ result: 'unknown' });
  expect(await probe({ 'secret id': first.secretId })).toMatchObject({ result: 'unknown' });
  await vault.api('POST', 'auth/approle/role/svc-refunds/secret-id', {});
  expect(await probe(given.secret)).toMatchObject({ result: 'alive', detail: '1 other secret ids' });
  expect(await works(given.secret['secret id']!)).toBe(true);
});

test('a rotation spends no use of a secret id, leaves batch tokens to their end, and changes nothing that is no secret', async () => {
  const once = await vault.makeRole('svc-once', { token_policies: 'default', secret_id_num_uses: 1 });
  const rotation = asked();
  const { secret } = await connection.rotateSecret!('approle:approle/svc-once', rotation);
  const proven = await connection.probeRotated!('approle:approle/svc-once', { ...rotation, secret });
  expect(proven).toMatchObject({ result: 'gone' });
  expect(proven.checks.at(-1)!.saw).toContain('not tried');
  expect((await vault.login({ ...once, secretId: secret['secret id']! })).auth).toBeTruthy();

  const batch = await vault.makeRole('svc-batch', { token_policies: 'default', token_type: 'batch', token_ttl: '1h' });
  const { auth } = await vault.login(batch);
  const later = asked();
  const made = await connection.rotateSecret!(auth.entity_id, later);
  await connection.endSessions!(auth.entity_id);
  const { result, residuals } = await connection.probeRotated!(auth.entity_id, { ...later, secret: made.secret });
  expect(result).toBe('gone');
  expect(residuals).toMatchObject([{ gap: 'G9' }]);
  expect(Date.parse(residuals[0]!.until!)).toBeGreaterThanOrEqual(Date.now() + 3_590_000);
  expect(await vault.alive(auth.client_token)).toBe(true);

  await vault.api('POST', 'auth/approle/role/svc-open', { bind_secret_id: false, token_bound_cidrs: '127.0.0.1/32' });
  for (const name of ['approle:approle/svc-open', 'token:token-ci'])
    await expect(connection.rotateSecret!(name, asked())).rejects.toMatchObject({ code: 'connector.unsupported' });
});
