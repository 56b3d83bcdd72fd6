import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { log } from '@/lib/platform/log';
import type { Account, DemoSystem } from '@/lib/server/demo/database';

export interface WorkerPlan {
  account: Account;
  /** application_name, as a real service sets it. */
  name: string;
  /** Pause between two pieces of work, ms. */
  everyMs: number;
  /** How long one connection is kept and how long the worker then stays away, ms; absent: it stays connected. */
  shift?: { onMs: number; offMs: number };
  work: string;
}

/** Retry delays of a client that was thrown out, ms: as stubborn as real ones. */
const RETRY_MS = [500, 1_000, 2_000, 5_000, 10_000];

const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  setTimeout(ms, undefined, { signal }).catch(() => undefined);

async function connect(system: DemoSystem, plan: WorkerPlan): Promise<pg.Client> {
  const client = new pg.Client({
    host: system.host,
    port: system.port,
    database: system.database,
    user: plan.account,
    password: system.passwords[plan.account],
    application_name: plan.name,
    connectionTimeoutMillis: 3_000,
  });
  client.on('error', () => undefined); // being terminated is part of the story
  await client.connect();
  return client;
}

/** One client of one service account: connects, works, comes back when it is thrown out, until the signal stops it. */
export async function runWorker(system: DemoSystem, plan: WorkerPlan, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted; ) {
    let client: pg.Client | undefined;
    try {
      client = await connect(system, plan);
      failures = 0;
      const until = plan.shift ? performance.now() + plan.shift.onMs : Number.POSITIVE_INFINITY;
      while (!signal.aborted && performance.now() < until) {
        await client.query(plan.work);
        await sleep(plan.everyMs * (0.7 + 0.6 * Math.random()), signal);
      }
    } catch (error) {
      log.debug(
        { account: plan.account, worker: plan.name, error: (error as Error).message },
        'demo worker lost its connection',
      );
      await sleep(RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]!, signal);
      continue;
    } finally {
      await client?.end().catch(() => undefined);
    }
    if (plan.shift) await sleep(plan.shift.offMs, signal);
  }
}

const ORDER = `insert into orders (account, amount_cents) values ('acct-' || (random() * 40)::int, (random() * 9000)::int + 100)`;
const READ = "select count(*), sum(amount_cents) from orders where created_at > now() - interval '1 hour'";

/** The fleet at its ordinary work. */
export const FLEET: WorkerPlan[] = [
  ...['worker-3', 'worker-7'].map((name) => ({ account: 'svc_payments' as const, name, everyMs: 1_500, work: ORDER })),
  { account: 'svc_payments', name: 'reconcile', everyMs: 2_000, shift: { onMs: 45_000, offMs: 60_000 }, work: READ },
  ...Array.from({ length: 8 }, (_, i) => ({
    account: 'order_processor' as const,
    name: `pool-${i + 1}`,
    everyMs: 900 + 90 * i,
    work: ORDER,
  })),
  ...Array.from({ length: 4 }, (_, i) => ({
    account: 'order_processor' as const,
    name: `burst-${i + 1}`,
    everyMs: 400,
    shift: { onMs: 20_000 + 5_000 * i, offMs: 35_000 },
    work: READ,
  })),
  { account: 'nightly_batch', name: 'scheduler', everyMs: 3_000, shift: { onMs: 70_000, offMs: 30_000 }, work: READ },
  { account: 'nightly_batch', name: 'application', everyMs: 3_000, shift: { onMs: 40_000, offMs: 50_000 }, work: READ },
  {
    account: 'deploy_bot',
    name: 'ci-runner',
    everyMs: 4_000,
    work: `insert into audit_trail (what) values ('deploy check')`,
  },
  {
    account: 'release_agent',
    name: 'maintenance',
    everyMs: 5_000,
    work: `insert into audit_trail (what) values ('maintenance')`,
  },
  { account: 'reporting_ro', name: 'dashboard', everyMs: 2_500, work: READ },
  { account: 'reporting_ro', name: 'export', everyMs: 2_500, shift: { onMs: 25_000, offMs: 90_000 }, work: READ },
];
