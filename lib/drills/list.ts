import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { DrillRow, DrillState, ListInput, Observation } from '@/lib/drills/model';
import { listSchema } from '@/lib/drills/model';
import { namesOf, pageOf, type Stored } from '@/lib/drills/store';

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

function toRow(stored: Stored, connectorName: string | null): DrillRow {
  const { id, connectorId, canary, identityId, revocationId, actorName, refusedMs, deadMs, verifiedMs } = stored;
  return {
    id,
    connectorId,
    connectorName,
    canary,
    identityId,
    revocationId,
    method: stored.method as DrillRow['method'],
    asked: stored.asked as DrillRow['asked'],
    actorName,
    state: stored.state as DrillState,
    startedAt: stored.startedAt.toISOString(),
    clickedAt: iso(stored.clickedAt),
    refusedMs,
    deadMs,
    verifiedMs,
    restoredAt: iso(stored.restoredAt),
    endedAt: iso(stored.endedAt),
    detail: stored.detail,
    observations: stored.observations as unknown as Observation[],
  };
}

/** Drills, newest first. */
export async function list(ctx: Ctx, input: ListInput = {}): Promise<{ items: DrillRow[]; nextCursor: string | null }> {
  authorise(ctx, 'console.read');
  const { connectorId, cursor, limit } = listSchema.parse(input);
  const rows = await pageOf(connectorId, cursor, limit + 1);
  const page = rows.slice(0, limit);
  const names = await namesOf([...new Set(page.map((row) => row.connectorId))]);
  return {
    items: page.map((row) => toRow(row, names.get(row.connectorId) ?? null)),
    nextCursor: rows.length > limit ? page.at(-1)!.id : null,
  };
}
