import { authorise } from '@/lib/access/authorise';
import { type Ctx, may } from '@/lib/access/model';
import { clock } from '@/lib/platform/clock';
import { agreeing, NOBODY_ELSE, ownAsking } from '@/lib/responses/agreeing';
import {
  type ListResponses,
  listResponsesSchema,
  type Reach,
  type ResponseRow,
  type ResponseState,
} from '@/lib/responses/model';
import { namesOf, ownersOf, pageOf, type Stored, titlesOf } from '@/lib/responses/store';
import { KIND_PERMISSION, type RevocationKind } from '@/lib/revocations/model';

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

const UNDOABLE: ReadonlySet<string> = new Set(['pause', 'revoke', 'enforce']);

/** Before it has happened only the set is known. */
function policyOf({ kind, input }: Stored): ResponseRow['policy'] {
  if (kind !== 'enforce') return null;
  const { policy } = input as { policy?: { name?: string; version?: number; backAt?: string | null } };
  return { name: policy?.name ?? '', version: policy?.version ?? null, backAt: policy?.backAt ?? null };
}

interface Known {
  names: Map<string, string>;
  titles: Map<string, string>;
  owners: Map<string, string>;
}

/** Identities an operator’s act concerns; the first alone where a rule or a policy wants it. */
function concerned(stored: Stored, owners: Map<string, string>): string[] {
  const asked = stored.input as { identityIds?: string[]; sessionIds?: string[] };
  const many = asked.identityIds ?? asked.sessionIds?.flatMap((id) => owners.get(id) ?? []) ?? [];
  const first = stored.identityId ? [stored.identityId] : [];
  return stored.origin === 'operator' ? [...new Set([...first, ...many])] : first;
}

/** Why whoever reads this can't agree to what waits for a second operator. */
async function whyNotYours(ctx: Ctx, stored: Stored): Promise<string | null> {
  if (stored.state !== 'proposed') return null;
  if (ctx.actor.kind === 'token') return 'An operator has to agree: a token is nobody’s second.';
  if (!may(ctx.actor, KIND_PERMISSION[stored.kind as RevocationKind] ?? 'identity.revoke'))
    return 'Your role may not agree to this.';
  if (!(await ownAsking(ctx, stored))) return null;
  const others = (await agreeing()).filter((one) => !('id' in ctx.actor) || one.id !== ctx.actor.id);
  return others.length
    ? 'You asked for this: somebody else has to agree.'
    : `You asked for this: somebody else has to agree. ${NOBODY_ELSE}`;
}

function toRow(stored: Stored, { names, titles, owners }: Known, notYours: string | null): ResponseRow {
  const inTime = stored.undoUntil !== null && stored.undoUntil.getTime() > clock.ms();
  return {
    id: stored.id,
    origin: stored.origin as ResponseRow['origin'],
    ruleId: stored.ruleId,
    findingId: stored.findingId,
    findingTitle: stored.findingId ? (titles.get(stored.findingId) ?? null) : null,
    identityId: stored.identityId,
    identityName: stored.identityId ? (names.get(stored.identityId) ?? 'an identity') : '',
    identityNames: concerned(stored, owners).map((id) => names.get(id) ?? 'an identity'),
    kind: stored.kind as ResponseRow['kind'],
    state: stored.state as ResponseState,
    reason: stored.reason,
    detail: stored.detail,
    times: stored.times,
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
    policy: policyOf(stored),
    undoable: stored.state === 'done' && inTime && UNDOABLE.has(stored.kind),
    notYours,
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
  const sessions = page.flatMap((row) =>
    row.origin === 'operator' ? ((row.input as { sessionIds?: string[] }).sessionIds ?? []) : [],
  );
  const owners = new Map((await ownersOf(sessions)).map((one) => [one.id, one.identityId]));
  const ids = [...new Set(page.flatMap((row) => concerned(row, owners)))];
  const names = new Map((await namesOf(ids)).map((one) => [one.id, one.name]));
  const titles = new Map(
    (await titlesOf(page.flatMap((row) => row.findingId ?? []))).map((one) => [one.id, one.title]),
  );
  return {
    items: await Promise.all(
      page.map(async (row) => toRow(row, { names, titles, owners }, await whyNotYours(ctx, row))),
    ),
    nextCursor: rows.length > limit ? page.at(-1)!.id : null,
  };
}
