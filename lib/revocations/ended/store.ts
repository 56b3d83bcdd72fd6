import type { Tx } from '@/lib/db/transaction';

/**
 * Gives sessions that a system has still to end a new version of their row: the decision point reads by version, and reads
 * with it that a termination names them.
 */
export const renew = (tx: Tx, sessionIds: string[]) =>
  tx.$executeRaw`update sessions set stale = stale where id = any(${sessionIds}::uuid[]) and ended_at is null`;

/** Whom the end of a session is put down to. */
export type EndedBy = 'operator' | 'policy' | 'signal';
export const endedBy = (actorKind: string, signalId: string | null | undefined): EndedBy =>
  signalId ? 'signal' : actorKind === 'policy' ? 'policy' : 'operator';

/** Sessions only the decision point knows end where they live: here. Returns their ids. */
export async function endDeclared(
  tx: Tx,
  { identityId, sessionIds, by }: { identityId: string; sessionIds: string[] | null; by: EndedBy },
  at: Date,
  reason: string,
) {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    update sessions set state = 'ended', ended_at = greatest(${at}, started_at), ended_by = ${by}, end_reason = ${reason.slice(0, 500)}
     where identity_id = ${identityId}::uuid and observed_by = 'declared' and ended_at is null
       and (${sessionIds === null} or id = any(${sessionIds ?? []}::uuid[]))
    returning id::text`;
  return rows.map((row) => row.id);
}

/**
 * Sessions of a connector that Braid has ended, with whom to thank. One that the follower had already missed is attributed
 * as well, if that was after the request.
 */
export async function endNative(
  tx: Tx,
  where: { identityId: string; connectorId: string; sessionIds: string[] | null; since: Date; by: EndedBy },
  at: Date,
  reason: string,
) {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    update sessions set state = 'ended', ended_at = coalesce(ended_at, greatest(${at}, started_at)), ended_by = ${where.by},
           end_reason = ${reason.slice(0, 500)}
     where identity_id = ${where.identityId}::uuid and connector_id = ${where.connectorId}::uuid
       and (ended_at is null or (ended_at >= ${where.since} and coalesce(ended_by, '') not in ('operator', 'policy', 'signal')))
       and started_at <= ${at}
       and (${where.sessionIds === null} or id = any(${where.sessionIds ?? []}::uuid[]))
    returning id::text`;
  return rows.map((row) => row.id);
}
