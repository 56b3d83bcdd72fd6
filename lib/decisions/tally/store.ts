import { pool } from '@/lib/db/client';
import { LATENCY_BOUNDS } from '@/lib/decisions/friction-model';
import type { Verdict } from '@/lib/decisions/model';
import { floorId, NIL_ID } from '@/lib/platform/ids';

const CLASSES = [...LATENCY_BOUNDS, null]
  .map((bound, index) => {
    const over = index === 0 ? '' : `latency_us > ${LATENCY_BOUNDS[index - 1]}`;
    const upTo = bound === null ? '' : `latency_us <= ${bound}`;
    return `(count(*) filter (where ${[over, upTo].filter(Boolean).join(' and ')}))::int`;
  })
  .join(', ');

/** The time of the first decision that is kept. */
export async function firstDecision(): Promise<Date | null> {
  const { rows } = await pool().query<{ at: Date }>('select at from decisions order by id limit 1');
  return rows[0]?.at ?? null;
}

/** A decision's id is made when its request arrives, its time is that of its locks, by the database's clock. */
const APART_MS = 300_000;

/** Counts the hours in [from, to) anew: found by their ids, so that a day is not read for an hour. */
export async function countHours(from: Date, to: Date): Promise<void> {
  await pool().query(
    `insert into decision_hours (hour, token_id, policy_set, rule_id, verdict, n, split, latency)
     select date_trunc('hour', at, 'UTC'), coalesce(token_id, '${NIL_ID}'), coalesce(policy_set, ''),
       coalesce(rule_id, ''), verdict, count(*)::int, (count(*) filter (where alone = 'allow' and verdict <> 'allow'))::int,
       array[${CLASSES}]
     from decisions where id >= $3 and id < $4 and at >= $1 and at < $2 and not dry_run
     group by 1, 2, 3, 4, 5
     on conflict (hour, token_id, policy_set, rule_id, verdict)
       do update set n = excluded.n, split = excluded.split, latency = excluded.latency`,
    [from, to, floorId(from.getTime() - APART_MS), floorId(to.getTime() + APART_MS)],
  );
}

/** Until when decisions are counted; null: never yet. */
export async function countedUntil(): Promise<string | null> {
  const { rows } = await pool().query<{ at: string | null }>(
    `select value ->> 'until' as at from settings where key = 'tally'`,
  );
  return rows[0]?.at ?? null;
}

export async function keepCountedUntil(at: Date): Promise<void> {
  await pool().query(
    `insert into settings (key, value, updated_at) values ('tally', jsonb_build_object('until', $1::text), now())
     on conflict (key) do update set value = excluded.value, updated_at = now()`,
    [at.toISOString()],
  );
}

export interface TallyRow {
  day: string;
  token_id: string;
  token_name: string | null;
  policy_set: string;
  rule_id: string;
  verdict: Verdict;
  n: number;
  split: number;
  latency: number[];
}

/** Counted hours of [from, to), added up by day. */
export async function tallied(from: Date, to: Date): Promise<TallyRow[]> {
  const { rows } = await pool().query<TallyRow>(
    `with days as (
       select to_char(h.hour at time zone 'UTC', 'YYYY-MM-DD') as day, h.token_id, h.policy_set, h.rule_id, h.verdict, h.n, h.split, h.latency
       from decision_hours h where h.hour >= $1 and h.hour < $2
     ), classes as (
       select day, token_id, policy_set, rule_id, verdict, array_agg(n order by ord) as latency from (
         select d.day, d.token_id, d.policy_set, d.rule_id, d.verdict, l.ord, sum(l.n)::int as n
         from days d, unnest(d.latency) with ordinality as l(n, ord) group by 1, 2, 3, 4, 5, 6) each group by 1, 2, 3, 4, 5
     )
     select d.day, d.token_id, t.name as token_name, d.policy_set, d.rule_id, d.verdict, sum(d.n)::int as n, sum(d.split)::int as split, c.latency
     from days d join classes c using (day, token_id, policy_set, rule_id, verdict) left join api_tokens t on t.id = d.token_id
     group by 1, 2, 3, 4, 5, 6, c.latency order by 1`,
    [from, to],
  );
  return rows;
}

export interface TakenBackRow {
  kind: 'approval' | 'exemption' | 'resume' | 'restore';
  id: string;
  at: Date;
  identity_id: string | null;
  name: string | null;
  rule: string | null;
  reason: string | null;
  by: string;
  total: number;
}

/** What people gave back in [from, to), newest first: at most 100, and how many there are. */
export async function takenBack(from: Date, to: Date): Promise<TakenBackRow[]> {
  const { rows } = await pool().query<TakenBackRow>(
    `select *, (count(*) over ())::int as total from (
       select 'approval' as kind, a.id, a.answered_at as at, a.identity_id, i.name, a.answer_reason as reason, a.answered_by as by,
         a.rules -> 0 ->> 'set' || '/' || (a.rules -> 0 ->> 'id') as rule
       from access_requests a left join identities i on i.id = a.identity_id
       where a.state = 'approved' and a.answered_by_kind <> 'policy' and a.answered_at >= $1 and a.answered_at < $2
       union all
       select 'exemption', e.id, e.created_at, e.identity_id, coalesce(i.name, w.name), e.reason, e.created_by, e.policy_set || '/' || e.rule_id
       from policy_exemptions e left join identities i on i.id = e.identity_id left join workflows w on w.id = e.workflow_id
       where e.created_at >= $1 and e.created_at < $2
       union all
       select r.kind, r.id, r.requested_at, r.identity_id, i.name, r.reason, r.actor_name, null
       from revocations r left join identities i on i.id = r.identity_id
       where r.kind in ('resume', 'restore') and r.requested_at >= $1 and r.requested_at < $2) given
     order by at desc, id desc limit 100`,
    [from, to],
  );
  return rows;
}
