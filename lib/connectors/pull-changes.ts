import { ableTo } from '@/lib/connectors/able-to';
import type { FoundIdentity, IdentityChanges, Looks, ReadPage } from '@/lib/connectors/contract';
import { looksOf } from '@/lib/connectors/looks-of';
import { issuerOf } from '@/lib/connectors/model';
import type { Opened } from '@/lib/connectors/open';
import { patienceOf } from '@/lib/connectors/pull-events';
import { findPull, holdPull, markResynced, moveCursor } from '@/lib/connectors/pulls/store';
import { presentExternalIds, stillFollowed } from '@/lib/connectors/store';
import { type Tx, transaction } from '@/lib/db/transaction';
import { discover } from '@/lib/identities/discover';
import { markGone } from '@/lib/identities/mark-gone';
import type { Discovered } from '@/lib/identities/model';
import { clock } from '@/lib/platform/clock';
import { toBraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';

const LOOK = 'changes';
/** One look reads at most so many pages; the next one goes on. */
const MOST_PAGES = 200;
/** A complete listing is read to its end. */
const MOST_PAGES_COMPLETE = 20_000;

interface Look {
  stored: string | null;
  complete: boolean;
  seen: Set<string>;
  /** Taken for gone in this look so far. */
  gone: number;
}
type Taken = 'taken' | 'not followed' | 'emptied';

/**
 * Takes over what changed among a system's identities, page by page, each with its cursor in one transaction. What the system
 * says is removed is marked as gone there. A complete listing (the first, or after a lost cursor) has its cursor stored with its
 * last page: what was known, would be told of and is not in it is gone. Where the system asks for patience within it, its place and
 * whom it told of are kept, and it goes on from there; a process that dies in it begins where that was kept last.
 *
 * No changes are a quiet system. That everybody is removed is more likely a fault than one that lost everybody: it is not
 * believed, and a complete listing is asked for, which says who is there. One of nobody, where somebody was known, concludes
 * nothing and stores no cursor, so that the next look lists anew. Says whether that is how it ended.
 */
export async function pullChanges(
  opened: Opened,
  named: (found: FoundIdentity) => Discovered,
): Promise<{ emptied: boolean }> {
  const { row, connection } = opened;
  const before = await findPull(row.id, 'changes');
  if (before?.heldUntil && before.heldUntil.getTime() > clock.ms()) return { emptied: false };
  const looks = looksOf(row.id, row.config);
  const kept = await looks.find(LOOK);
  let look = lookFrom(before?.cursor ?? null, kept?.pages[0]);
  let asked = typeof kept?.pages[0]?.next === 'string' ? kept.pages[0].next : look.stored;
  for (let page = 0; page < (look.complete ? MOST_PAGES_COMPLETE : MOST_PAGES); page++) {
    const changes = await ask(opened, () => ableTo(connection, 'discoverChanges').discoverChanges(asked)).catch(
      async (error) => {
        // It may be the place that is refused.
        if (kept && toBraidError(error).code !== 'connector.unreachable') await looks.drop(LOOK);
        throw error;
      },
    );
    if (!changes) {
      await keepPlace(looks, look, asked);
      return { emptied: false };
    }
    look.complete ||= changes.complete;
    if (changes.anew) look.seen.clear();
    const taken = await takeIn(opened, look, changes, changes.items.map(named));
    if (taken === 'emptied') {
      await looks.drop(LOOK);
      if (look.complete) return { emptied: true };
      look = { ...lookFrom(look.stored), complete: true };
      asked = null;
      continue;
    }
    if (look.complete && !changes.more) await looks.drop(LOOK);
    if (taken === 'not followed' || !changes.more) return { emptied: false };
    asked = changes.cursor;
    if (!look.complete) look.stored = changes.cursor;
  }
  return { emptied: false };
}

function lookFrom(stored: string | null, kept?: ReadPage): Look {
  return { stored, complete: stored === null || kept !== undefined, seen: new Set(kept?.items.map(String)), gone: 0 };
}

/** Only a complete listing has something to lose: of all else the cursor says how far it was taken over. */
async function keepPlace(looks: Looks, { complete, seen }: Look, next: string | null): Promise<void> {
  if (!complete || next === null || seen.size === 0) return;
  await looks.keep(LOOK, { id: newId(), from: 0, pages: [{ what: LOOK, items: [...seen], next, first: true }] });
}

async function takeIn(opened: Opened, look: Look, changes: IdentityChanges, items: Discovered[]): Promise<Taken> {
  const { row } = opened;
  const { stored, complete, seen } = look;
  for (const { externalId } of changes.items) seen.add(externalId);
  const last = !changes.more;
  const work = async (tx: Tx): Promise<Taken> => {
    if (!(await stillFollowed(tx, row.id))) return 'not followed';
    const gone = await goneIn(tx, opened, look, changes);
    if (gone === 'everybody') return 'emptied';
    const at = clock.now();
    const to = { connectorId: row.id, what: 'changes', from: stored, to: changes.cursor } as const;
    const counted = { taken: changes.items.length + changes.removed.length, behind: changes.more, at };
    if ((!complete || last) && !(await moveCursor(tx, { ...to, ...counted }))) return 'not followed';
    await discover(tx, items);
    await markGone(tx, { issuer: issuerOf(row.id), at, externalIds: gone });
    look.gone += gone.length;
    if (complete && last) await markResynced(tx, row.id, at);
    return 'taken';
  };
  return transaction(work, { timeoutMs: 60_000 });
}

/** Whom these changes say are gone. `everybody`: nobody would be left of those who are there, which nobody can know to be so. */
async function goneIn(
  tx: Tx,
  { row, connection }: Opened,
  { complete, seen, gone: before }: Look,
  { removed, more }: IdentityChanges,
): Promise<string[] | 'everybody'> {
  const ends = complete && !more;
  if (!ends && removed.length === 0) return [];
  const present = await presentExternalIds(tx, row.id);
  const named = new Set(removed);
  const unlisted = (id: string) => ends && (connection.lists?.(id) ?? true);
  const gone = present.filter((id) => !seen.has(id) && (named.has(id) || unlisted(id)));
  const everybody =
    seen.size === 0 && gone.length === present.length && gone.length > 0 && (ends || before + gone.length > 1);
  return everybody ? 'everybody' : gone;
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
