import { pool } from '@/lib/db/client';

export interface AllowRow {
  id: string;
  at: Date;
  action: string;
  resource_type: string;
  resource_id: string;
  amount: bigint | null;
  unit: string | null;
  scale: number;
}

/** The newest allows that committed after the revocation's own snapshot: a batch that was already reading finished under the old state. */
export async function allowsOutside(
  snapshot: string,
  identityId: string,
  sessionIds: string[] | null,
  since: Date,
): Promise<AllowRow[]> {
  const { rows } = await pool().query<AllowRow>(
    `select id, at, action, resource_type, resource_id, amount, unit, scale from decisions d
      where identity_id = $1 and verdict = 'allow' and not dry_run and day >= $3::date - 1 and at >= $3
        and ($4::uuid[] is null or session_id = any($4))
        and not pg_visible_in_snapshot(
          ((((pg_snapshot_xmax($2::pg_snapshot)::text::bigint >> 32) << 32) | d.xmin::text::bigint)::text)::xid8, $2::pg_snapshot)
      order by at desc limit 200`,
    [identityId, snapshot, since, sessionIds],
  );
  return rows.reverse();
}

/**
 * Moves the time from which the decision point denies to `at`, where it is told as earlier: it is stamped before its commit,
 * and until the commit batches go on reading the old state.
 */
export async function deniedFrom(revocationId: string, at: Date): Promise<void> {
  const later = `(select coalesce(jsonb_agg(case when h->>'state' = 'effective' and (h->>'at')::timestamptz < $2
      then jsonb_set(h, '{at}', to_jsonb($3::text)) else h end order by n), '[]') from jsonb_array_elements(%.history) with ordinality x(h, n))`;
  await pool().query(
    `with told as (
       update revocations r set effective_at = $2, history = ${later.replace('%', 'r')} where id = $1 and effective_at < $2 returning id
     )
     update revocation_steps s set finished_at = greatest(s.finished_at, $2), history = ${later.replace('%', 's')}
       from told where s.revocation_id = told.id and s.system = 'decision_point'`,
    [revocationId, at, at.toISOString()],
  );
}

/** State and ended sessions exactly as the decision point reads them, on a connection of its own. */
export async function stateAsDecided(identityId: string, sessionIds: string[]) {
  const identity = await pool().query<{ state: string; revision: string }>(
    'select state, state_revision::text as revision from identities where id = $1',
    [identityId],
  );
  const sessions = await pool().query<{ open: number; total: number }>(
    `select (count(*) filter (where ended_at is null and not exists (select from revocations v where v.identity_id = s.identity_id
              and v.kind = 'terminate' and v.undone_by is null and s.id = any(v.session_ids))))::int as open,
            count(*)::int as total from sessions s where id = any($1)`,
    [sessionIds],
  );
  return { ...identity.rows[0]!, ...sessions.rows[0]! };
}
