import { pool } from '@/lib/db/client';
import type { Meter } from '@/lib/policies/compiled-model';

/** Exposures of one meter as this version of it counts that hold something as they were last written, nearest to their limit first. */
export async function fullestIds(set: string, meter: Meter, limit: number): Promise<{ ids: string[]; keys: number }> {
  const { rows } = await pool().query<{ id: string; keys: number }>(
    `with held as (
       select id, settled, held, limit_value from exposures e
       where meter = $2 and scope = $3 and policy_set = $1 and kind = $4 and unit is not distinct from $5 and scale = $6
         and (window_secs is null) = $7 and split_part(coalesce(calendar, ''), ' ', 1) = $8 and settled + held > 0
         and (held > 0 or coalesce(window_secs, 0) = 0 or updated_at > now() - make_interval(secs => 2 * window_secs)))
     select id, (select count(*)::int from held) as keys from held
     order by (settled + held) * 1.0 / greatest(limit_value, 1) desc nulls last, settled + held desc, id limit $9`,
    [
      set,
      meter.name,
      meter.scope,
      meter.kind,
      meter.unit,
      meter.scale,
      meter.windowSecs === null,
      meter.calendar?.split(' ', 1)[0] ?? '',
      limit,
    ],
  );
  return { ids: rows.map((row) => row.id), keys: rows[0]?.keys ?? 0 };
}
