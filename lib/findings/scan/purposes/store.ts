import type { Tx } from '@/lib/db/transaction';
import type { PurposeFact } from '@/lib/findings/detect-purpose-over';

/**
 * Identities whose purpose is over at `now`, of whom that is not said yet, or not of a session that lives. At most 500, each
 * with its newest 100 live sessions.
 */
export async function readPurposesOver(tx: Tx, now: Date): Promise<PurposeFact[]> {
  return tx.$queryRaw<PurposeFact[]>`
    with over as (
      select i.id, i.name, i.owner, i.purpose,
        to_char(i.purpose_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as until
      from identities i
      where i.purpose_until <= ${now} and i.state <> 'revoked' and i.attributes ->> 'continuedAs' is null
    )
    select o.id::text as "identityId", o.name, o.owner, left(o.purpose, 500) as purpose, o.until, l.ids as sessions
    from over o
    left join findings f on f.identity_id = o.id and f.detector = 'outlived' and f.cause = 'purpose:' || o.until
    cross join lateral (
      select coalesce(array_agg(s.id::text order by s.id), '{}') as ids from (
        select id from sessions where identity_id = o.id and ended_at is null and (live_until is null or live_until > ${now})
         order by id desc limit 100) s
    ) l
    where f.id is null or exists (select from unnest(l.ids) u(id) where not jsonb_exists(f.evidence -> 'sessions', u.id))
    order by o.until, o.id limit 500`;
}
