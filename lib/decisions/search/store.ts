import { pool } from '@/lib/db/client';
import type { Searched } from '@/lib/decisions/search/model';

// Who and what can be searched for: identities by the names a caller's namespace has for them, and what it has asked about.

/** Names after `after`, in byte order, at most `limit`: those that have been seen and those that are declared. */
const CANDIDATES: Record<Searched, string> = {
  subject: `select distinct name from (
      select external_id as name from identity_aliases where issuer = $1 and type in ($2, '*') and external_id > $3
      union all select unnest($4::text[])) q where name > $3 order by name limit $5`,
  resource: `select distinct name from (
      select id as name from seen_entities where issuer = $1 and kind = 'resource' and type = $2 and id > $3
      union all select unnest($4::text[])) q where name > $3 order by name limit $5`,
  action: `select distinct name from (
      select id as name from seen_entities where issuer = $1 and kind = 'action' and type = $2 and id > $3
      union all select unnest($4::text[])) q where name > $3 order by name limit $5`,
};

export async function candidates(
  what: Searched,
  query: { issuer: string; type: string; after: string; declared: string[]; limit: number },
): Promise<string[]> {
  const { issuer, type, after, declared, limit } = query;
  const found = await pool().query<{ name: string }>(CANDIDATES[what], [issuer, type, after, declared, limit]);
  return found.rows.map((row) => row.name);
}

export async function isKnownSubject(issuer: string, type: string, id: string): Promise<boolean> {
  const found = await pool().query(
    `select from identity_aliases where issuer = $1 and type in ($2, '*') and external_id = $3 limit 1`,
    [issuer, type, id],
  );
  return found.rowCount !== 0;
}

export async function isSeenResource(issuer: string, type: string, id: string): Promise<boolean> {
  const found = await pool().query(
    `select from seen_entities where issuer = $1 and kind = 'resource' and type = $2 and id = $3`,
    [issuer, type, id],
  );
  return found.rowCount !== 0;
}

// ── what has been asked about, gathered from the log ──

const CURSOR = 'search.catalogue';

export async function readCursor(): Promise<string | null> {
  const found = await pool().query<{ id: string }>(`select value->>'id' as id from settings where key = $1`, [CURSOR]);
  return found.rows[0]?.id ?? null;
}

export async function writeCursor(id: string): Promise<void> {
  await pool().query(
    `insert into settings (key, value) values ($1, jsonb_build_object('id', $2::text))
     on conflict (key) do update set value = excluded.value, updated_at = now() where settings.value->>'id' < $2`,
    [CURSOR, id],
  );
}

/** Notes what one page of decisions asked about; answers how many there were and the last one's id. */
export async function noteSeen(after: string, limit: number): Promise<{ read: number; last: string | null }> {
  const found = await pool().query<{ read: number; last: string | null }>(
    `with page as (select id, at, action, resource_type, resource_id, token_id from decisions where id > $1 order by id limit $2),
          named as (select coalesce(t.issuer, 'default') as issuer, p.* from page p left join api_tokens t on t.id = p.token_id),
          seen as (
            select issuer, 'resource' as kind, resource_type as type, resource_id as id, max(at) as at from named group by 1, 3, 4
            union all
            select issuer, 'action', resource_type, action, max(at) from named group by 1, 3, 4),
          noted as (
            insert into seen_entities (issuer, kind, type, id, last_seen_at) select * from seen order by issuer, kind, type, id
            on conflict (issuer, kind, type, id) do update set last_seen_at = excluded.last_seen_at
            where seen_entities.last_seen_at < excluded.last_seen_at - interval '1 hour')
     select (select count(*)::int from page) as read, (select id from page order by id desc limit 1) as last`,
    [after, limit],
  );
  return found.rows[0]!;
}
