import { setTimeout as sleep } from 'node:timers/promises';
import type { FollowConfig } from '@/lib/connectors/contract';
import type { ConnectorHealth } from '@/lib/connectors/model';
import { type Opened, open } from '@/lib/connectors/open';
import { pullIdentities, pullSessions } from '@/lib/connectors/pull';
import { patienceOf } from '@/lib/connectors/pull-events';
import { dropConnection } from '@/lib/connectors/registry';
import { markStale, writeHealth } from '@/lib/connectors/store';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { type BraidError, toBraidError } from '@/lib/platform/errors';
import { log } from '@/lib/platform/log';

const DISCOVER_MS = 30_000;
/** A name that stays unknown (a role that can't be listed) must not cause a discovery at every tick. */
const UNKNOWN_MS = 1_000;
const LONGEST_MS = 15_000;

interface Seen {
  discoveredAt: number;
  failures: number;
  /** Its health when it first asked for patience: so it is again once it answers. */
  before?: Pick<Opened['row'], 'health' | 'healthDetail'> | undefined;
}

const syncAsked = (opened: Opened): number =>
  Date.parse((opened.row.cursor as { syncRequestedAt?: string } | null)?.syncRequestedAt ?? '') || 0;

/** One look. Returns how long to wait for the next, ms. */
async function tick(opened: Opened, seen: Seen): Promise<number> {
  const { pollMs } = opened.manifest.config.parse(opened.row.config) as FollowConfig;
  const discover = async () => {
    const began = clock.ms();
    await pullIdentities(opened);
    seen.discoveredAt = began;
    seen.before = undefined;
  };
  if (clock.ms() - seen.discoveredAt >= DISCOVER_MS || syncAsked(opened) > seen.discoveredAt || seen.failures)
    await discover();
  seen.failures = 0;
  const unknown = await pullSessions(opened);
  if (unknown.length && clock.ms() - seen.discoveredAt >= UNKNOWN_MS) {
    await discover();
    await pullSessions(opened);
  }
  if (seen.before) await answered(opened.row.id, seen.before);
  seen.before = undefined;
  return pollMs;
}

async function failing(connectorId: string, detail: string): Promise<void> {
  await transaction(async (tx) => {
    if (!(await writeHealth(tx, connectorId, 'failing', detail.slice(0, 500)))) return;
    await markStale(tx, connectorId);
    await hint(tx, 'connector', [connectorId]);
  });
}

/** It asked to be left alone for a while: nothing is wrong, and nothing new is known. Returns how long, ms. */
async function patient(connectorId: string, asked: BraidError): Promise<number> {
  const ms = patienceOf(asked);
  const detail = `${asked.publicMessage} It is asked again in ${Math.ceil(ms / 1000)} s.`.slice(0, 500);
  await transaction(async (tx) => {
    if (await writeHealth(tx, connectorId, 'degraded', detail)) await hint(tx, 'connector', [connectorId]);
  }).catch((cause) => log.warn({ err: cause }, 'health can’t be written'));
  return ms;
}

async function answered(connectorId: string, { health, healthDetail }: NonNullable<Seen['before']>): Promise<void> {
  await transaction(async (tx) => {
    if (await writeHealth(tx, connectorId, health as ConnectorHealth, healthDetail))
      await hint(tx, 'connector', [connectorId]);
  });
}

/** Follows one connector until it is stopped, disabled or removed. An error is its health, and it tries again with back-off. */
export async function followOne(connectorId: string, signal: AbortSignal): Promise<void> {
  const seen: Seen = { discoveredAt: 0, failures: 0 };
  while (!signal.aborted) {
    let wait: number;
    let opened: Opened | undefined;
    try {
      opened = await open(connectorId);
      wait = await tick(opened, seen);
    } catch (error) {
      const known = toBraidError(error);
      if (known.code === 'not_found' || known.code === 'connector.unsupported') break;
      if (known.code === 'connector.limited') {
        seen.before ??= opened?.row;
        await sleep(await patient(connectorId, known), undefined, { signal }).catch(() => undefined);
        continue;
      }
      seen.failures++;
      wait = Math.min(1_000 * 2 ** Math.min(seen.failures - 1, 5), LONGEST_MS);
      log.warn({ err: error, connectorId, failures: seen.failures }, 'a connector can’t be followed');
      dropConnection(connectorId);
      await failing(connectorId, known.publicMessage).catch((cause) =>
        log.warn({ err: cause }, 'health can’t be written'),
      );
    }
    await sleep(wait, undefined, { signal }).catch(() => undefined);
  }
  dropConnection(connectorId);
}
