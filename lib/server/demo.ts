// The demo fleet: real accounts with real connections, and services that ask the decision point. Started by `npm run demo`.
import { setMaxListeners } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createToken } from '@/lib/access/create-token';
import { type Ctx, systemCtx } from '@/lib/access/model';
import { create as createConnector } from '@/lib/connectors/create';
import { list as listConnectors } from '@/lib/connectors/list';
import { sync } from '@/lib/connectors/sync';
import { update as updateConnector } from '@/lib/connectors/update';
import { connectDatabase, disconnectDatabase } from '@/lib/db/client';
import { transaction } from '@/lib/db/transaction';
import { annotate } from '@/lib/identities/annotate';
import { discover } from '@/lib/identities/discover';
import { list as listIdentities } from '@/lib/identities/list';
import { env } from '@/lib/platform/env';
import { log } from '@/lib/platform/log';
import { apply } from '@/lib/policies/apply';
import { readDir } from '@/lib/policies/read-dir';
import { asker } from '@/lib/server/demo/ask';
import { CANARY, type DemoSystem, prepareSystem } from '@/lib/server/demo/database';
import { connectRange, firstDrill } from '@/lib/server/demo/exercises';
import { STORIES } from '@/lib/server/demo/stories';
import { FLEET, runWorker } from '@/lib/server/demo/worker';
import { announceReady, onStop } from '@/lib/server/lifecycle';
import { create as createWorkflow } from '@/lib/workflows/create';
import { list as listWorkflows } from '@/lib/workflows/list';

const SYSTEM_NAME = 'orders-db';
const ctx: Ctx = systemCtx('demo');

/** What an estate usually knows of its accounts: much of some, nothing of others. */
const GOVERNANCE: Record<
  string,
  { owner?: string; purpose?: string; environment?: string; concurrencyLimit?: number }
> = {
  svc_payments: {
    owner: 'Payments platform',
    purpose: 'Settles customer payments',
    environment: 'production',
    concurrencyLimit: 2,
  },
  order_processor: { owner: 'Orders', purpose: 'Takes orders', environment: 'production', concurrencyLimit: 16 },
  nightly_batch: { owner: 'Finance systems', environment: 'production', concurrencyLimit: 1 },
  deploy_bot: { owner: 'Release engineering', purpose: 'Deploys builds', environment: 'production' },
  research_agent: {
    owner: 'Market research',
    purpose: 'Writes market reports',
    environment: 'production',
    concurrencyLimit: 3,
  },
  release_agent: { environment: 'production' },
  [CANARY]: {
    owner: 'Security operations',
    purpose: 'Canary of drills: nothing depends on it',
    environment: 'production',
  },
  refund_intake: { owner: 'Customer care', purpose: 'Takes refunds', environment: 'production' },
  refund_review: { owner: 'Customer care', purpose: 'Reviews refunds', environment: 'production' },
  refund_payout: { owner: 'Customer care', purpose: 'Pays refunds out', environment: 'production' },
};

async function connectSystem(system: DemoSystem): Promise<string> {
  const values = {
    host: system.host,
    port: String(system.port),
    database: system.database,
    user: system.connector.user,
    password: system.connector.password,
    sslMode: 'disable',
    canary: CANARY,
    canaryPassword: system.passwords[CANARY]!,
  };
  const { items } = await listConnectors(ctx);
  const known = items.find((item) => item.name === SYSTEM_NAME);
  if (known) await updateConnector(ctx, { id: known.id, values });
  const id = known?.id ?? (await createConnector(ctx, { vendor: 'postgres', name: SYSTEM_NAME, values })).id;
  await sync(ctx, { id });
  return id;
}

const REFUND_AGENTS = ['refund_intake', 'refund_review', 'refund_payout'];

/**
 * Agents are known to their platform by name before they ever ask; everything else is found by the connector. Three of them
 * act for one purpose. Who works for it is said once: what an analyst changed stays.
 */
async function registerAgents(): Promise<void> {
  const names = ['research_agent', ...REFUND_AGENTS];
  const like = { issuer: 'default', type: '*', kind: 'ai_agent' as const, reason: 'registered by its platform' };
  const ids = await transaction((tx) =>
    discover(
      tx,
      names.map((name) => ({ ...like, externalId: name, name })),
    ),
  );
  const identityIds = ids.slice(1);
  const known = (await listWorkflows(ctx, { q: 'refunds', limit: 200 })).items.some((row) => row.name === 'refunds');
  if (!known) await createWorkflow(ctx, { name: 'refunds', identityIds });
}

/** Tells Braid what the estate knows of its accounts, each once it has been discovered; what an analyst changed stays. */
async function govern(signal: AbortSignal): Promise<void> {
  const waiting = new Map(Object.entries(GOVERNANCE));
  while (waiting.size > 0 && !signal.aborted) {
    const { items } = await listIdentities(ctx, { limit: 200 });
    for (const identity of items) {
      const known = waiting.get(identity.name);
      if (known && !identity.owner && identity.concurrencyLimit === null)
        await annotate(ctx, { id: identity.id, ...known });
      if (known) waiting.delete(identity.name);
    }
    await setTimeout(300, undefined, { signal }).catch(() => undefined);
  }
}

async function token(): Promise<string> {
  const file = path.join(env().BRAID_HOME, 'demo-token.json');
  if (fs.existsSync(file)) return (JSON.parse(fs.readFileSync(file, 'utf8')) as { token: string }).token;
  const made = await createToken(ctx, { name: 'demo fleet', scopes: ['decide'], issuer: 'default' });
  fs.writeFileSync(file, JSON.stringify({ token: made.token }), { mode: 0o600 });
  return made.token;
}

const adminUrl = process.env.DEMO_ADMIN_URL;
if (!adminUrl) throw new Error('The demo is started by `npm run demo`.');
connectDatabase(env().DATABASE_URL!, { max: 4 });
const system = await prepareSystem(adminUrl);
await apply(ctx, {
  files: readDir(path.join(import.meta.dirname, 'demo', 'policies')),
  reason: 'The demo fleet’s rules',
});
await registerAgents();
const systemId = await connectSystem(system);
await connectRange(ctx);
const ask = asker(env().BRAID_PDP_URL, await token());

const stop = new AbortController();
setMaxListeners(0, stop.signal); // every worker and story listens to it
const pause = (ms: number): Promise<void> => setTimeout(ms, undefined, { signal: stop.signal }).catch(() => undefined);
const running: Promise<unknown>[] = [];
onStop(async () => {
  stop.abort();
  await Promise.race([Promise.allSettled(running), setTimeout(3_000)]);
  await disconnectDatabase();
});

running.push(...FLEET.map((plan) => runWorker(system, plan, stop.signal)));
announceReady();
// Services ask only once their accounts are known: a name that is asked for first would stand as an unmanaged identity.
await govern(stop.signal);
running.push(
  firstDrill(ctx, systemId, stop.signal).catch((error: unknown) =>
    log.error({ err: error }, 'the drill could not begin'),
  ),
);
running.push(
  ...Object.entries(STORIES).map(([name, story]) =>
    story(ask, pause, stop.signal).catch((error: unknown) =>
      log.error({ err: error, story: name }, 'a demo story ended'),
    ),
  ),
);
