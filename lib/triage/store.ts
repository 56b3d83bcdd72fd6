import { pool } from '@/lib/db/client';

/** Which of these sessions are bound to a key, a device or a runtime: a copy of their token works nowhere else. */
export async function readBound(sessionIds: string[]): Promise<Set<string>> {
  if (sessionIds.length === 0) return new Set();
  const { rows } = await pool().query<{ id: string }>(
    `select id::text from sessions where id = any($1::uuid[]) and coalesce(bound_key, device, runtime) is not null`,
    [sessionIds],
  );
  return new Set(rows.map((row) => row.id));
}
