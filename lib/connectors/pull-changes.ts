import type { FoundIdentity } from '@/lib/connectors/contract';
import { issuerOf } from '@/lib/connectors/model';
import type { Opened } from '@/lib/connectors/open';
import { patienceOf } from '@/lib/connectors/pull-events';
import { findPull, holdPull, markResynced, moveCursor } from '@/lib/connectors/pulls/store';
import { stillFollowed } from '@/lib/connectors/store';
import { transaction } from '@/lib/db/transaction';
import { discover } from '@/lib/identities/discover';
import { markGone } from '@/lib/identities/mark-gone';
import type { Discovered } from '@/lib/identities/model';
import { clock } from '@/lib/platform/clock';
import { toBraidError } from '@/lib/platform/errors';

/** One look reads at most so many pages; the next one goes on. */
const MOST_PAGES = 200;
/** A complete resync has no place to go on from: it is read to its end. */
const MOST_PAGES_COMPLETE = 20_000;

/**
 * Takes over what changed among a system's identities, page by page, each with its cursor in one transaction. What the system
 * says is removed is marked as gone there. A complete listing (the first, or after a lost cursor) has its cursor stored with its
 * last page: what was known and is not in it is gone, and a process that dies in it begins it anew. Nothing is left for the
 * caller to take in: null.
 */
export async function pullChanges(opened: Opened, named: (found: FoundIdentity) => Discovered): Promise<null> {
  const { row, connection } = opened;
  const before = await findPull(row.id, 'changes');
  if (before?.heldUntil && before.heldUntil.getTime() > clock.ms()) return null;
  let stored = before?.cursor ?? null;
  let asked = stored;
  let complete = stored === null;
  const seen = new Set<string>();
  for (let page = 0; page < (complete ? MOST_PAGES_COMPLETE : MOST_PAGES); page++) {
    const changes = await ask(opened, () => connection.discoverChanges!(asked));
    if (!changes) return null;
    complete ||= changes.complete;
    for (const { externalId } of changes.items) seen.add(externalId);
    const last = !changes.more;
    const write = !complete || last;
    const taken = await transaction(
      async (tx) => {
        if (!(await stillFollowed(tx, row.id))) return false;
        const at = clock.now();
        const to = { connectorId: row.id, what: 'changes', from: stored, to: changes.cursor } as const;
        const counted = { taken: changes.items.length + changes.removed.length, behind: changes.more, at };
        if (write && !(await moveCursor(tx, { ...to, ...counted }))) return false;
        await discover(tx, changes.items.map(named));
        await markGone(tx, { issuer: issuerOf(row.id), at, externalIds: changes.removed });
        if (complete && last) {
          await markGone(tx, { issuer: issuerOf(row.id), at, besides: [...seen] });
          await markResynced(tx, row.id, at);
        }
        return true;
      },
      { timeoutMs: 60_000 },
    );
    if (!taken || last) return null;
    asked = changes.cursor;
    if (write) stored = changes.cursor;
  }
  return null;
}

/** null: the system asks for patience; it is not asked before. */
async function ask<T>({ row }: Opened, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    const known = toBraidError(error);
    if (known.code !== 'connector.limited') throw error;
    const until = new Date(clock.ms() + patienceOf(known));
    await holdPull(row.id, 'changes', { until, heldFor: 'limited', reason: known.publicMessage });
    return null;
  }
}
