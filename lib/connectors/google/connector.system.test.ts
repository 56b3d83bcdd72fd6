import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Connection } from '@/lib/connectors/contract';
import { contractSuite } from '@/lib/connectors/contract-test';
import { googleConnector } from '@/lib/connectors/google/connector';
import { accountFound, impersonators, keyFound, mintingRoles, targetOf } from '@/lib/connectors/google/found-normalise';
import { emailOf, type GoogleWorld, PROJECT } from '@/lib/connectors/google/testing-google';
import {
  BATCH,
  BRAID,
  connectTo,
  HELD,
  HOST,
  KEY,
  LEAKED,
  PAY,
  startProject,
} from '@/lib/connectors/google/testing-project';

contractSuite(googleConnector.manifest, async () => {
  const world = await startProject();
  let key = HELD;
  return {
    connection: await connectTo(world),
    system: {
      kind: 'double',
      name: 'Google Cloud IAM v1, Resource Manager v3 and Logging v2, from the discovery documents',
    },
    identity: PAY,
    protectedIdentity: BRAID,
    // An access token lives its hour: nothing can revoke it.
    open: async () => (world.mint(PAY, key) ? { alive: async () => true } : undefined),
    bystander: {
      identity: BATCH,
      open: async () => (world.mint(BATCH, LEAKED) ? { alive: async () => true } : undefined),
    },
    withoutHeld: () => connectTo(world, { canary: '', canaryCredential: '' }),
    adopt: (given) => {
      key = given['private key id']!;
    },
    remove: () => void world.accounts.delete(PAY),
    differs: { livesOn: true, proof: { result: 'gone', gaps: ['G2'] } },
    close: async () => {
      expect(world.double.violations).toEqual([]);
      await world.double.close();
    },
  };
});

let world: GoogleWorld;
let connection: Connection;
beforeAll(async () => {
  world = await startProject();
  connection = await connectTo(world);
});
afterAll(async () => {
  expect(world.double.violations).toEqual([]);
  await world.double.close();
});

test('service accounts over all pages, and the keys that people made', async () => {
  const found = await connection.discover!();
  expect(found.map((one) => [one.externalId, one.kind, one.protected])).toEqual([
    [BRAID, 'service_account', true],
    [PAY, 'service_account', false],
    [`key:${'c'.repeat(40)}@${PAY}`, 'api_key', false],
    [BATCH, 'service_account', false],
    [KEY, 'api_key', false],
  ]);
  expect(found[4]).toMatchObject({ owner: BATCH, enabled: true });
});

test('one leaked key is disabled alone, and given back', async () => {
  expect(world.mint(BATCH, LEAKED)).not.toBeNull();
  expect(await connection.blockIdentity!(KEY)).toMatchObject({ state: 'effective', affected: 1 });
  expect(world.mint(BATCH, LEAKED)).toBeNull();
  expect(world.mint(BATCH)).not.toBeNull();
  const probed = await connection.probeIdentity!(KEY);
  expect(probed).toMatchObject({ result: 'gone' });
  // The account may make tokens of others, so its key may have.
  expect(probed.residuals.map((one) => one.gap)).toEqual(['G2', 'G8']);
  expect(await connection.restoreIdentity!(KEY)).toMatchObject({ state: 'effective', affected: 1 });
  expect(world.mint(BATCH, LEAKED)).not.toBeNull();
});

test('a process that was started since knows when a key was disabled', async () => {
  await connection.blockIdentity!(KEY);
  const until = async (by: Connection) => Date.parse((await by.probeIdentity!(KEY)).residuals[0]!.until!);
  const told = await until(connection);
  vi.resetModules();
  const fresh = (await import('@/lib/connectors/google/connector')).googleConnector;
  const next = await connectTo(world, {}, fresh);
  expect(await until(next)).toBe(told);
  expect(await next.restoreIdentity!(KEY)).toMatchObject({ state: 'effective', affected: 1 });
  expect(await HOST.notes.read(`since:${KEY}`)).toBeNull();
});

test('the canary’s key: refused by Google once its account or it is disabled, and never by a silence', async () => {
  const session = (await connection.enterAsCanary!(PAY))!;
  world.keys.get('c'.repeat(40))!.disabled = true;
  expect(await connection.enterAsCanary!(PAY)).toBeNull();
  world.keys.get('c'.repeat(40))!.disabled = false;
  await connection.blockIdentity!(PAY);
  expect(await connection.enterAsCanary!(PAY)).toBeNull();
  world.tokenDown = 500;
  await expect(connection.enterAsCanary!(PAY)).rejects.toMatchObject({ code: 'connector.unreachable' });
  world.tokenDown = 400;
  expect(await connection.probeIdentity!(PAY)).toMatchObject({ result: 'unknown' });
  world.tokenDown = null;
  const proven = await connection.probeIdentity!(PAY);
  expect(proven).toMatchObject({ result: 'gone', detail: expect.stringContaining('its key is refused') });
  expect(await session.alive()).toBe(true);
  await connection.restoreIdentity!(PAY);
  expect(await connection.enterAsCanary!(PAY)).not.toBeNull();
  const other = await connectTo(world, { canary: BATCH });
  await expect(other.enterAsCanary!(BATCH)).rejects.toMatchObject({ code: 'connector.unsupported' });
  expect((await other.test()).checks.at(-1)).toMatchObject({ check: 'Canary can log in', ok: false });
});

test('a token of the canary that outlives what tokens usually do is the residual', async () => {
  const brief = await connectTo(world, { tokenMinutes: '5' });
  const session = (await brief.enterAsCanary!(PAY))!;
  await brief.blockIdentity!(PAY);
  const { residuals } = await brief.probeIdentity!(PAY);
  expect(residuals.at(-1)).toMatchObject({ gap: 'G2', until: session.livesUntil });
  await brief.restoreIdentity!(PAY);
});

test('who acts as it is told before', async () => {
  const hits = await connection.predict!(PAY);
  expect(hits).toMatchObject([
    { what: `serviceAccount:${BATCH}`, externalId: BATCH },
    { what: expect.stringMatching(/^key /), externalId: `key:${HELD}@${PAY}` },
  ]);
});

test('what somebody else disabled is dated by the audit log; an end long past leaves no residual', async () => {
  const theirs = emailOf('imported');
  world.accounts.set(theirs, { email: theirs, disabled: true });
  const entry = {
    insertId: 'theirs',
    logName: `projects/${PROJECT}/logs/cloudaudit.googleapis.com%2Factivity`,
    resource: { type: 'service_account', labels: { email_id: theirs } },
    protoPayload: { methodName: 'google.iam.admin.v1.DisableServiceAccount' },
  };
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  world.entries.push({ ...entry, timestamp: ago(20) });
  const [left] = (await connection.probeIdentity!(theirs)).residuals;
  expect(Math.round((Date.parse(left!.until!) - Date.now()) / 60_000)).toBe(40);
  world.entries.pop();
  world.entries.push({ ...entry, timestamp: ago(120) });
  expect(await connection.probeIdentity!(theirs)).toMatchObject({ result: 'gone', residuals: [] });
  world.entries.pop();
  world.accounts.delete(theirs);
});

test('a quota that is used up says how long to wait', async () => {
  world.limited = true;
  const limited = { code: 'connector.limited', detail: { retryAfterMs: 3_000 } };
  await expect(connection.discover!()).rejects.toMatchObject(limited);
  world.limited = false;
});

test('audit logs are read page by page, every entry once', async () => {
  let { cursor } = await connection.pullEvents!(null, 3);
  const read = async () => {
    const ids: string[] = [];
    for (let more = true; more; ) {
      const pulled = await connection.pullEvents!(cursor, 3);
      ids.push(...pulled.lines.map((line) => JSON.parse(line).insertId as string));
      ({ cursor, more } = pulled);
    }
    return ids;
  };
  await read();
  const first = world.entries.length;
  for (let n = 0; n < 7; n++) world.mint(PAY);
  expect(await read()).toEqual(Array.from({ length: 7 }, (_, n) => `e${first + n}`));
  expect(await read()).toEqual([]);
});

test('workload identity: the token in the file is exchanged, and the service account’s used', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-google-'));
  const file = path.join(folder, 'token.json');
  fs.writeFileSync(file, JSON.stringify({ id_token: 'from-the-platform' }));
  const credential = JSON.stringify({
    type: 'external_account',
    audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `${world.double.url}/sts/token`,
    service_account_impersonation_url: `${world.double.url}/impersonate`,
    credential_source: { file, format: { type: 'json', subject_token_field_name: 'id_token' } },
  });
  const federated = await connectTo(world, { credential });
  expect((await federated.discover!()).length).toBeGreaterThan(2);
  expect(world.subjects).toEqual(['from-the-platform']);
  fs.rmSync(folder, { recursive: true });
});

test('a credential is sent to Google and nowhere else; a wrong key is said to be', async () => {
  const elsewhere = JSON.stringify({ ...JSON.parse(world.credential), token_uri: 'https://evil.example/token' });
  await expect(connectTo(world, { credential: elsewhere })).rejects.toMatchObject({ code: 'connector.refused' });
  const wrong = JSON.stringify({ ...JSON.parse(world.credential), client_email: emailOf('other') });
  await expect(connectTo(world, { credential: wrong })).rejects.toMatchObject({ code: 'connector.refused' });
});

test('a missing permission is named, with the commands that grant it', async () => {
  world.permissions.delete('iam.serviceAccounts.disable');
  const tested = await connection.test();
  expect(tested.ok).toBe(false);
  expect(tested.checks[0]).toMatchObject({ check: `Project ${PROJECT}`, ok: false });
  expect(tested.checks[0]!.detail).toContain('iam.serviceAccounts.disable');
  expect(tested.checks[0]!.fix).toContain('gcloud iam roles create braid');
  world.permissions.add('iam.serviceAccounts.disable');
});

test('whatever Google sends, what is found can be told apart and comes back by its name', () => {
  const raw = fc.oneof(
    fc.anything(),
    fc.record({ email: fc.emailAddress(), name: fc.string(), bindings: fc.anything(), disabled: fc.anything() }),
    fc.record({ email: fc.constant(PAY), name: fc.constant(`x/keys/${LEAKED}`), bindings: fc.array(fc.anything()) }),
  );
  fc.assert(
    fc.property(raw, raw, (one, other) => {
      const account = accountFound(one, [other], BRAID);
      if (account) {
        expect(targetOf(account.externalId)).not.toBeNull();
        const key = keyFound(other, account);
        if (key) expect(targetOf(key.externalId)).toMatchObject({ kind: 'key' });
      }
      impersonators(one);
      mintingRoles(one, PAY);
    }),
  );
});
