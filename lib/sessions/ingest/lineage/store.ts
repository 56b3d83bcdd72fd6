// Who is whose child: by what a source says of the parent, or by the credential that a session minted and another uses.
import { storable } from '@/lib/db/copy';
import type { Db } from '@/lib/sessions/ingest/store';

export interface Minting {
  externalId: string;
  identityId: string;
  eventId: string;
  sessionId: string | null;
  how: string;
  /** ISO 8601. */
  at: string;
  expiresAt: string | null;
}

/** A child first acts this long after its credential was minted, at most. */
const CHILD = `interval '30 days'`;

/** Keeps who minted which credential; of two who say so the earlier. Returns the credentials that are new. */
export async function keepMints(db: Db, source: string, mints: Minting[]): Promise<string[]> {
  if (mints.length === 0) return [];
  const { rows } = await db.query<{ external_id: string }>(
    `insert into mints (source, external_id, identity_id, event_id, session_id, how, at, expires_at)
     select distinct on (m."externalId") $2::text, m."externalId", m."identityId", m."eventId", m."sessionId", m.how, m.at, m."expiresAt"
     from jsonb_to_recordset($1::jsonb) m("externalId" text, "identityId" uuid, "eventId" uuid, "sessionId" uuid, how text,
       at timestamptz, "expiresAt" timestamptz)
     order by m."externalId", m.at, m."eventId"
     on conflict (source, external_id) do update set identity_id = excluded.identity_id, event_id = excluded.event_id,
       session_id = excluded.session_id, how = excluded.how, at = excluded.at, expires_at = excluded.expires_at
     where (excluded.at, excluded.event_id) <= (mints.at, mints.event_id)
     returning external_id`,
    [storable(mints), source],
  );
  return rows.map((row) => row.external_id);
}

/** Minting events whose session is another one now. */
export async function moveMints(db: Db, eventIds: string[], sessionIds: (string | null)[]): Promise<void> {
  if (eventIds.length === 0) return;
  await db.query(
    `update mints m set session_id = x.session_id from unnest($1::uuid[], $2::uuid[]) x(event_id, session_id)
     where m.event_id = x.event_id and m.session_id is distinct from x.session_id`,
    [eventIds, sessionIds],
  );
}

/** Whether any session of any source names a parent, and whether any credential was minted at this source: if not, nobody is a child. */
export async function hasLineage(db: Db, source: string): Promise<{ named: boolean; minted: boolean }> {
  const { rows } = await db.query<{ named: boolean; minted: boolean }>(
    `select exists (select from sessions where parent_ref is not null) as named, exists (select from mints where source = $1) as minted`,
    [source],
  );
  return rows[0]!;
}

/**
 * Gives sessions their parent: those written now, those that name one written now, and those that use a credential minted
 * now. Of several sessions under the parent's key it is the last that had begun before the child. Returns who changed.
 */
export async function linkChildren(
  db: Db,
  of: { source: string; sessionIds: string[]; refs: string[]; minted: string[] },
): Promise<string[]> {
  const { rows } = await db.query<{ identity_id: string }>(
    `with child as materialized (
       select s.id, s.source, s.started_at, s.parent_ref, s.credential_id, s.told from sessions s where s.id = any($1::uuid[])
       union
       select s.id, s.source, s.started_at, s.parent_ref, s.credential_id, s.told from sessions s where s.parent_ref = any($2::text[])
       union
       select s.id, s.source, s.started_at, s.parent_ref, s.credential_id, s.told
       from unnest($3::text[]) x(external_id) join mints m on m.source = $4 and m.external_id = x.external_id
       join credentials c on c.source = $4 and c.external_id = x.external_id
       join sessions s on s.identity_id = c.identity_id and s.credential_id = c.id
         and s.started_at between m.at - ${CHILD} and m.at + ${CHILD}
     ), found as (
       select c.id, c.told->'lineage'->>0 as how, coalesce(named.id, using_it.id, minter.session_id, own.session_id) as parent_id,
         case when c.parent_ref is null then own.how else coalesce(c.told->'lineage'->>0, minter.how) end as lineage
       from child c
       left join lateral (select split_part(c.parent_ref, ':', 1) as by, split_part(c.parent_ref, ':', 2) as source,
         substring(c.parent_ref from length(split_part(c.parent_ref, ':', 1)) + length(split_part(c.parent_ref, ':', 2)) + 3) as name) r on true
       left join lateral (
         select p.id from sessions p where r.by = 'key' and p.source = r.source and p.group_key = r.name and p.id <> c.id
         order by (p.started_at <= c.started_at) desc, case when p.started_at <= c.started_at then p.started_at end desc, p.started_at, p.id limit 1
       ) named on true
       left join lateral (
         select p.id from credentials k join sessions p on p.identity_id = k.identity_id and p.credential_id = k.id and p.id <> c.id
         where r.by = 'credential' and k.source = r.source and k.external_id = r.name
         order by (p.started_at <= c.started_at) desc, case when p.started_at <= c.started_at then p.started_at end desc, p.started_at, p.id limit 1
       ) using_it on true
       left join mints minter on r.by = 'credential' and minter.source = r.source and minter.external_id = r.name
         and minter.session_id is distinct from c.id
       left join credentials k on c.parent_ref is null and k.id = c.credential_id
       left join mints own on own.source = c.source and own.external_id = k.external_id and own.session_id is distinct from c.id
     )
     update sessions s set parent_id = f.parent_id, lineage = case when f.parent_id is null then f.how else f.lineage end
     from found f where s.id = f.id and (s.parent_id, s.lineage) is distinct from (f.parent_id, case when f.parent_id is null then f.how else f.lineage end)
     returning s.identity_id::text`,
    [of.sessionIds, of.refs, of.minted, of.source],
  );
  return [...new Set(rows.map((row) => row.identity_id))];
}
