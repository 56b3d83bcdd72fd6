import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Connection } from '@/lib/connectors/contract';
import { contractSuite } from '@/lib/connectors/contract-test';
import { vault } from '@/lib/connectors/vault/connector';
import { manifest } from '@/lib/connectors/vault/manifest';
import { startVault, type TestVault } from '@/lib/connectors/vault/testing-vault';
import '@/lib/db/testing';
import { testingNotes } from '@/lib/connectors/testing-notes';

let server: TestVault;
const api: TestVault['api'] = (...call) => server.api(...call);
const makeRole: TestVault['makeRole'] = (...call) => server.makeRole(...call);
const login: TestVault['login'] = (approle) => server.login(approle);
const alive: TestVault['alive'] = (token) => server.alive(token);
let version = '';
let role: { roleId: string; secretId: string; entity: string };
let beside: { roleId: string; secretId: string; entity: string };
let braid: { roleId: string; secretId: string };
const opened: Connection[] = [];

async function connect(values: Record<string, string> = {}): Promise<Connection> {
  const { config, secrets } = manifest.split({
    url: `http://127.0.0.1:${server.port}`,
    ownNetwork: 'true',
    ...(values.token ? {} : braid),
    canaryRoleId: role.roleId,
    canarySecretId: role.secretId,
    ...values,
  });
  const connection = await vault.connect(manifest.config.parse(config), manifest.secrets.parse(secrets), {
    connectorId: 'c',
    own: null,
    notes: testingNotes(),
  });
  opened.push(connection);
  return connection;
}

async function makePayments(): Promise<void> {
  const made = await makeRole('svc-payments', { token_policies: 'payments', token_ttl: '1h', token_max_ttl: '8h' });
  const { auth } = await login(made);
  role = { ...made, entity: auth.entity_id };
  await api('POST', 'auth/token/revoke', { token: auth.client_token });
}

beforeAll(async () => {
  server = await startVault();
  version = (await api('GET', 'sys/health')).version;
  braid = server.braid;
  await makePayments();
  const made = await makeRole('svc-beside', { token_policies: 'default' });
  beside = { ...made, entity: (await login(made)).auth.entity_id };
});

afterAll(async () => {
  for (const connection of opened) await connection.close();
  await server?.stop();
});

const openAs = (who: () => typeof role) => async () => {
  const { auth } = await login(who());
  return auth ? { token: auth.client_token as string, alive: () => alive(auth.client_token) } : undefined;
};

const open = openAs(() => role);

contractSuite(vault.manifest, async () => ({
  connection: await connect({ canary: role.entity }),
  system: { kind: 'real' as const, name: `OpenBao ${version}` },
  identity: role.entity,
  protectedIdentity: 'token:root',
  open,
  bystander: { identity: beside.entity, open: openAs(() => beside) },
  withoutHeld: () => connect({ canaryRoleId: '', canarySecretId: '' }),
  adopt: (secret) => {
    role = { ...role, secretId: secret['secret id']! };
  },
  remove: async () => {
    // What was issued to it outlives it, and may read what it might.
    await (await connect()).endSessions!(role.entity);
    await api('DELETE', `identity/entity/id/${role.entity}`);
    await api('DELETE', 'auth/approle/role/svc-payments');
  },
  close: makePayments,
  // A disabled entity's tokens are refused at once. A server in its development mode has no audit device and a root token.
  differs: {
    blockEnds: true,
    sessionCredentials: /^accessor:/,
    missing: ['Posture: audit device', 'Posture: root tokens'],
  },
}));

test('an AppRole nothing has used yet can be blocked too, and is the same identity after its first login', async () => {
  const connection = await connect();
  const unused = await makeRole('unused', { token_policies: 'default' });
  const externalId = 'approle:approle/unused';
  const found = async () => (await connection.discover!()).filter((one) => one.name === 'unused');
  expect(await found()).toMatchObject([{ externalId, enabled: true }]);
  expect(await connection.blockIdentity!(externalId)).toMatchObject({ state: 'effective', affected: 1 });
  expect((await login(unused)).auth).toBeFalsy();
  expect((await connection.discover!()).filter((one) => one.externalId === externalId)).toMatchObject([
    { enabled: false },
  ]);
  expect(await connection.probeIdentity!(externalId)).toMatchObject({ result: 'gone' });
  expect(await connection.restoreIdentity!(externalId)).toMatchObject({ state: 'effective', affected: 1 });
  const { auth } = await login(unused);
  const sessions = await connection.listSessions!();
  expect(sessions.filter((one) => one.externalIdentityId === externalId)).toMatchObject([
    { key: `accessor:${auth.accessor}` },
  ]);
});

test('batch tokens: those of an entity are refused while it is disabled; those of nobody are never called gone', async () => {
  const connection = await connect();
  const batch = await makeRole('batch', { token_policies: 'default', token_type: 'batch', token_ttl: '1h' });
  const { auth } = await login(batch);
  expect(await alive(auth.client_token)).toBe(true);
  const listed = await connection.listSessions!();
  expect(listed.some((one) => one.externalIdentityId === auth.entity_id)).toBe(false);
  await connection.blockIdentity!(auth.entity_id);
  await connection.endSessions!(auth.entity_id);
  expect(await alive(auth.client_token)).toBe(false);
  expect(await connection.probeIdentity!(auth.entity_id)).toMatchObject({ result: 'gone', residuals: [] });

  const nobody = { policies: ['default'], ttl: '1h', display_name: 'ci', no_parent: true };
  const [service, unlisted] = [
    await api('POST', 'auth/token/create', nobody),
    await api('POST', 'auth/token/create', { ...nobody, type: 'batch' }),
  ];
  await connection.blockIdentity!('token:token-ci');
  await connection.endSessions!('token:token-ci');
  expect(await alive(service.auth.client_token)).toBe(false);
  expect(await alive(unlisted.auth.client_token)).toBe(true);
  expect(await connection.probeIdentity!('token:token-ci')).toMatchObject({ result: 'unknown' });
  const tested = await connection.test();
  expect(tested.checks.find((one) => one.check === 'Posture: batch tokens')).toMatchObject({ ok: false });
});

test('a token ends with its children; an orphan outlives its maker, is nobody’s, and is said to be left', async () => {
  const connection = await connect();
  await api('PUT', 'sys/policies/acl/payments', {
    policy: 'path "auth/token/create*" { capabilities = ["update", "sudo"] }',
  });
  const parent = (await open())!;
  const child = await api('POST', 'auth/token/create', { ttl: '1h' }, parent.token);
  const orphan = await api('POST', 'auth/token/create-orphan', { ttl: '1h' }, parent.token);
  expect(orphan.auth.orphan).toBe(true);
  const { data } = await api('GET', 'auth/token/lookup-self', undefined, parent.token);
  const meant = (await connection.listSessions!()).find((one) => one.native.accessor === data.accessor)!;
  expect(await connection.terminateSession!(meant)).toMatchObject({ state: 'effective', affected: 1 });
  expect(await alive(child.auth.client_token)).toBe(false);
  expect(await alive(orphan.auth.client_token)).toBe(true);
  await connection.blockIdentity!(role.entity);
  await connection.endSessions!(role.entity);
  expect(await alive(orphan.auth.client_token)).toBe(true);
  const { residuals, result } = await connection.probeIdentity!(role.entity);
  expect(result).toBe('gone');
  expect(residuals).toMatchObject([{ gap: 'G8', what: '1 orphan token it may have made' }]);
  expect(Date.parse(residuals[0]!.until!)).toBeGreaterThan(0);
  const left = (await connection.listSessions!()).find((one) => one.native.accessor === orphan.auth.accessor)!;
  expect(await connection.terminateSession!(left)).toMatchObject({ state: 'effective', affected: 1 });
  expect((await connection.probeIdentity!(role.entity)).residuals).toEqual([]);
  await connection.restoreIdentity!(role.entity);
});

test('leased database credentials: one’s own are ended with it, others stay and are said to; open sessions go on', async () => {
  const connection = await connect();
  const admin = new URL(inject('adminUrl'));
  const lease = `path "database/creds/payments" { capabilities = ["read"] }\npath "database/creds/shared" { capabilities = ["read"] }`;
  await api('POST', 'sys/mounts/database', { type: 'database' });
  await api('PUT', 'sys/policies/acl/payments', { policy: lease });
  await api('PUT', 'sys/policies/acl/reports', { policy: 'path "database/creds/sha*" { capabilities = ["read"] }' });
  await makeRole('reports', { token_policies: 'reports' });
  const point = (port: string) =>
    api('POST', 'database/config/pg', {
      plugin_name: 'postgresql-database-plugin',
      allowed_roles: '*',
      verify_connection: false,
      connection_url: `postgresql://{{username}}:{{password}}@${admin.hostname}:${port}/postgres?sslmode=disable&connect_timeout=2`,
      username: decodeURIComponent(admin.username),
      password: decodeURIComponent(admin.password),
    });
  await point(admin.port);
  for (const name of ['payments', 'shared'])
    await api('POST', `database/roles/${name}`, {
      db_name: 'pg',
      default_ttl: '1h',
      creation_statements: `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'`,
    });
  const { token } = (await open())!;
  const read = async (name: string) => (await api('GET', `database/creds/${name}`, undefined, token)).data;
  const [own, shared] = [await read('payments'), await read('shared')];
  const client = (given: { username: string; password: string }) =>
    new pg.Client({
      host: admin.hostname,
      port: Number(admin.port),
      database: 'postgres',
      user: given.username,
      password: given.password,
    });
  const session = client(own);
  session.on('error', () => undefined);
  await session.connect();
  expect((await connection.predict!(role.entity)).map((hit) => [hit.what, hit.sessions])).toEqual([
    ['1 lease of database/creds/payments', 1],
    ['1 lease of database/creds/shared', 0],
  ]);

  await connection.blockIdentity!(role.entity);
  // While the database can't be reached its credentials can't be ended: taken, not done.
  await point('9');
  expect(await connection.endDerived!(role.entity, 'revoke')).toMatchObject({ state: 'accepted', affected: 0 });
  await point(admin.port);
  const proof = client(own);
  await proof.connect();
  await proof.end();
  expect(await connection.endDerived!(role.entity, 'revoke')).toMatchObject({ state: 'effective', affected: 1 });
  expect(await connection.probeIdentity!(role.entity)).toMatchObject({ result: 'alive' });
  await expect(client(own).connect()).rejects.toThrow();
  expect((await session.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await session.end();
  const still = client(shared);
  await still.connect();
  await still.end();
  await connection.endSessions!(role.entity);
  const { residuals, result } = await connection.probeIdentity!(role.entity);
  // Vault ends a revoked token's leases in its own time; until then whose the shared one is can't be told.
  expect(result).toBe('gone');
  for (const residual of residuals)
    expect(residual).toMatchObject({ gap: 'G8', what: '1 lease of database/creds/shared' });
  for (let i = 0; i < 50 && (await connection.probeIdentity!(role.entity)).residuals.length; i++) await sleep(100);
  expect((await connection.probeIdentity!(role.entity)).residuals).toEqual([]);
  await expect(client(shared).connect()).rejects.toThrow();
  await connection.restoreIdentity!(role.entity);
});

test('a test names each missing right with the rule that grants it, and what is weak about the server', async () => {
  const poor = await makeRole('poor', { token_policies: 'default' });
  const connection = await connect(poor);
  const before = await connection.test();
  expect(before.ok).toBe(false);
  const postureOf = ({ checks }: typeof before) => checks.filter((one) => one.check.startsWith('Posture:'));
  expect(postureOf(before)).toEqual([]);
  const fixes = before.checks.flatMap((check) => check.fix ?? []);
  // What can be read is judged all the same.
  const policy = async () => (await api('GET', 'sys/policies/acl/default')).data.policy;
  const readsAudit = `${await policy()}\n${fixes.find((fix) => fix.includes('sys/audit'))}`;
  await api('PUT', 'sys/policies/acl/default', { policy: readsAudit });
  expect(postureOf(await (await connect(poor)).test())).toMatchObject([
    { check: 'Posture: audit device', ok: false, about: expect.stringMatching(/^[0-9a-f-]{36}$/) },
  ]);
  expect(fixes).toContain('path "auth/token/accessors" { capabilities = ["list", "sudo"] }');
  await api('PUT', 'sys/policies/acl/default', {
    policy: `${(await api('GET', 'sys/policies/acl/default')).data.policy}\n${fixes.join('\n')}`,
  });
  await makeRole('long', { token_policies: 'default', token_max_ttl: '800h' });
  const after = await (await connect(poor)).test();
  expect(after.checks.filter((check) => !check.ok).map((check) => check.check)).toEqual([
    'Posture: token lifetime',
    'Posture: batch tokens',
    'Posture: audit device',
    'Posture: root tokens',
  ]);
  expect(after.ok).toBe(true);
});

test('a wrong secret and a server that is not there say so in one line', async () => {
  await expect(connect({ ...braid, secretId: 'x' })).rejects.toMatchObject({ code: 'connector.refused' });
  await expect(connect({ url: 'http://127.0.0.1:9' })).rejects.toMatchObject({ code: 'connector.unreachable' });
  await expect(connect({ ownNetwork: 'false' })).rejects.toMatchObject({ code: 'connector.refused' });
});
