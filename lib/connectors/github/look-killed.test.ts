// The process that lists a large organization, killed whenever GitHub asked it for patience.
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { create } from '@/lib/connectors/create';
import { pemOf, startGitHub } from '@/lib/connectors/github/testing-github';
import { type GitHubWorld, ORG } from '@/lib/connectors/github/testing-organization';
import { issuerOf } from '@/lib/connectors/model';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { newId } from '@/lib/platform/ids';

const db = testDatabase();
const ctx = { actor: { kind: 'operator' as const, id: newId(), name: 'Ada', role: 'admin' as const } };

const INSTALLATIONS = 350;
const GRANTS = 230;
let world: GitHubWorld;
let id: string;
let running: ChildProcess | undefined;
beforeAll(async () => {
  const keys = { 11: pemOf() };
  world = await startGitHub(keys);
  for (let n = 100; n < 100 + INSTALLATIONS; n++)
    world.installations.set(n, { id: n, app: n === 100 ? 11 : n, slug: `app-${n}`, suspended: null, all: true });
  for (let n = 1; n <= GRANTS; n++) world.grants.set(n, { id: n, login: `svc-${n}`, name: 'ci', ssh: false });
  world.allows = () => false;
  const values = { organization: ORG, appId: '11', baseUrl: world.double.url, ownNetwork: 'yes', privateKey: keys[11] };
  id = (await create(ctx, { vendor: 'github', name: 'acme', values })).id;
});
afterAll(async () => {
  running?.kill('SIGKILL');
  await world?.double.close();
});

const named = () => prisma().identityAlias.count({ where: { issuer: issuerOf(id) } });
const kept = () => prisma().connectorLook.count({ where: { connectorId: id } });

async function until(so: () => Promise<boolean> | boolean): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await so())) {
    if (performance.now() > end) throw new Error('it did not come so far within a minute');
    await sleep(20);
  }
}

/**
 * A worker that begins with what is in the database, and is killed (`kill -9`) once GitHub refused it a page and it wrote down
 * what it has; `patience`: pages it is served, Infinity: all, and then it is killed when it is through. Returns what it asked
 * for: `!` marks the page it was refused.
 */
async function worker(patience: number): Promise<string[]> {
  const asked: string[] = [];
  const before = (await prisma().connector.findUniqueOrThrow({ where: { id } })).lastSyncAt;
  world.allows = (page) => {
    const served = asked.length < patience;
    asked.push(served ? page : `${page}!`);
    return served;
  };
  const child = spawn(process.execPath, ['--import', 'tsx', 'lib/server/respond.ts'], {
    env: { ...process.env, BRAID_PROCESS: 'respond', DATABASE_URL: db.url },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  running = child;
  const state = () => prisma().connector.findUniqueOrThrow({ where: { id } });
  await until(async () => {
    const now = await state();
    const told = Number.isFinite(patience) ? /asks to be asked less often/.test(now.healthDetail ?? '') : false;
    return (told && asked.at(-1)!.endsWith('!')) || now.lastSyncAt?.getTime() !== before?.getTime();
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
  await prisma().connector.update({ where: { id }, data: { healthDetail: null } });
  return [...asked];
}

test('killed at every rate limit, the next process goes on: no page is asked twice but the one that is checked', {
  timeout: 240_000,
}, async () => {
  expect(await worker(2)).toEqual(['installations 1', 'installations 2', 'installations 3!']);
  expect(await kept()).toBe(2);
  // Nothing is concluded from a part.
  expect(await named()).toBe(0);
  expect(await worker(3)).toEqual([
    'installations 2',
    'installations 3',
    'installations 4',
    'personal-access-tokens 1!',
  ]);
  expect(await worker(1)).toEqual(['personal-access-tokens 1', 'personal-access-tokens 2!']);
  expect(await kept()).toBe(5);
  expect(await named()).toBe(0);
  const last = await worker(Number.POSITIVE_INFINITY);
  expect(last.slice(0, 3)).toEqual([
    'personal-access-tokens 1',
    'personal-access-tokens 2',
    'personal-access-tokens 3',
  ]);
  expect(last.filter((page) => page.startsWith('installations'))).toEqual([]);
  expect(await named()).toBeGreaterThanOrEqual(INSTALLATIONS + GRANTS);
  expect(await kept()).toBe(0);
  const found = await prisma().identityAlias.findMany({
    where: { issuer: issuerOf(id) },
    select: { externalId: true },
  });
  const names = new Set(found.map((one) => one.externalId));
  for (const n of world.installations.keys()) expect(names).toContain(`installation:${n}`);
  for (const n of world.grants.keys()) expect(names).toContain(`grant:${n}`);
  expect(world.double.violations).toEqual([]);
});

test('an entry that goes meanwhile moves the pages after it: the next process begins that listing anew, and nobody is left out', {
  timeout: 240_000,
}, async () => {
  expect(await worker(3)).toEqual(['installations 1', 'installations 2', 'installations 3', 'installations 4!']);
  world.installations.delete(150);
  const asked = await worker(Number.POSITIVE_INFINITY);
  expect(asked.slice(0, 5)).toEqual([3, 1, 2, 3, 4].map((page) => `installations ${page}`));
  const gone = await prisma().identityAlias.findMany({
    where: { issuer: issuerOf(id), externalId: { startsWith: 'installation:' } },
    include: { identity: { select: { attributes: true } } },
  });
  const left = gone.filter(({ identity }) => {
    const { systems } = identity.attributes as { systems: Record<string, { gone?: string }> };
    return systems[issuerOf(id)]?.gone === undefined;
  });
  expect(left.map((one) => one.externalId).sort()).toEqual(
    [...world.installations.keys()].map((n) => `installation:${n}`),
  );
  expect(await kept()).toBe(0);
});
