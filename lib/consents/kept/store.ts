import { storable } from '@/lib/db/copy';

/** The connection on which a batch of events is being stored. */
export interface Storing {
  query(sql: string, params: unknown[]): Promise<unknown>;
}

export interface Kept {
  id: string;
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
  await db.query(
    `insert into consents as c (id, source, app, grantor, identity_id, scopes, at, until, event_id)
     select distinct on (id) id, source, app, grantor, "identityId", scopes, at, until, "eventId"
       from jsonb_to_recordset($1::jsonb) x(id uuid, source text, app text, grantor text, "identityId" uuid, scopes text[], at timestamptz,
         until timestamptz, "eventId" uuid) order by id, at desc
     on conflict (id) do update set at = excluded.at, until = excluded.until, event_id = excluded.event_id, identity_id = excluded.identity_id,
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
  taken: { source: string; identityId: string; names: string[]; resource: string | null; at: string; by: string }[],
): Promise<void> {
  await db.query(
    `update consents c set revoked_at = x.at, revoked_by = x.by, revoked_how = 'as its system’s log tells'
     from jsonb_to_recordset($1::jsonb) x(source text, "identityId" uuid, names text[], resource text, at timestamptz, by text)
     where c.source = x.source and (c.app = any(x.names) or exists (select from session_events e
         where e.identity_id = c.identity_id and e.at = c.at and e.id = c.event_id and e.resource = x.resource)) and (c.identity_id = x."identityId" or c.grantor = x.by)
       and c.at <= x.at and (c.revoked_at is null or c.revoked_at < x.at)`,
    [storable(taken)],
  );
}
