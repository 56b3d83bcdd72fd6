import { type HeldFor, PULLS, type Pull, type PullOf } from '@/lib/connectors/pull-model';
import { prisma } from '@/lib/db/client';
import type { ConnectorPull } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';

export const findPull = (connectorId: string, what: PullOf): Promise<ConnectorPull | null> =>
  prisma().connectorPull.findUnique({ where: { connectorId_what: { connectorId, what } } });

/**
 * Moves the cursor on, from where whoever asked saw it. false: it stands elsewhere by now, so somebody else took over what was
 * handed over, or the connector was pointed at another place.
 */
export async function moveCursor(
  tx: Tx,
  pull: {
    connectorId: string;
    what: PullOf;
    from: string | null;
    to: string;
    taken: number;
    behind: boolean;
    at: Date;
  },
): Promise<boolean> {
  const { connectorId, what, from, to, taken, behind, at } = pull;
  const moved = from !== to;
  const rows = await tx.$queryRaw<unknown[]>`
    insert into connector_pulls as p (connector_id, what, cursor, behind, answered_at, moved_at, taken)
    values (${connectorId}::uuid, ${what}, ${to}, ${behind}, ${at}, ${at}, ${taken})
    on conflict (connector_id, what) do update set cursor = excluded.cursor, behind = excluded.behind, answered_at = excluded.answered_at,
      moved_at = case when ${moved} then excluded.moved_at else p.moved_at end, taken = p.taken + excluded.taken,
      held_until = null, held_for = null, held_reason = null
    where p.cursor is not distinct from ${from}
    returning 1`;
  return rows.length > 0;
}

/** Not asked before `until`, and why. */
export async function holdPull(
  connectorId: string,
  what: PullOf,
  held: { until: Date; heldFor: HeldFor; reason: string },
): Promise<void> {
  const data = { heldUntil: held.until, heldFor: held.heldFor, heldReason: held.reason.slice(0, 1000) };
  await prisma().connectorPull.upsert({
    where: { connectorId_what: { connectorId, what } },
    create: { connectorId, what, ...data },
    update: data,
  });
}

export const markResynced = (tx: Tx, connectorId: string, at: Date) =>
  tx.connectorPull.updateMany({ where: { connectorId, what: 'changes' }, data: { resyncedAt: at } });

/** What it points at now knows nothing of the cursors. */
export const dropPulls = (tx: Tx, connectorId: string) => tx.connectorPull.deleteMany({ where: { connectorId } });

/** How far the pulls of these connectors have come. */
export async function pullsOf(ids: string[], now: Date): Promise<Map<string, Pull[]>> {
  const rows = await prisma().connectorPull.findMany({
    where: { connectorId: { in: ids } },
    orderBy: { what: 'desc' },
  });
  const all = new Map<string, Pull[]>();
  for (const row of rows) {
    const what = PULLS.find((each) => each === row.what);
    if (!what) continue;
    const held = row.heldUntil && row.heldUntil > now;
    const pull: Pull = {
      what,
      taken: Number(row.taken),
      behind: row.behind,
      answeredAt: row.answeredAt?.toISOString() ?? null,
      movedAt: row.movedAt?.toISOString() ?? null,
      eventAt: row.eventAt?.toISOString() ?? null,
      ageSecs: row.answeredAt ? Math.max(0, Math.round((now.getTime() - row.answeredAt.getTime()) / 1000)) : null,
      heldUntil: held ? row.heldUntil!.toISOString() : null,
      heldFor: held ? (row.heldFor as HeldFor) : null,
      heldReason: held ? row.heldReason : null,
      resyncedAt: row.resyncedAt?.toISOString() ?? null,
    };
    all.set(row.connectorId, [...(all.get(row.connectorId) ?? []), pull]);
  }
  return all;
}

/** The newest event of a connector's log that was taken in. */
export async function tellNewest(connectorId: string, at: Date): Promise<void> {
  await prisma().$executeRaw`
    update connector_pulls set event_at = greatest(event_at, ${at}::timestamptz) where connector_id = ${connectorId}::uuid and what = 'events'`;
  await prisma().$executeRaw`
    update connectors set last_event_at = greatest(last_event_at, ${at}::timestamptz) where id = ${connectorId}::uuid`;
}
