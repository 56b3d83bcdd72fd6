import type { PoolClient } from 'pg';

/**
 * Says, in the transaction that stores them, which stretches of whose events detection has still to read. Set-based: one
 * statement a batch. Times in ISO 8601; a span without them has no new event.
 */
export async function expectScan(
  db: PoolClient,
  spans: readonly { id: string; first: string | null; last: string | null }[],
): Promise<void> {
  const told = spans.filter((span) => span.first !== null);
  if (told.length === 0) return;
  await db.query(
    `insert into envelopes as e (identity_id, pending_from, pending_to)
     select id, first, last from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) x(id, first, last) order by id
     on conflict (identity_id) do update set pending_from = least(e.pending_from, excluded.pending_from),
       pending_to = greatest(e.pending_to, excluded.pending_to), came_from = least(e.came_from, excluded.pending_from)`,
    [told.map((span) => span.id), told.map((span) => span.first), told.map((span) => span.last)],
  );
}
