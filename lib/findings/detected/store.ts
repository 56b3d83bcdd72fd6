import { pool } from '@/lib/db/client';
import { DETECTED_DAYS, LIVE_MS } from '@/lib/findings/detected/model';

interface Row {
  detector: string | null;
  count: number;
  p50: number;
  p95: number;
}

// The id tells when it was raised: the first 48 bits of a UUID of version 7 are milliseconds.
const RAISED_MS = `('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint`;

/** Time to detect by detector, and of all (`detector` null). Written down by analysts and closed as false alarm are no detections. */
export async function readDetected(): Promise<Row[]> {
  const found = await pool().query<Row>(
    `with raised as (
       select detector, greatest(${RAISED_MS} - extract(epoch from complete_at) * 1000, 0) as ms from findings
        where complete_at > now() - make_interval(days => $1) and detector <> 'manual' and disposition is distinct from 'false_positive')
     select detector, count(*)::int as count,
            percentile_cont(0.5) within group (order by ms)::float8 as p50,
            percentile_cont(0.95) within group (order by ms)::float8 as p95
       from raised where ms < $2 group by grouping sets ((detector), ()) having count(*) > 0 order by detector nulls first limit 101`,
    [DETECTED_DAYS, LIVE_MS],
  );
  return found.rows;
}
