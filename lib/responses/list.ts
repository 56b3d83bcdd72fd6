import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { clock } from '@/lib/platform/clock';
import {
  type ListResponses,
  listResponsesSchema,
  type Reach,
  type ResponseRow,
  type ResponseState,
} from '@/lib/responses/model';
import { namesOf, pageOf, type Stored, titlesOf } from '@/lib/responses/store';

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

function toRow(stored: Stored, names: Map<string, string>, titles: Map<string, string>): ResponseRow {
  const inTime = stored.undoUntil !== null && stored.undoUntil.getTime() > clock.ms();
  return {
    id: stored.id,
    origin: stored.origin as ResponseRow['origin'],
    ruleId: stored.ruleId,
    findingId: stored.findingId,
    findingTitle: stored.findingId ? (titles.get(stored.findingId) ?? null) : null,
    identityId: stored.identityId,
    identityName: names.get(stored.identityId) ?? 'an identity',
    kind: stored.kind as ResponseRow['kind'],
    state: stored.state as ResponseState,
    reason: stored.reason,
    detail: stored.detail,
    radius: { identities: 0, sessions: 0, systems: 0, ...(stored.radius as unknown as Partial<Reach>) },
    askedAt: stored.askedAt.toISOString(),
    askedBy: stored.askedBy,
    dueAt: iso(stored.dueAt),
    undoUntil: iso(stored.undoUntil),
    decidedAt: iso(stored.decidedAt),
    decidedBy: stored.decidedBy,
    doneAt: iso(stored.doneAt),
    revocationIds: stored.revocationIds,
    playbookId: stored.playbookId,
    undoable: stored.state === 'done' && inTime && (stored.kind === 'pause' || stored.kind === 'revoke'),
  };
}

/** What rules, policies and operators who need a second one wanted, newest first. `open`: what still waits for somebody. */
export async function list(
  ctx: Ctx,
  input: ListResponses = {},
): Promise<{ items: ResponseRow[]; nextCursor: string | null }> {
  authorise(ctx, 'console.read');
  const { state, findingId, identityId, cursor, limit } = listResponsesSchema.parse(input);
  const rows = await pageOf(
    {
      ...(state === 'open' ? { state: { in: ['waiting', 'proposed'] } } : state ? { state } : {}),
      ...(findingId ? { findingId } : {}),
      ...(identityId ? { identityId } : {}),
      ...(cursor ? { id: { lt: cursor } } : {}),
    },
    limit + 1,
  );
  const page = rows.slice(0, limit);
  const names = new Map((await namesOf(page.map((row) => row.identityId))).map((one) => [one.id, one.name]));
  const titles = new Map(
    (await titlesOf(page.flatMap((row) => row.findingId ?? []))).map((one) => [one.id, one.title]),
  );
  return {
    items: page.map((row) => toRow(row, names, titles)),
    nextCursor: rows.length > limit ? page.at(-1)!.id : null,
  };
}
