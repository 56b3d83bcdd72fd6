// The processes that pull a log and take it in, killed again and again while a system goes on writing.
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { create } from '@/lib/connectors/create';
import { pemOf, startGitHub } from '@/lib/connectors/github/testing-github';
import { ORG } from '@/lib/connectors/github/testing-organization';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { newId } from '@/lib/platform/ids';

const db = testDatabase();
const ctx = { actor: { kind: 'operator' as const, id: newId(), name: 'Ada', role: 'admin' as const } };

const EVENTS = 3_000;
const KILLS = 4;
const PROCESSES = ['respond', 'intake'] as const;
const running: ChildProcess[] = [];
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

function start(): ChildProcess[] {
  const started = PROCESSES.map((name) =>
    spawn(process.execPath, ['--import', 'tsx', `lib/server/${name}.ts`], {
      env: { ...process.env, BRAID_PROCESS: name, DATABASE_URL: db.url },
      stdio: ['ignore', 'ignore', 'inherit'],
    }),
  );
  running.push(...started);
  return started;
}

async function kill(children: ChildProcess[]): Promise<void> {
  const gone = children.map((child) => new Promise((resolve) => child.once('exit', resolve)));
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(gone);
}

const count = async (sql: string): Promise<number> => Number((await pool().query<{ n: string }>(sql)).rows[0]!.n);
const taken = () => count(`select coalesce(max(taken), 0) as n from connector_pulls where what = 'events'`);
const stored = () => count(`select count(*) as n from session_events where source = 'github' and event_id like 'ev-%'`);

async function reach(look: () => Promise<number>, least: number, ms: number): Promise<void> {
  const end = performance.now() + ms;
  for (let now = await look(); now < least; now = await look()) {
    if (performance.now() > end) throw new Error(`${now} of ${least} after ${ms} ms`);
    await sleep(5);
  }
}

test(`killed ${KILLS} times while it pulls ${EVENTS} events: every event is stored, and stored once`, {
  timeout: 240_000,
}, async () => {
  const keys = { 11: pemOf() };
  const world = await startGitHub(keys);
  world.installations.set(100, { id: 100, app: 11, slug: 'braid', suspended: null, all: true });
  const values = { organization: ORG, appId: '11', baseUrl: world.double.url, ownNetwork: 'yes', privateKey: keys[11] };
  await create(ctx, { vendor: 'github', name: 'acme', values });
  const write = (from: number, to: number) => {
    for (let i = from; i < to; i++) {
      const now = Date.now();
      world.events.push({
        '@timestamp': now,
        created_at: now,
        action: 'repo.access',
        actor: `ci-${i % 5}`,
        org: ORG,
        _document_id: `ev-${i}`,
      });
    }
  };
  let children = start();
  await reach(() => count(`select count(*) as n from connector_pulls where what = 'events'`), 1, 40_000);
  let written = 0;
  const cutAt: number[] = [];
  for (let round = 1; round <= KILLS; round++) {
    const until = Math.round((EVENTS * round) / (KILLS + 1));
    write(written, until);
    written = until;
    // Each time at another place: with the first piece of this round, between pieces, or while it is taken in.
    await reach(taken, Math.round((EVENTS * (round - 1)) / (KILLS + 1)) + 1 + round * 60, 60_000);
    await sleep((round * 37) % 100);
    await kill(children);
    cutAt.push(await stored());
    children = start();
  }
  write(written, EVENTS);
  await reach(stored, EVENTS, 120_000);
  await reach(
    async () => 0 - (await count(`select count(*) as n from event_batches where state = 'received'`)),
    0,
    60_000,
  );
  expect(await stored()).toBe(EVENTS);
  expect(
    await count(
      `select count(distinct event_id) as n from session_events where source = 'github' and event_id like 'ev-%'`,
    ),
  ).toBe(EVENTS);
  // It was really cut off in the middle: not everything handed over until then had been taken in, at least once.
  expect(cutAt.some((n, round) => n < Math.round((EVENTS * (round + 1)) / (KILLS + 1)))).toBe(true);
  await kill(children);
  expect(world.double.violations).toEqual([]);
  await world.double.close();
});
