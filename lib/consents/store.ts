import { pool, prisma } from '@/lib/db/client';
import { type Consent, Prisma } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';

export type Stored = Consent;
interface Asked {
  q?: string;
  limit: number;
  state?: 'given' | 'expired' | 'revoked';
  source?: string;
  identityId?: string;
}

/** Newest first; one more than asked for where there is more. */
export async function pageOfConsents(
  of: Asked,
  after: { at: string; id: string } | null,
  now: Date,
): Promise<Stored[]> {
  const where = [Prisma.sql`true`];
  if (of.q) {
    const like = `%${of.q.replace(/[\\%_]/g, '\\$&')}%`;
    where.push(
      Prisma.sql`(c.app ilike ${like} or c.grantor ilike ${like} or array_to_string(c.scopes, ' ') ilike ${like})`,
    );
  }
  if (of.source) where.push(Prisma.sql`c.source = ${of.source}`);
  // Whose event told of it, and the app that was allowed.
  if (of.identityId)
    where.push(Prisma.sql`(c.identity_id = ${of.identityId}::uuid or exists (select from identity_aliases a where a.identity_id = ${of.identityId}::uuid
      and a.external_id in (c.app, 'app:' || c.app, 'oauth_app:' || c.app) and (a.issuer = c.source or a.issuer like c.source || ':%')))`);
  const over = Prisma.sql`c.until is not null and c.until <= ${now}::timestamptz`;
  if (of.state === 'revoked') where.push(Prisma.sql`c.revoked_at is not null`);
  else if (of.state) where.push(Prisma.sql`c.revoked_at is null and (${over}) = ${of.state === 'expired'}`);
  if (after) where.push(Prisma.sql`(c.at, c.id) < (${after.at}::timestamptz, ${after.id}::uuid)`);
  const ids = await prisma().$queryRaw<{ id: string }[]>`
    select c.id::text from consents c where ${Prisma.join(where, ' and ')} order by c.at desc, c.id desc limit ${of.limit + 1}`;
  const rows = await prisma().consent.findMany({ where: { id: { in: ids.map((row) => row.id) } } });
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap(({ id }) => byId.get(id) ?? []);
}

/**
 * Sessions that rest on a consent `k`: of the app itself at that system, and those that say so; not the one in which it was
 * given.
 */
const RESTS = `s.source = k.source and coalesce(s.connector_id = k.connector_id, true) and (s.identity_id = k.app_id or (s.identity_id = k.identity_id and s.consent->>'id' = k.app
  and not exists (select from session_events e where e.session_id = s.id and e.told->'consent' is not null
    and (e.id = k.event_id or e.action ~* 'consent|grant|authori[sz]|approv|install'))))`;

export interface Use {
  id: string;
  app_id: string | null;
  app_name: string | null;
  scopes: string[] | null;
  last: Date | null;
  live: number;
}

/** What was done under consents since they were given. */
export async function usesOf(ids: string[], now: Date): Promise<Map<string, Use>> {
  const { rows } = await pool().query<Use>(
    `with asked as (
       select c.*, a.identity_id as app_id, i.name as app_name from consents c
       left join lateral (select identity_id from identity_aliases a where a.external_id in (c.app, 'app:' || c.app, 'oauth_app:' || c.app)
         and (a.issuer = c.source or a.issuer like c.source || ':%') order by a.created_at limit 1) a on true
       left join identities i on i.id = a.identity_id
       where c.id = any($1::uuid[])
     )
     select k.id::text, k.app_id::text, k.app_name, u.scopes, u.last, coalesce(u.live, 0)::int as live from asked k
     left join lateral (
       select max(s.last_event_at) as last, count(*) filter (where s.ended_at is null and (s.live_until is null or s.live_until > $2)) as live,
         (select array_agg(distinct t.scope) from unnest(array_agg(s.scope)) t(scope) where t.scope is not null) as scopes
       from sessions s where s.last_event_at >= k.at and ${RESTS}
     ) u on true`,
    [ids, now],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** Connectors to these sources, enabled or not and whatever they can do. */
export const connectorsTo = (sources: string[]) =>
  prisma().connector.findMany({
    where: { vendor: { in: sources } },
    select: { id: true, name: true, vendor: true, state: true, config: true },
    orderBy: { createdAt: 'asc' },
  });

export const findConsent = (id: string): Promise<Stored | null> => prisma().consent.findUnique({ where: { id } });

export const markRevoked = (tx: Tx, id: string, revoked: { at: Date; by: string; how: string }) =>
  tx.consent.update({
    where: { id },
    data: { revokedAt: revoked.at, revokedBy: revoked.by.slice(0, 300), revokedHow: revoked.how.slice(0, 1000) },
  });

/** What came of asking, where it was not taken back. */
export const noteHow = (tx: Tx, id: string, how: string) =>
  tx.consent.update({ where: { id }, data: { revokedHow: how.slice(0, 1000) } });

/** Live sessions that rest on a consent. */
export async function liveUnder(consent: Stored, appId: string | null, now: Date): Promise<string[]> {
  const { rows } = await pool().query<{ id: string }>(
    `with k as (select c.*, $2::uuid as app_id from consents c where c.id = $1)
     select s.id::text from k, sessions s where s.ended_at is null and (s.live_until is null or s.live_until > $3) and ${RESTS}
     order by s.id limit 200`,
    [consent.id, appId, now],
  );
  return rows.map((row) => row.id);
}
