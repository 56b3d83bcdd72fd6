// Which connectors' own logs told of a session.
import type { Db } from '@/lib/sessions/ingest/store';

/** More connectors than this tell nothing more: two are one too many already. */
const TOLD_BY_MOST = 10;

/** Adds connectors to those whose log told of these sessions. */
export async function addToldBy(db: Db, claims: { sessionId: string; connectorId: string }[]): Promise<void> {
  if (claims.length === 0) return;
  await db.query(
    `update sessions s set told_by = x.all
     from (select s.id, (array(select distinct t from unnest(s.told_by || array_agg(c."connectorId")) t order by t))[1:${TOLD_BY_MOST}] as all
           from jsonb_to_recordset($1::jsonb) c("sessionId" uuid, "connectorId" uuid) join sessions s on s.id = c."sessionId"
           group by s.id) x
     where s.id = x.id and s.told_by is distinct from x.all`,
    [JSON.stringify(claims)],
  );
}

/** Connectors that told of sessions under these keys. */
export async function toldUnder(
  db: Db,
  source: string,
  keys: string[],
): Promise<{ identityId: string; key: string; connectorId: string }[]> {
  const { rows } = await db.query<{ identityId: string; key: string; connectorId: string }>(
    `select distinct identity_id::text as "identityId", group_key as key, t::text as "connectorId"
     from sessions, unnest(told_by) t where source = $1 and group_key = any($2::text[]) and connector_id is null`,
    [source, keys],
  );
  return rows;
}
