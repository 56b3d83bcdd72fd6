import { pool } from '@/lib/db/client';
import type { StakeWorth } from '@/lib/revocations/stake/model';

interface Whose {
  identityId: string;
  /** null: all of the identity. */
  sessionIds: string[] | null;
}

/** A reservation: one that sums something, or holds a count. A lease or an outstanding approval is told by itself. */
const COUNTS = `(h.kind = 'hold' or exists (select from hold_lines l where l.hold_id = h.id and l.attribute is not null))`;

interface HoldRow {
  allotted: boolean;
  count: number;
  unit: string | null;
  scale: number;
  amount: string;
}

/** Open holds by unit. A hold that several meters count is one: its largest line says how much it is. */
export async function openHolds({ identityId, sessionIds }: Whose): Promise<HoldRow[]> {
  const { rows } = await pool().query<HoldRow>(
    `with open as (
       select h.id, exists (select from allotments a where a.hold_id = h.id and a.token_id = h.token_id) as allotted
         from holds h where h.identity_id = $1 and h.state = 'held' and h.expires_at > now() and ${COUNTS}
          and ($2::uuid[] is null or h.session_id = any($2))),
     worth as (
       select o.id, o.allotted, e.unit, e.scale, max(l.amount) as amount from open o
         left join hold_lines l on l.hold_id = o.id and l.attribute is not null left join exposures e on e.id = l.exposure_id
        group by 1, 2, 3, 4)
     select allotted, count(distinct id)::int as count, unit, coalesce(scale, 0) as scale, coalesce(sum(amount), 0)::text as amount
       from worth group by allotted, unit, scale order by allotted, unit`,
    [identityId, sessionIds],
  );
  return rows;
}

/** How many holds are open, told apart by whether they are allotted. */
export async function countHolds({ identityId, sessionIds }: Whose): Promise<{ holds: number; allotted: number }> {
  const { rows } = await pool().query<{ holds: number; allotted: number }>(
    `select count(*) filter (where not a)::int as holds, count(*) filter (where a)::int as allotted from (
       select exists (select from allotments t where t.hold_id = h.id and t.token_id = h.token_id) as a from holds h
        where h.identity_id = $1 and h.state = 'held' and h.expires_at > now() and ${COUNTS}
          and ($2::uuid[] is null or h.session_id = any($2))) o`,
    [identityId, sessionIds],
  );
  return rows[0]!;
}

export interface JobRow {
  what: string;
  session: string;
  until: Date;
  total: number;
}

/** Leases that are held, those that end last first. */
export async function heldLeases({ identityId, sessionIds }: Whose, most: number): Promise<JobRow[]> {
  const { rows } = await pool().query<JobRow>(
    `select e.meter || ' ' || coalesce(nullif(e.key, e.id::text), '') as what, coalesce(s.label, 'no session named') as session,
            h.expires_at as until, count(*) over ()::int as total
       from holds h join hold_lines l on l.hold_id = h.id join exposures e on e.id = l.exposure_id and e.kind = 'lease'
       left join sessions s on s.id = h.session_id
      where h.identity_id = $1 and h.state = 'held' and h.expires_at > now() and ($2::uuid[] is null or h.session_id = any($2))
      order by h.expires_at desc limit $3`,
    [identityId, sessionIds, most],
  );
  return rows;
}

/** Approvals that wait, and those given that let something pass yet. */
export async function openApprovals({ identityId, sessionIds }: Whose): Promise<{ waiting: number; given: number }> {
  const { rows } = await pool().query<{ waiting: number; given: number }>(
    `select count(*) filter (where state = 'pending' and expires_at > now())::int as waiting,
            count(*) filter (where state = 'approved' and withdrawn_at is null and used < uses and approved_until > now())::int as given
       from access_requests where identity_id = $1 and state in ('pending', 'approved') and ($2::uuid[] is null or session_id = any($2))`,
    [identityId, sessionIds],
  );
  return rows[0]!;
}

/** Tasks its live sessions work on that nobody has declared over. */
export async function openTasks({ identityId, sessionIds }: Whose): Promise<string[]> {
  const { rows } = await pool().query<{ task: string }>(
    `select distinct s.task from sessions s where s.identity_id = $1 and s.ended_at is null and s.task is not null
       and (s.live_until is null or s.live_until > now()) and ($2::uuid[] is null or s.id = any($2)) order by 1`,
    [identityId, sessionIds],
  );
  return rows.map((row) => row.task);
}

export const worthOf = (rows: readonly HoldRow[]): StakeWorth[] =>
  rows.flatMap(({ unit, scale, amount }) => (unit === null ? [] : [{ unit, scale, amount }])).slice(0, 50);
