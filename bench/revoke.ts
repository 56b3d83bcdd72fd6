// How long ending access takes, click to effective and to verified, on a real PostgreSQL and a real Redis; and what becomes of
// it when the only worker that does it is killed (-9) again and again at random moments within it.
//   npm run bench revoke -- --rounds 30 --kills 100 --seed 1
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chance } from '@/bench/lab/chance';
import { keepResult, machine } from '@/bench/lab/machine';
import { median, options } from '@/bench/lab/options';
import { benchCtx, setStage } from '@/bench/lab/stage';
import { quantile } from '@/bench/revoke/judge';
import { killedWithin } from '@/bench/revoke/killed';
import { postgresSystem, redisSystem, type System } from '@/bench/revoke/systems';
import { create } from '@/lib/connectors/create';
import { prisma } from '@/lib/db/client';
import { projectRoot } from '@/lib/platform/env';
import type { RevocationDetail } from '@/lib/revocations/model';
import { request } from '@/lib/revocations/request';
import { show } from '@/lib/revocations/show';
import { bundle, nodeArguments } from '@/lib/server/bundle';

const TARGET_MS = 1_000;
const SESSIONS = 3;
const asked = options(process.argv.slice(2), {
  rounds: '30',
  kills: '100',
  minutes: '6',
  seed: '1',
  worker: 'bundle',
  pause: '600',
  json: '',
});
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
const connectors = new Map<string, string>();
for (const system of systems) {
  const values = { vendor: system.vendor, name: `bench-${system.vendor}`, values: system.values };
  connectors.set(system.vendor, (await create(benchCtx, values)).id);
}

// As the supervisor starts it, or as the source stands.
const entry = asked.worker === 'bundle' ? await bundle('lib/server/respond.ts') : 'lib/server/respond.ts';
const startWorker = (): Promise<ChildProcess> => {
  const child = spawn(process.execPath, nodeArguments(entry), {
    cwd: projectRoot(),
    env: { ...process.env, BRAID_PROCESS: 'respond', DATABASE_URL: stage.server.url },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve(child));
    child.once('exit', (code) => reject(new Error(`the worker ended at its start (${code})`)));
  });
};
const worker = await startWorker();

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

/** Ends the worker of the first part, and kills those of the second, one after the other. */
async function killed() {
  const gone = new Promise((resolve) => worker.once('exit', resolve));
  worker.kill('SIGKILL');
  await gone;
  const seed = Number(asked.seed);
  const wanted = {
    kills: Number(asked.kills),
    luck: chance(seed),
    mostMs: Number(asked.minutes) * 60_000,
    pauseMs: Number(asked.pause),
    patienceMs: 10_000,
  };
  const result = await killedWithin(systems, connectors, { start: startWorker }, wanted);
  say(
    `${result.kills} kills in ${result.seconds} s, ${result.withinALife} within a revocation and ${result.withinADeed} within a deed; ${result.revocations} revocations, ${result.hit} of them hit; wrong: ${result.wrong.length}`,
  );
  say(
    `up again after p50 ${result.readyMs.p50} ms, p95 ${result.readyMs.p95} ms; goes on after p50 ${result.goesOnMs.p50} ms`,
  );
  for (const one of result.wrong.slice(0, 20)) say(`  ${one}`);
  return { seed, worker: asked.worker, ...result };
}

const report = {
  machine: await machine(stage.database),
  at: new Date().toISOString(),
  times: Object.fromEntries(await inTurn(systems, async (system) => [system.vendor, await timed(system)] as const)),
  killed: await killed(),
};
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
