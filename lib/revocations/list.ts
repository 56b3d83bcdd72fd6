import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import {
  type ListInput,
  listInputSchema,
  type RecordedKind,
  type RevocationRow,
  type RevocationState,
  type StepRow,
  type StepState,
} from '@/lib/revocations/model';
import { identityNames, pageOf, type Stored } from '@/lib/revocations/store';
import { target } from '@/lib/revocations/target';
import { missedIds } from '@/lib/revocations/times/store';

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

const CURSOR = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A stored revocation as people and callers see it. */
export function toRow(stored: Stored, identityName: string): RevocationRow {
  return {
    id: stored.id,
    kind: stored.kind as RecordedKind,
    identityId: stored.identityId,
    identityName,
    sessionIds: stored.sessionIds,
    state: stored.state as RevocationState,
    reasonCode: stored.reasonCode,
    reason: stored.reason,
    actorName: stored.actorName,
    requestedAt: stored.requestedAt.toISOString(),
    effectiveAt: iso(stored.effectiveAt),
    verifiedAt: iso(stored.verifiedAt),
    clickedAt: iso(stored.clickedAt),
    endedAgainAt: iso(stored.endedAgainAt),
    regrowthUntil: iso(stored.regrowthUntil),
    drill: stored.drill,
    signalId: stored.signalId,
    actionId: stored.actionId,
    history: stored.history as unknown as RevocationRow['history'],
    steps: stored.steps.map((step) => ({
      id: step.id,
      ordinal: step.ordinal,
      system: step.system,
      connectorId: step.connectorId,
      verb: step.verb,
      state: step.state as StepState,
      title: step.title,
      detail: step.detail,
      proof: (step.proof as unknown as StepRow['proof']) ?? null,
      residuals: step.residuals as unknown as StepRow['residuals'],
      attempts: step.attempts,
      startedAt: iso(step.startedAt),
      finishedAt: iso(step.finishedAt),
      history: step.history as unknown as StepRow['history'],
    })),
  };
}

/** Revocations, newest first. */
export async function list(
  ctx: Ctx,
  input: ListInput = {},
): Promise<{ items: RevocationRow[]; nextCursor: string | null }> {
  authorise(ctx, 'console.read');
  const { cursor, limit, missed, ...filter } = listInputSchema.parse(input);
  const late = missed ? await missedIds((await target(ctx)).ms, filter.connectorId ?? null) : null;
  const before = cursor && CURSOR.test(cursor) ? cursor : null;
  const rows = await pageOf({ ...filter, ...(late ? { ids: late } : {}) }, before, limit + 1);
  const page = rows.slice(0, limit);
  const names = new Map((await identityNames(page.map((row) => row.identityId))).map((one) => [one.id, one.name]));
  return {
    items: page.map((row) => toRow(row, names.get(row.identityId) ?? 'an identity')),
    nextCursor: rows.length > limit ? page.at(-1)!.id : null,
  };
}
