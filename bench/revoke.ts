// How long ending access takes, click to effective and to verified, on a real PostgreSQL and a real Redis; and what becomes of
// it when the worker that does it is killed (-9) again and again at random moments.
//   npm run bench revoke -- --rounds 30 --kills 40 --seed 1
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chance } from '@/bench/lab/chance';
import { keepResult, machine } from '@/bench/lab/machine';
import { median, options } from '@/bench/lab/options';
import { benchCtx, setStage } from '@/bench/lab/stage';
import { postgresSystem, redisSystem, type System } from '@/bench/revoke/systems';
import { create } from '@/lib/connectors/create';
import { prisma } from '@/lib/db/client';
import { projectRoot } from '@/lib/platform/env';
import type { RevocationDetail } from '@/lib/revocations/model';
import { request } from '@/lib/revocations/request';
import { show } from '@/lib/revocations/show';

const TARGET_MS = 1_000;
const SESSIONS = 3;
const asked = options(process.argv.slice(2), { rounds: '30', kills: '40', seed: '1', json: '' });
const say = (line: string) => process.stdout.write(`${line}\n`);
const why = { reasonCode: 'test' as const, reason: 'bench' };
process.env.BRAID_LOG_LEVEL ??= 'silent'; // what dies here complains about it

// One key for what is sealed here and opened by the worker.
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-bench-revoke-'));
process.env.BRAID_HOME = home;
process.once('exit', () => fs.rmSync(home, { recursive: true, force: true }));
const stage = await setStage('set: bench\ndefault: allow\nmeters: {}\nrules: []\n');
const systems = [await postgresSystem(stage.server.adminUrl), await redisSystem()].filter(
  (one): one is System => one !== undefined,
);
for (const system of systems)
  await create(benchCtx, { vendor: system.vendor, name: `bench-${system.vendor}`, values: system.values });

const startWorker = (): ChildProcess =>
  spawn(process.execPath, ['--import', 'tsx', 'lib/server/respond.ts'], {
    cwd: projectRoot(),
    env: { ...process.env, BRAID_PROCESS: 'respond', DATABASE_URL: stage.server.url },
    stdio: 'ignore',
  });
let worker = startWorker();

async function until<T>(what: string, look: () => Promise<T | undefined | false | null>, ms = 120_000): Promise<T> {
  for (const end = performance.now() + ms; ; ) {
    const found = await look();
    if (found) return found;
    if (performance.now() > end) throw new Error(`${what}: not within ${ms / 1000} s`);
    await sleep(20);
  }
}

/** An account with live sessions that Braid has seen. */
async function seen(system: System, name: string): Promise<string> {
  await system.account(name, SESSIONS);
  const identity = await until(`${name} seen`, () => prisma().identity.findFirst({ where: { name } }));
  const live = () => prisma().session.count({ where: { identityId: identity.id, endedAt: null } });
  await until(`sessions of ${name} seen`, async () => (await live()) >= SESSIONS);
  return identity.id;
}

const verified = (id: string): Promise<RevocationDetail> =>
  until('verified', async () => {
    const now = await show(benchCtx, { id });
    return now.state === 'verified' && now;
  });

const quantile = (values: number[], part: number): number =>
  [...values].sort((a, b) => a - b)[Math.max(Math.ceil(values.length * part) - 1, 0)]!;

async function timed(system: System) {
  const effective: number[] = [];
  const proven: number[] = [];
  for (let round = 0; round < Number(asked.rounds); round++) {
    const name = `timed_${system.vendor}_${round}`;
    const identityId = await seen(system, name);
    const { revocationId } = await request(benchCtx, { kind: 'revoke', identityId, ...why });
    const done = await verified(revocationId);
    const since = (at: string | null) => Date.parse(at!) - Date.parse(done.requestedAt);
    const acting = done.steps.filter((step) => step.connectorId && step.verb !== 'probe');
    effective.push(Math.max(...acting.map((step) => since(step.finishedAt))));
    proven.push(since(done.verifiedAt));
    if (await system.letsIn(name)) throw new Error(`${name} reads verified and is let in`);
  }
  const of = (values: number[]) => ({ p50: median(values), p95: quantile(values, 0.95), most: Math.max(...values) });
  const result = { rounds: proven.length, sessions: SESSIONS, effectiveMs: of(effective), verifiedMs: of(proven) };
  say(
    `${system.vendor}: click to effective p50 ${result.effectiveMs.p50} ms, p95 ${result.effectiveMs.p95} ms; to verified p50 ${result.verifiedMs.p50} ms, p95 ${result.verifiedMs.p95} ms`,
  );
  return { ...result, targetMs: TARGET_MS, met: result.verifiedMs.p95 <= TARGET_MS };
}

/** Kills the worker at seeded random moments while access is ended and given back, and looks at what came of it. */
async function killed() {
  const luck = chance(Number(asked.seed));
  const wanted = Number(asked.kills);
  const wrong: string[] = [];
  let kills = 0;
  let resumed = 0;
  let revocations = 0;
  let ended = false;
  const killing = (async () => {
    while (kills < wanted && !ended) {
      await sleep(luck.whole(600, 2_600));
      const gone = new Promise((resolve) => worker.once('exit', resolve));
      worker.kill('SIGKILL');
      await gone;
      kills += 1;
      worker = startWorker();
    }
  })();
  const round = async (system: System, n: number) => {
    const name = `killed_${system.vendor}_${n}`;
    const identityId = await seen(system, name);
    for (const kind of ['revoke', 'restore'] as const) {
      const { revocationId } = await request(benchCtx, { kind, identityId, ...why });
      const done = await verified(revocationId);
      revocations += 1;
      if (done.steps.some((step) => step.attempts > 1)) resumed += 1;
      const inside = await system.letsIn(name);
      if (inside !== (kind === 'restore'))
        wrong.push(`${name}: ${kind} reads verified, and a login is ${inside ? 'let in' : 'refused'}`);
      if (kind === 'revoke' && (await system.open(name))) wrong.push(`${name}: verified with sessions open`);
    }
  };
  for (let n = 0; kills < wanted; n++) await Promise.all(systems.map((system) => round(system, n)));
  ended = true;
  await killing;
  say(
    `${kills} kills during ${revocations} revocations and restores, ${resumed} of them resumed; wrong: ${wrong.length}`,
  );
  return { kills, seed: Number(asked.seed), revocations, resumed, wrong };
}

const report = {
  machine: await machine(stage.database),
  at: new Date().toISOString(),
  times: Object.fromEntries(await inTurn(systems, async (system) => [system.vendor, await timed(system)] as const)),
  killed: await killed(),
};
worker.kill('SIGKILL');
for (const system of systems) await system.end();
if (systems.length === 1) say('redis: no redis-server here, not measured');
keepResult('revoke', report, asked.json || undefined);
await stage.end();
const met = Object.values(report.times).every((one) => one.met);
process.exit(met && report.killed.wrong.length === 0 ? 0 : 1);

async function inTurn<T, R>(items: T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
