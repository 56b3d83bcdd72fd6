// SQL of the ingest journey. Set-based: one JSON parameter per statement, so a batch of thousands is a handful of statements.
import type { Prisma } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';
import { newId } from '@/lib/platform/ids';
import type { Known, Orphan } from '@/lib/sessions/correlate-model';
import type { SessionEventInput } from '@/lib/sessions/model';

/** PostgreSQL holds no NUL and no half of a surrogate pair: both are dropped from texts that carry them. */
function json(value: unknown): string {
  const text = JSON.stringify(value);
  if (!/\\u(?:0000|d[89a-f])/i.test(text)) return text;
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'string' ? each.replace(/\0|\p{Surrogate}/gu, '') : each,
  );
}

/** One writer per source at a time: correlation reads what it then changes. Held until the transaction ends. */
export const lockSource = (tx: Tx, source: string): Promise<number> =>
  tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended('braid.ingest:' || ${source}, 0))`;

/** Those of the keys (sha256 hex) that were never stored. */
export async function keepNew(tx: Tx, hashes: string[]): Promise<Set<string>> {
  const rows = await tx.$queryRaw<{ hash: string }[]>`
    insert into event_keys (hash) select decode(h, 'hex') from jsonb_array_elements_text(${json(hashes)}::jsonb) h order by h
    on conflict do nothing returning encode(hash, 'hex') as hash`;
  return new Set(rows.map((row) => row.hash));
}

export type Who = SessionEventInput['identity'];
export const whoKey = (who: Who): string => `${who.issuer}\u0000${who.type}\u0000${who.externalId}`;

/** Ids of those identities that have such a name already. */
export async function knownIdentities(tx: Tx, list: Who[]): Promise<Map<string, string>> {
  const rows = await tx.$queryRaw<{ n: number; id: string | null }[]>`
    select (w.n - 1)::int as n, coalesce(exact.identity_id, anyone.identity_id)::text as id
    from jsonb_array_elements(${json(list)}::jsonb) with ordinality w(who, n)
    left join identity_aliases exact on exact.issuer = who->>'issuer' and exact.type = who->>'type' and exact.external_id = who->>'externalId'
    left join identity_aliases anyone on anyone.issuer = who->>'issuer' and anyone.type = '*' and anyone.external_id = who->>'externalId'`;
  return new Map(rows.flatMap((row) => (row.id ? [[whoKey(list[row.n]!), row.id] as const] : [])));
}

export interface CredentialUse {
  identityId: string;
  externalId: string;
  kind: string;
  /** ISO 8601. */
  first: string;
  last: string;
}

/** Ids of credentials, by identity and external id; unknown ones are made, known ones are used until `last`. */
export async function credentialsOf(tx: Tx, uses: CredentialUse[], source: string): Promise<Map<string, string>> {
  if (uses.length === 0) return new Map();
  const given = uses.map((use) => ({ ...use, id: newId() }));
  const rows = await tx.$queryRaw<{ id: string; identity_id: string; external_id: string }[]>`
    insert into credentials (id, identity_id, kind, external_id, source, first_seen_at, last_used_at)
    select (c->>'id')::uuid, (c->>'identityId')::uuid, c->>'kind', c->>'externalId', ${source}::text,
      (c->>'first')::timestamptz, (c->>'last')::timestamptz
    from jsonb_array_elements(${json(given)}::jsonb) c
    on conflict (source, external_id, identity_id) do update set
      last_used_at = greatest(credentials.last_used_at, excluded.last_used_at),
      first_seen_at = least(credentials.first_seen_at, excluded.first_seen_at)
    returning id::text, identity_id::text, external_id`;
  return new Map(rows.map((row) => [`${row.identity_id} ${row.external_id}`, row.id]));
}

/** Derived sessions under these keys. */
export async function knownSessions(tx: Tx, source: string, keys: string[]): Promise<Known[]> {
  const rows = await tx.$queryRaw<
    { id: string; identity_id: string; group_key: string; s: number; e: number; closed: boolean; sealed: boolean }[]
  >`
    select id::text, identity_id::text, group_key, (extract(epoch from started_at) * 1000)::float8 as s,
      (extract(epoch from coalesce(case when ended_by = 'itself' then ended_at end, last_event_at)) * 1000)::float8 as e,
      (ended_by is not distinct from 'itself') as closed, coalesce(ended_by in ('operator', 'policy', 'system'), false) as sealed
    from sessions where source = ${source} and observed_by = 'derived'
      and group_key = any(${keys}::text[])`;
  return rows.map((row) => ({
    id: row.id,
    identityId: row.identity_id,
    source,
    key: row.group_key,
    start: Math.round(row.s),
    end: Math.round(row.e),
    closed: row.closed,
    sealed: row.sealed,
  }));
}

/** Closes stored without a session, under these keys, between two instants (ISO 8601). */
export async function orphansOf(
  tx: Tx,
  source: string,
  of: { identityIds: string[]; keys: string[]; from: string; to: string },
): Promise<Orphan[]> {
  const rows = await tx.$queryRaw<{ id: string; identity_id: string; key: string; at: number }[]>`
    select id::text, identity_id::text, attributes->>'unopened' as key, (extract(epoch from at) * 1000)::float8 as at
    from session_events where identity_id = any(${of.identityIds}::uuid[])
      and at between ${of.from}::timestamptz and ${of.to}::timestamptz and session_id is null and source = ${source}
      and attributes->>'unopened' = any(${of.keys}::text[])`;
  return rows.map((row) => ({
    eventId: row.id,
    identityId: row.identity_id,
    source,
    key: row.key,
    at: Math.round(row.at),
  }));
}

export type EventRow = Omit<Prisma.SessionEventCreateManyInput, 'day' | 'attributes'> & {
  attributes: SessionEventInput['attributes'];
};

export async function insertEvents(tx: Tx, events: EventRow[]): Promise<void> {
  if (events.length === 0) return;
  await tx.$executeRaw`
    insert into session_events (identity_id, id, session_id, at, source, event_id, action, class, outcome, network, region, agent,
      resource, attributes)
    select e."identityId", e.id, e."sessionId", e.at, e.source, e."eventId", e.action, e.class, e.outcome, e.network, e.region,
      e.agent, e.resource, e.attributes
    from jsonb_to_recordset(${json(events)}::jsonb) e("identityId" uuid, id uuid, "sessionId" uuid, at timestamptz, source text,
      "eventId" text, action text, class text, outcome text, network text, region text, agent text, resource text, attributes jsonb)`;
}
