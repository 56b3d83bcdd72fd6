import { hint } from '@/lib/db/hint';
import type { Tx } from '@/lib/db/transaction';
import { enqueue } from '@/lib/jobs/enqueue';
import { adoptTold } from '@/lib/sessions/adopt-told';
import type { Ask } from '@/lib/sessions/adopted/store';
import {
  countIdentities,
  countOpen,
  endVanished,
  type Listing,
  unknownOf,
  writeListed,
} from '@/lib/sessions/live/store';
import type { Observed } from '@/lib/sessions/model';

/** Identities asked again for after one listing, at most: a system that comes up whole is not asked about whole. */
const MOST_ASKED = 200;

/**
 * Takes in one full listing of a connector's sessions: what is new opens, what is gone has ended by itself (unless somebody
 * ended it before), the rest is touched. Sends hints only when something opened or ended. Listings of one connector must
 * come one after the other.
 */
export async function observe(tx: Tx, listing: Listing): Promise<Observed> {
  const written = listing.sessions.length > 0 ? await writeListed(tx, listing) : [];
  const gone = await endVanished(tx, listing);
  const opened = written.filter((one) => one.fresh);
  if (listing.logs?.length) {
    const { connectorId, source, logs } = listing;
    const ask: Ask = (sql, params) => tx.$queryRawUnsafe(sql, ...params);
    await adoptTold(ask, { connectorId, sources: [source, ...logs], ids: opened.map((one) => one.id) });
  }
  const added = new Map<string, number>();
  for (const one of written) added.set(one.identity_id, (added.get(one.identity_id) ?? 0) + (one.fresh ? 1 : 0));
  await countIdentities(tx, added, listing.at);
  const ended = gone.map((one) => one.id);
  if (opened.length + ended.length > 0) {
    await hint(tx, 'session', [...opened.map((one) => one.id), ...ended]);
    const identityIds = [...new Set([...opened, ...gone].map((one) => one.identity_id))];
    await hint(tx, 'identity', identityIds);
    // What is live beside a session is part of what it was allowed on.
    for (const id of identityIds.slice(0, MOST_ASKED)) {
      const again = { identityIds: [id], because: 'event' };
      await enqueue(tx, 'reevaluate-sessions', again, { key: `reevaluate:${id}` });
    }
  }
  return {
    opened: opened.map((one) => one.id),
    ended,
    live: await countOpen(tx, listing.connectorId),
    unknown: await unknownOf(tx, listing),
  };
}
