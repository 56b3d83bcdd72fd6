import { prisma } from '@/lib/db/client';
import type { Tx } from '@/lib/db/transaction';
import { floorId } from '@/lib/platform/ids';
import type { Reach } from '@/lib/responses/model';

/** Who answers for an act: the operator, also where it comes by a token they made; a rule or a job by its name. */
export async function answerableFor(actor: { id: string | null; name: string }, tx: Tx = prisma()): Promise<string> {
  if (actor.id === null) return actor.name;
  const token = await tx.apiToken.findUnique({ where: { id: actor.id }, select: { createdBy: true } });
  return token?.createdBy ?? actor.name;
}

/** What one who answers for it asks for at the same time, in person or by whichever token, is counted one after the other. */
export const oneAtATimeOf = (tx: Tx, who: string) =>
  tx.$executeRaw`select pg_advisory_xact_lock(hashtext('responses.actor'), hashtext(${who}))`;

/**
 * What they have closed since then, as it was shown before each click: in person and by every token they made, consents
 * that a system was asked to take back with it. Identities beside these: each is counted once, whoever hits it again.
 */
export async function closedSince(
  who: string,
  since: Date,
  beside: readonly string[],
  tx: Tx = prisma(),
): Promise<Reach> {
  const rows = await tx.$queryRaw<{ identities: bigint; sessions: bigint | null }[]>`
    with own as (
      select id::text from operators where name = ${who} union all select id::text from api_tokens where created_by = ${who}
    ), closed as (
      select r.identity_id, (r.blast_radius->>'sessionsTotal')::bigint as sessions from revocations r
       where r.requested_at > ${since} and r.kind in ('terminate', 'revoke', 'pause') and r.undone_by is null and not r.drill
         and (case when r.actor_id is null then r.actor_name = ${who} else r.actor_id in (select id from own) or r.actor_name = ${who} end)
      union all
      select identity::uuid, case when exists (select from revocations r where r.requested_at > ${since}
             and r.session_ids::text[] && array(select jsonb_array_elements_text(a.detail->'sessionIds'))) then 0
           else jsonb_array_length(a.detail->'sessionIds') end
        from audit_entries a, jsonb_array_elements_text(a.detail->'identityIds') identity
       where a.day >= ${since}::date - 1 and a.id >= ${floorId(since.getTime())}::uuid and a.action = 'consent.ask'
         and (a.actor_id in (select id from own) or a.actor_name = ${who})
    ) select count(distinct identity_id) filter (where identity_id <> all(${[...beside]}::uuid[])) as identities, sum(sessions) as sessions from closed`;
  return { identities: Number(rows[0]!.identities), sessions: Number(rows[0]!.sessions ?? 0), systems: 0 };
}
