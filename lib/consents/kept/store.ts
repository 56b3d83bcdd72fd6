import { storable } from '@/lib/db/copy';

/** The connection on which a batch of events is being stored. */
export interface Storing {
  query(sql: string, params: unknown[]): Promise<unknown>;
}

export interface Kept {
  id: string;
  /** Where another system of the same kind has told of one under the same names: the two are not one. */
  ownId: string | null;
  connectorId: string | null;
  source: string;
  app: string;
  grantor: string;
  identityId: string;
  scopes: string[];
  at: string;
  until: string | null;
  eventId: string;
}

/** The latest word of each stands: given again it is no longer revoked, an older word changes nothing. */
export async function keepGiven(db: Storing, given: Kept[]): Promise<void> {
  // One system's go by the names alone, as do those of a log that is no connected system's; a second system's have an id of their own.
  const told = given.filter((one) => one.connectorId !== null);
  if (told.length > 0)
    await db.query(
      `update consents c set connector_id = x."connectorId" from (
         select distinct on (id) id, "connectorId" from jsonb_to_recordset($1::jsonb) x(id uuid, "connectorId" uuid) order by id, "connectorId"
       ) x where c.id = x.id and c.connector_id is null`,
      [storable(told)],
    );
  await db.query(
    `with x as (
       select x.*, first_value("connectorId") over (partition by id order by "connectorId" nulls last) as first
       from jsonb_to_recordset($1::jsonb) x(id uuid, "ownId" uuid, "connectorId" uuid, source text, app text, grantor text, "identityId" uuid,
         scopes text[], at timestamptz, until timestamptz, "eventId" uuid)
     ), y as (
       select case when x."connectorId" is null or x."connectorId" = coalesce(k.connector_id, x.first) then x.id else x."ownId" end as as_id, x.*
       from x left join consents k on k.id = x.id
     )
     insert into consents as c (id, source, app, grantor, identity_id, scopes, at, until, event_id, connector_id)
     select distinct on (as_id) as_id, source, app, grantor, "identityId", scopes, at, until, "eventId", "connectorId"
       from y order by as_id, at desc
     on conflict (id) do update set connector_id = coalesce(c.connector_id, excluded.connector_id), at = excluded.at, until = excluded.until, event_id = excluded.event_id, identity_id = excluded.identity_id,
       scopes = case when cardinality(excluded.scopes) > 0 then excluded.scopes else c.scopes end,
       revoked_at = case when c.revoked_at > excluded.at then c.revoked_at end, revoked_by = case when c.revoked_at > excluded.at then c.revoked_by end,
       revoked_how = case when c.revoked_at > excluded.at then c.revoked_how end
     where excluded.at > c.at`,
    [storable(given)],
  );
}

/** A log that tells that a consent was taken back. */
export async function keepTaken(
  db: Storing,
  taken: {
    source: string;
    connectorId: string | null;
    identityId: string;
    names: string[];
    resource: string | null;
    at: string;
    by: string;
  }[],
): Promise<void> {
  await db.query(
    `update consents c set revoked_at = x.at, revoked_by = x.by, revoked_how = 'as its system’s log tells'
     from jsonb_to_recordset($1::jsonb) x(source text, "connectorId" uuid, "identityId" uuid, names text[], resource text, at timestamptz, by text)
     where c.source = x.source and (c.connector_id is null or x."connectorId" is null or c.connector_id = x."connectorId")
       and (c.app = any(x.names) or exists (select from session_events e
         where e.identity_id = c.identity_id and e.at = c.at and e.id = c.event_id and e.resource = x.resource)) and (c.identity_id = x."identityId" or c.grantor = x.by)
       and c.at <= x.at and (c.revoked_at is null or c.revoked_at < x.at)`,
    [storable(taken)],
  );
}
