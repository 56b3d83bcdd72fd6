import fs from 'node:fs';
import path from 'node:path';
import type { Ctx } from '@/lib/access/model';
import { list as listConnectors } from '@/lib/connectors/list';
import { pool } from '@/lib/db/client';
import { env } from '@/lib/platform/env';
import { list as listPolicies } from '@/lib/policies/list';
import { runningOn } from '@/lib/server/running';

interface Check {
  check: string;
  ok: boolean;
  found: string;
}

async function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    (response) => response.ok,
    () => false,
  );
}

/** What an operator would look at first when something is off. A stopped process is named, with how to start it. */
export async function diagnose(ctx: Ctx): Promise<Check[]> {
  const { BRAID_URL, BRAID_PDP_URL, BRAID_HOME, DATABASE_URL } = env();
  const running = runningOn(BRAID_HOME);
  const consoleUrl = running?.consoleUrl ?? BRAID_URL;
  const pdpUrl = running?.pdpUrl ?? BRAID_PDP_URL;
  const version = await pool().query<{ v: string; clock_ms: number }>(
    `select current_setting('server_version') as v, extract(epoch from clock_timestamp()) * 1000 as clock_ms`,
  );
  const skewMs = Math.round(Math.abs(Number(version.rows[0]!.clock_ms) - performance.timeOrigin - performance.now()));
  const key = path.join(BRAID_HOME, 'secret.key');
  const keyMode = fs.existsSync(key) ? fs.statSync(key).mode & 0o777 : undefined;
  const [consoleUp, pdpUp, connectors, policies] = await Promise.all([
    answers(`${consoleUrl}/login`),
    answers(`${pdpUrl}/readyz`),
    listConnectors(ctx),
    listPolicies(ctx),
  ]);
  const active = policies.items.filter((set) => set.state === 'active');
  return [
    {
      check: 'database',
      ok: true,
      found: `PostgreSQL ${version.rows[0]!.v}, ${DATABASE_URL ? 'from DATABASE_URL' : `embedded in ${BRAID_HOME}`}`,
    },
    { check: 'clocks', ok: skewMs < 2_000, found: `${skewMs} ms apart from the database's` },
    {
      check: 'secret key',
      ok: keyMode === undefined || keyMode === 0o600,
      found: keyMode === undefined ? 'from BRAID_SECRET_KEY, or not made yet' : `${key}, mode ${keyMode.toString(8)}`,
    },
    { check: 'console', ok: consoleUp, found: consoleUp ? consoleUrl : `nothing answers at ${consoleUrl}: npm start` },
    {
      check: 'decision point',
      ok: pdpUp,
      found: pdpUp ? pdpUrl : `nothing answers at ${pdpUrl}: npm start`,
    },
    {
      check: 'policies',
      ok: active.length > 0,
      found: active.length ? `${active.length} active` : 'none active: every request is denied (no_policy)',
    },
    ...connectors.items.map((item) => ({
      check: `connector ${item.name}`,
      ok: item.health === 'ok' || item.state === 'disabled',
      found: `${item.state}, ${item.health}${item.healthDetail ? `: ${item.healthDetail}` : ''}`,
    })),
  ];
}
