import { pool } from '@/lib/db/client';

// Who has a part in an exposure, and what of it comes back when.

export interface LiveRow {
  id: string;
  label: string;
  identity_name: string;
}

/** Of these sessions those that have not ended. */
export async function liveSessions(ids: string[]): Promise<Map<string, LiveRow>> {
  const found = await pool().query<LiveRow>(
    `select s.id, s.label, i.name as identity_name from sessions s join identities i on i.id = s.identity_id
     where s.id = any($1::uuid[]) and s.ended_at is null`,
    [ids],
  );
  return new Map(found.rows.map((row) => [row.id, row]));
}

/** What will leave an exposure's window, soonest first: by the end of its slice. */
export async function leaving(exposureId: string): Promise<{ at: Date; settled: bigint }[]> {
  const found = await pool().query<{ at: Date; settled: bigint }>(
    `select b.bucket_at as at, sum(b.settled)::bigint as settled from exposure_slices b join exposures e on e.id = b.exposure_id
     where b.exposure_id = $1 and b.bucket_at + make_interval(secs => e.window_secs) > now() group by 1 order by 1`,
    [exposureId],
  );
  return found.rows;
}

/** What of an exposure is held for allotments, by the session they were given to. */
export async function allottedOf(exposureId: string): Promise<Map<string, bigint>> {
  const found = await pool().query<{ session_id: string; held: bigint }>(
    `select h.session_id, sum(l.amount)::bigint as held from hold_lines l join holds h on h.id = l.hold_id
       and h.state = 'held' and h.expires_at > now() join allotments a on a.hold_id = h.id and a.token_id = h.token_id
     where l.exposure_id = $1 and h.session_id is not null group by 1`,
    [exposureId],
  );
  return new Map(found.rows.map((row) => [row.session_id, row.held]));
}

/** Open holds of sessions that can be given back; at most 1,000. What was allotted can be spent without asking until it ends. */
export async function heldBy(sessionIds: string[]): Promise<{ id: string }[]> {
  const found = await pool().query<{ id: string }>(
    `select id from holds h where session_id = any($1::uuid[]) and state = 'held' and expires_at > now()
       and not exists (select from allotments a where a.token_id = h.token_id and a.hold_id = h.id) order by id limit 1000`,
    [sessionIds],
  );
  return found.rows;
}
