import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Connection, Notes } from '@/lib/connectors/contract';
import { contractSuite } from '@/lib/connectors/contract-test';
import { githubConnector } from '@/lib/connectors/github/connector';
import {
  authorizationFound,
  deployKeyFound,
  fingerprintOf,
  grantFound,
  installationFound,
  targetOf,
} from '@/lib/connectors/github/found-normalise';
import { pemOf, startGitHub } from '@/lib/connectors/github/testing-github';
import { type GitHubWorld, ORG } from '@/lib/connectors/github/testing-organization';
import { testingNotes } from '@/lib/connectors/testing-notes';
import { hashToken } from '@/lib/sessions/token-model';

const HOST = { connectorId: 'c', own: null, notes: testingNotes() };
const BRAID = 11;
const CI = 22;
const SILENT = 33;
const APPS = { [BRAID]: pemOf(), [CI]: pemOf(), [SILENT]: pemOf() };
const CANARY = `ghp_${'aB3'.repeat(12)}`;
const PUBLIC_KEY = `ssh-ed25519 ${Buffer.from('a public key of thirty-two bytes').toString('base64')}`;
const KEY = `deploy_key:${ORG}/api:${fingerprintOf(PUBLIC_KEY)}`;

async function start() {
  const world = await startGitHub(APPS);
  world.installations.set(100, { id: 100, app: BRAID, slug: 'braid', suspended: null, all: true });
  world.installations.set(200, { id: 200, app: CI, slug: 'ci', suspended: null, all: true });
  world.installations.set(300, { id: 300, app: SILENT, slug: 'silent', suspended: null, all: false });
  world.grants.set(7, { id: 7, login: 'svc-deploy', name: 'deploy', ssh: true });
  world.grants.set(8, { id: 8, login: 'ada', name: 'laptop', ssh: false });
  world.keys.set(40, { id: 40, title: 'host-1', key: PUBLIC_KEY, readOnly: true });
  world.authorizations.set(50, { id: 50, login: 'svc-deploy', title: 'old token' });
  world.tokens.add(CANARY);
  const values = {
    organization: ORG,
    appId: `${BRAID}`,
    baseUrl: world.double.url,
    ownNetwork: 'yes',
    privateKey: APPS[BRAID]!,
    appKeys: `${CI}\n${APPS[CI]}`,
    tokens: CANARY,
    canary: 'installation:200',
  };
  const { manifest } = githubConnector;
  const { config, secrets } = manifest.split(values);
  const opened = { config: manifest.config.parse(config), secrets: manifest.secrets.parse(secrets) };
  const connection = await githubConnector.connect(opened.config, opened.secrets, HOST);
  // As a process that was started anew opens it: nothing is shared but the notebook.
  const anew = async (notes: Notes = HOST.notes) => {
    vi.resetModules();
    const fresh = await import('@/lib/connectors/github/connector');
    return fresh.githubConnector.connect(opened.config, opened.secrets, { ...HOST, notes });
  };
  return { world, connection, anew };
}

contractSuite(githubConnector.manifest, async () => {
  const { world, connection } = await start();
  return {
    connection,
    system: { kind: 'double', name: 'GitHub, from its own description of Enterprise Cloud' },
    identity: 'installation:200',
    protectedIdentity: 'installation:100',
    open: async () => {
      const token = world.mint(CI);
      return token ? { alive: async () => world.serves(token) } : undefined;
    },
    bystander: {
      identity: 'installation:300',
      open: async () => {
        const token = world.mint(SILENT);
        return token ? { alive: async () => world.serves(token) } : undefined;
      },
    },
    remove: () => void world.installations.delete(200),
    differs: { blockEnds: true },
    close: async () => {
      expect(world.double.violations).toEqual([]);
      await world.double.close();
    },
  };
});

let world: GitHubWorld;
let connection: Connection;
let anew: (notes?: Notes) => Promise<Connection>;
beforeAll(async () => {
  ({ world, connection, anew } = await start());
});
afterAll(async () => {
  expect(world.double.violations).toEqual([]);
  await world.double.close();
});

/** GitHub’s queue is worked off. */
const carryOut = () => {
  for (const work of world.queue.splice(0)) work();
};

test('everything that acts is found, under its own kind', async () => {
  const found = await connection.discover!();
  const ids = found.map((one) => one.externalId);
  expect(ids).toEqual([
    'installation:100',
    'installation:200',
    'installation:300',
    'grant:7',
    'grant:8',
    KEY,
    'sso:50',
    `token:${hashToken(CANARY)}`,
  ]);
  expect(found[3]).toMatchObject({ owner: 'svc-deploy', attributes: { machineAccount: true, makesSshKeys: true } });
});

test('a list of several pages is read to its end; of what GitHub does not list, nobody is gone', async () => {
  for (let id = 1_000; id < 1_250; id++) world.grants.set(id, { id, login: 'ada', name: `g${id}`, ssh: false });
  const found = await connection.discover!();
  expect(found.filter((one) => one.externalId.startsWith('grant:'))).toHaveLength(252);
  for (let id = 1_000; id < 1_250; id++) world.grants.delete(id);
  expect(connection.lists!('sso:50')).toBe(true);
  world.withoutSignOn = true;
  await connection.discover!(['sso:50']);
  expect([connection.lists!('sso:50'), connection.lists!('grant:7')]).toEqual([false, true]);
  world.withoutSignOn = false;
});

test('an installation whose key is not held fails with what to do', async () => {
  expect(await connection.blockIdentity!('installation:300')).toMatchObject({ state: 'failed', affected: 0 });
  expect(world.installations.get(300)!.suspended).toBeNull();
});

test('a grant is accepted, alive while it is queued, and gone with what it may have left (G4, G8)', async () => {
  expect(await connection.blockIdentity!('grant:7')).toMatchObject({ state: 'accepted', affected: 1 });
  expect(await connection.probeIdentity!('grant:7')).toMatchObject({ result: 'alive' });
  carryOut();
  const probed = await connection.probeIdentity!('grant:7');
  expect(probed).toMatchObject({ result: 'gone', residuals: [{ gap: 'G8', until: null }] });
  expect(await connection.blockIdentity!('grant:7')).toMatchObject({ state: 'effective', affected: 0 });
  expect(await connection.restoreIdentity!('grant:7')).toMatchObject({ state: 'failed' });
});

test('the canary’s token is refused by GitHub itself once its installation is suspended; trouble is never a refusal', async () => {
  const session = (await connection.enterAsCanary!('installation:200'))!;
  expect([await session.alive(), session.livesUntil]).toEqual([true, undefined]);
  world.installations.get(200)!.suspended = new Date().toISOString();
  expect(await session.alive()).toBe(false);
  expect(await connection.enterAsCanary!('installation:200')).toBeNull();
  const said = (await connection.test()).checks.find((one) => one.check === 'Canary can log in');
  expect(said).toMatchObject({ ok: false, detail: expect.stringMatching(/^refused: 403/) });
  world.installations.get(200)!.suspended = null;
  world.brokenMint = 422;
  await expect(connection.enterAsCanary!('installation:200')).rejects.toMatchObject({ code: 'connector.refused' });
  world.installations.get(200)!.suspended = new Date().toISOString();
  expect(await connection.probeIdentity!('installation:200')).toMatchObject({ result: 'unknown', residuals: [] });
  world.brokenMint = null;
  expect(await connection.probeIdentity!('installation:200')).toMatchObject({ result: 'gone', residuals: [] });
  world.installations.get(200)!.suspended = null;
  await expect(connection.enterAsCanary!('installation:300')).rejects.toMatchObject({ code: 'connector.unsupported' });
});

test('what can’t be given back is not taken for a pause', async () => {
  expect(await connection.pauseIdentity!('grant:8')).toMatchObject({ state: 'failed', affected: 0 });
  expect(world.grants.has(8)).toBe(true);
});

test('a deploy key is removed and the same key is put back', async () => {
  const before = { ...world.keys.get(40)! };
  expect(await connection.blockIdentity!(KEY)).toMatchObject({ state: 'effective', affected: 1 });
  expect(await connection.canEnter!(KEY)).toBe(false);
  expect(await connection.restoreIdentity!(KEY)).toMatchObject({ state: 'effective', affected: 1 });
  expect([...world.keys.values()]).toEqual([{ ...before, id: expect.any(Number) }]);
  expect(await connection.canEnter!(KEY)).toBe(true);
});

test('a deploy key is given back by a process that was started since; who dies before it takes it has taken nothing', async () => {
  const [before] = [...world.keys.values()];
  expect(await connection.blockIdentity!(KEY)).toMatchObject({ state: 'effective', affected: 1 });
  expect(world.keys.size).toBe(0);
  expect(await (await anew(testingNotes())).restoreIdentity!(KEY)).toMatchObject({ state: 'failed' });
  const next = await anew();
  expect(await next.restoreIdentity!(KEY)).toMatchObject({ state: 'effective', affected: 1 });
  expect([...world.keys.values()]).toEqual([{ ...before, id: expect.any(Number) }]);
  expect(await next.restoreIdentity!(KEY)).toMatchObject({ state: 'effective', affected: 0 });
  expect(await HOST.notes.read(KEY)).toBeNull();
  const dies: Notes = {
    ...HOST.notes,
    write: async (key, value) => {
      await HOST.notes.write(key, value);
      throw new Error('killed');
    },
  };
  await expect((await anew(dies)).blockIdentity!(KEY)).rejects.toThrow('killed');
  expect(world.keys.size).toBe(1);
  expect(await HOST.notes.read(KEY)).toMatchObject({ key: PUBLIC_KEY });
  expect(await (await anew()).restoreIdentity!(KEY)).toMatchObject({ state: 'effective', affected: 0 });
  expect(world.keys.size).toBe(1);
  expect(await HOST.notes.read(KEY)).toBeNull();
});

test('what a grant could make is known after it is gone, by whoever probes it', async () => {
  world.grants.set(9, { id: 9, login: 'ada', name: 'reader', ssh: false });
  expect(await connection.blockIdentity!('grant:9')).toMatchObject({ state: 'accepted' });
  carryOut();
  expect(await (await anew()).probeIdentity!('grant:9')).toMatchObject({ result: 'gone', residuals: [] });
});

test('a single sign-on authorization is removed', async () => {
  expect(await connection.blockIdentity!('sso:50')).toMatchObject({ state: 'effective', affected: 1 });
  expect(await connection.canEnter!('sso:50')).toBe(false);
});

test('a held token is ended without authentication and proven by using it', async () => {
  const id = `token:${hashToken(CANARY)}`;
  expect(await connection.canEnter!(id)).toBe(true);
  expect(await connection.blockIdentity!(id)).toMatchObject({ state: 'accepted' });
  expect(await connection.canEnter!(id)).toBe(true);
  carryOut();
  expect(await connection.canEnter!(id)).toBe(false);
  expect(await connection.probeIdentity!(id)).toMatchObject({ result: 'gone', residuals: [{ gap: 'G8' }] });
});

test('a limit of rate says how long to wait', async () => {
  world.limited = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${Math.floor(Date.now() / 1_000) + 90}` };
  const limited = await connection.discover!().catch((error) => error);
  expect(limited).toMatchObject({ code: 'connector.limited' });
  expect(limited.detail.retryAfterMs).toBeGreaterThan(60_000);
  world.limited = { 'retry-after': '7' };
  await expect(connection.discover!()).rejects.toMatchObject({ detail: { retryAfterMs: 7_000 } });
  world.limited = null;
});

test('the audit log is read page by page, every event once', async () => {
  let { cursor } = await connection.pullEvents!(null, 5);
  const read = async () => {
    const seen: string[] = [];
    for (let more = true; more; ) {
      const pulled = await connection.pullEvents!(cursor, 5);
      seen.push(...pulled.lines.map((line) => JSON.parse(line).action as string));
      ({ cursor, more } = pulled);
    }
    return seen;
  };
  for (let n = 0; n < 12; n++) world.log(`repo.event_${n}`);
  expect(await read()).toEqual(Array.from({ length: 12 }, (_, n) => `repo.event_${n}`));
  world.log('repo.late');
  expect(await read()).toEqual(['repo.late']);
});

test('an app that is not known, or not installed, is said to be', async () => {
  const { config, secrets } = githubConnector.manifest.split({
    organization: 'elsewhere',
    appId: `${BRAID}`,
    baseUrl: world.double.url,
    ownNetwork: 'yes',
    privateKey: APPS[BRAID]!,
  });
  const { manifest } = githubConnector;
  const opened = githubConnector.connect(manifest.config.parse(config), manifest.secrets.parse(secrets), HOST);
  await expect(opened).rejects.toMatchObject({ code: 'connector.refused' });
});

test('whatever GitHub sends, what is found can be told apart and comes back by its id', () => {
  const raw = fc.oneof(
    fc.anything(),
    fc.record({ id: fc.anything(), credential_id: fc.anything(), key: fc.anything(), owner: fc.anything() }),
    fc.record({
      id: fc.nat(),
      app_id: fc.nat(),
      credential_id: fc.nat(),
      key: fc.string(),
      permissions: fc.anything(),
    }),
  );
  fc.assert(
    fc.property(raw, (one) => {
      for (const found of [
        installationFound(one, 1, new Set()),
        grantFound(one),
        deployKeyFound(one, 'a', 'b'),
        authorizationFound(one),
      ]) {
        if (!found) continue;
        expect(targetOf(found.externalId)).not.toBeNull();
        expect(found.name.length).toBeLessThanOrEqual(300);
      }
    }),
  );
});
