import { pool } from '@/lib/db/client';

export interface PassedRow {
  session_id: string | null;
  label: string | null;
  allowed: number;
  given_back: number;
  stopped: number;
  unit: string | null;
  scale: number;
  amount: bigint | null;
}

/**
 * Decisions of an identity in [from, to) by session and unit. What a decision came to is what its hold came to, where it
 * made one that is over: nothing, or what it was settled with. An allow without a hold whose caller hung up before its
 * answer is still in it: the ledger knows no decisions by index.
 */
export async function readPassed(identityId: string, from: Date, to: Date): Promise<PassedRow[]> {
  const { rows } = await pool().query<PassedRow>(
    `with asked as (
       select d.session_id, d.verdict, d.unit, d.scale, d.amount, d.hold_id, h.state as hold_state,
         (select l.settled from hold_lines l join exposures e on e.id = l.exposure_id
            where l.hold_id = d.hold_id and e.unit is not distinct from d.unit and e.kind = 'sum' order by l.exposure_id limit 1) as settled
       from decisions d left join holds h on h.id = d.hold_id
       where d.identity_id = $1 and d.at >= $2 and d.at < $3 and d.day >= ($2::timestamptz at time zone 'UTC')::date - 1 and not d.dry_run
     )
     select a.session_id, s.label, (count(*) filter (where verdict = 'allow'))::int as allowed,
       (count(*) filter (where verdict = 'allow' and hold_state in ('released', 'expired')))::int as given_back,
       (count(*) filter (where verdict <> 'allow'))::int as stopped, unit, scale,
       sum(case when verdict <> 'allow' or hold_state in ('released', 'expired') then 0
                when hold_state = 'settled' then coalesce(settled, amount) else amount end)::bigint as amount
     from asked a left join sessions s on s.id = a.session_id
     group by a.session_id, s.label, unit, scale`,
    [identityId, from, to],
  );
  return rows;
}
