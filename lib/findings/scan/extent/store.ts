// How much there is to read of whom: told by the index alone, and no further than is asked.
import { pool } from '@/lib/db/client';
import type { Window } from '@/lib/findings/scan/events/store';

const columns = (windows: readonly Window[]) => [
  windows.map((w) => w.identityId),
  windows.map((w) => w.from),
  windows.map((w) => w.to),
];

/** How many events each identity has in its window; counted up to `most`. */
export async function countIn(windows: readonly Window[], most: number): Promise<Map<string, number>> {
  const { rows } = await pool().query<{ id: string; n: number }>(
    `select w.id::text, (select count(*)::int from (
       select from session_events e where e.identity_id = w.id and e.at between w.f and w.t limit $4) x) as n
     from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) w(id, f, t)`,
    [...columns(windows), most],
  );
  return new Map(rows.map((row) => [row.id, row.n]));
}

export interface Extent {
  identityId: string;
  /** Where reading begins before the stretch, ms. */
  lead: number;
  /** At which of its events the stretch has to end, ms; null: all of it is read. */
  cut: number | null;
}

/**
 * Of each stretch the `most` oldest events are read, with what led up to it: at most `leadMs`, and the `leadMost` newest
 * before it. What one busy identity costs is bounded so, however much it did that day.
 */
export async function readExtents(
  windows: readonly Window[],
  { most, leadMs, leadMost }: { most: number; leadMs: number; leadMost: number },
): Promise<Extent[]> {
  const { rows } = await pool().query<{ id: string; lead: number; cut: number | null }>(
    `select w.id::text, floor(extract(epoch from greatest(w.f - $4 * interval '1 millisecond', (
         select e.at from session_events e where e.identity_id = w.id and e.at < w.f and e.at >= w.f - $4 * interval '1 millisecond'
         order by e.at desc offset $5 limit 1))) * 1000)::float8 as lead,
       floor(extract(epoch from (select e.at from session_events e where e.identity_id = w.id and e.at between w.f and w.t
         order by e.at offset $6 limit 1)) * 1000)::float8 as cut
     from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) w(id, f, t)`,
    [...columns(windows), leadMs, leadMost, most],
  );
  return rows.map((row) => ({ identityId: row.id, lead: row.lead, cut: row.cut }));
}
