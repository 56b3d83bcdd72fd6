// A canary whose credential is held, at systems that issue tokens: drills measure them like any other.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { create } from '@/lib/connectors/create';
import { PAY as PRINCIPAL, startTenant } from '@/lib/connectors/entra/testing-connection';
import { OWN as ENTRA_APP, TENANT } from '@/lib/connectors/entra/testing-tenant';
import { pemOf, startGitHub } from '@/lib/connectors/github/testing-github';
import { ORG } from '@/lib/connectors/github/testing-organization';
import { NEEDED } from '@/lib/connectors/google/rights';
import { emailOf, PROJECT, startGoogle } from '@/lib/connectors/google/testing-google';
import { SCOPES } from '@/lib/connectors/okta/client';
import { OWN as OKTA_APP, startOkta } from '@/lib/connectors/okta/testing-okta';
import { keptSecret } from '@/lib/connectors/okta/testing-secrets';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { list } from '@/lib/drills/list';
import type { DrillRow } from '@/lib/drills/model';
import { start } from '@/lib/drills/start';
import { newId } from '@/lib/platform/ids';
import { show } from '@/lib/revocations/show';
import { startRespond } from '@/lib/server/respond';

testDatabase();
const ctx = { actor: { kind: 'operator' as const, id: newId(), name: 'Rae Responder', role: 'admin' as const } };
const [braidKey, canaryKey] = [pemOf(), pemOf()];
async function startWorlds() {
  return {
    github: await startGitHub({ 11: braidKey, 22: canaryKey }),
    google: await startGoogle(NEEDED.map(([permission]) => permission)),
    okta: await startOkta(SCOPES.map(([scope]) => scope)),
    entra: await startTenant(),
  };
}

let worker: { stop: () => Promise<void> };
let worlds: Awaited<ReturnType<typeof startWorlds>>;
beforeAll(async () => {
  worlds = await startWorlds();
  // Where what the suites need is installed is no setting of Braid's, which refuses to start with names it does not know.
  const own = ['BRAID_SECRET_KEY', 'BRAID_LOG_LEVEL'];
  for (const name of Object.keys(process.env))
    if (name.startsWith('BRAID_') && !own.includes(name)) vi.stubEnv(name, undefined);
  worker = await startRespond();
});
afterAll(async () => {
  await worker.stop();
  vi.unstubAllEnvs();
  for (const { double } of Object.values(worlds)) {
    expect(double.violations).toEqual([]);
    await double.close();
  }
});

async function until<T>(look: () => Promise<T | undefined | false | null>): Promise<T> {
  for (const end = performance.now() + 60_000; ; ) {
    const found = await look();
    if (found) return found;
    if (performance.now() > end) throw new Error(`not within a minute: ${look.toString()}`);
    await sleep(50);
  }
}

/** Connects, waits for the canary to be found, and holds a drill. */
async function drill(vendor: string, values: Record<string, string>): Promise<DrillRow> {
  const { id: connectorId } = await create(ctx, { vendor, name: vendor, values: { ownNetwork: 'yes', ...values } });
  await until(() =>
    prisma().identityAlias.findFirst({ where: { externalId: values.canary!, issuer: `connector:${connectorId}` } }),
  );
  await start(ctx, { connectorId });
  return until(async () => {
    const [row] = (await list(ctx, { connectorId })).items;
    return row && row.state !== 'running' && row;
  });
}

/** The token it was given before outlives the drill: passed, and said; the revocation is residual, never verified. */
async function saysWhatLives(done: DrillRow): Promise<void> {
  expect(done).toMatchObject({ state: 'passed', refusedMs: expect.any(Number), deadMs: null, verifiedMs: null });
  expect(done.detail).toMatch(/lives until 20.+takes none back\. The revocation read residual\./);
  const { state, steps } = await show(ctx, { id: done.revocationId! });
  expect(state).toBe('residual');
  const residuals = steps.flatMap((step) => step.residuals);
  expect(residuals.every((one) => one.until !== null && Date.parse(one.until) > Date.now())).toBe(true);
  expect(residuals.map((one) => one.gap)).toContain('G2');
}

test('GitHub: the canary’s installation is suspended, its token dead, and it is given back', async () => {
  const world = worlds.github;
  world.installations.set(100, { id: 100, app: 11, slug: 'braid', suspended: null, all: true });
  world.installations.set(200, { id: 200, app: 22, slug: 'canary', suspended: null, all: true });
  const values = { organization: ORG, appId: '11', baseUrl: world.double.url, privateKey: braidKey };
  const done = await drill('github', { ...values, appKeys: `22\n${canaryKey}`, canary: 'installation:200' });
  expect(done).toMatchObject({ state: 'passed', detail: null, method: 'entry' });
  for (const ms of [done.refusedMs, done.deadMs, done.verifiedMs]) expect(ms).toBeGreaterThanOrEqual(0);
  expect(world.installations.get(200)!.suspended).toBeNull();
});

test('Google: a canary’s key is refused, the token it made before is said to live on', async () => {
  const world = worlds.google;
  const [braid, canary] = [emailOf('braid'), emailOf('canary')];
  for (const email of [braid, canary]) world.accounts.set(email, { email, disabled: false });
  const values = { projects: PROJECT, credential: world.credential, apiUrl: world.double.url, canary };
  await saysWhatLives(await drill('google', { ...values, canaryCredential: world.makeKey(canary, 'c'.repeat(40)) }));
  expect(world.accounts.get(canary)!.disabled).toBe(false);
});

test('Okta: a canary app is refused, the token it was given before is said to live on', async () => {
  const world = worlds.okta;
  for (const id of [OKTA_APP, '0oaCanary'])
    world.apps.set(id, {
      id,
      label: id,
      status: 'ACTIVE',
      grants: ['client_credentials'],
      changed: '2026-01-02T03:04:05.000Z',
    });
  world.secrets.set('0oaCanary', [keptSecret('of the canary')]);
  const values = { orgUrl: world.double.url, clientId: OKTA_APP, privateKey: world.key, canary: 'app:0oaCanary' };
  const canary = { canarySecret: 'of the canary', canaryServer: 'default', canaryScope: 'canary' };
  await saysWhatLives(await drill('okta', { ...values, ...canary }));
  expect(world.apps.get('0oaCanary')!.status).toBe('ACTIVE');
});

test('Entra: a canary’s secret is refused, the token it was given before is said to live on', async () => {
  const world = worlds.entra;
  const values = { tenantId: TENANT, clientId: ENTRA_APP, clientSecret: 'right', graphUrl: world.double.url };
  const canary = { loginUrl: world.double.url, canary: PRINCIPAL, canarySecret: 'of payments' };
  await saysWhatLives(await drill('entra', { ...values, ...canary }));
  expect(world.principals.get(PRINCIPAL)!.accountEnabled).toBe(true);
});
