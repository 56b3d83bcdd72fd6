import { pool, prisma } from '@/lib/db/client';

const MOST = 200;

export interface OpenSession {
  id: string;
  label: string;
  source: string;
  stale: boolean;
  liveUntil: Date | null;
  startedAt: Date;
  connectorId: string | null;
}
export interface OpenCredential {
  id: string;
  kind: string;
  externalId: string;
  source: string;
  connectorId: string | null;
  expiresAt: Date | null;
}
export interface OpenConsent {
  id: string;
  source: string;
  app: string;
  grantor: string;
  scopes: string[];
  until: Date | null;
}

export interface Heir {
  id: string;
  /** The session of the identity whose authority it has. */
  rootId: string;
  label: string;
  source: string;
  lineage: string | null;
  liveUntil: Date | null;
  identityId: string;
  name: string;
  state: string;
  protected: boolean;
}

/** Live sessions of others that act under the authority of an identity's sessions, at any depth. */
export async function heirsOf(identityId: string): Promise<Heir[]> {
  const { rows } = await pool().query<Heir>(
    `with recursive held(id, root) as (
       select s.id, s.id from sessions s where s.identity_id = $1 and s.last_event_at > now() - interval '30 days'
       union select s.id, case when s.identity_id = $1 then s.id else h.root end from held h join sessions s on s.parent_id = h.id
     )
     select distinct on (s.started_at, s.id) s.id, h.root as "rootId", s.label, s.source, s.lineage, s.live_until as "liveUntil", i.id as "identityId", i.name, i.state, i.protected
       from held h join sessions s on s.id = h.id join identities i on i.id = s.identity_id
      where s.identity_id <> $1 and s.ended_at is null and (s.live_until is null or s.live_until > now())
      order by s.started_at desc, s.id limit ${MOST}`,
    [identityId],
  );
  return rows;
}

/** Which of an identity's sessions, credentials and consents these sessions are of: themselves, what opened them, what they stand on. */
export async function ofSessions(identityId: string, sessionIds: string[]): Promise<Set<string>> {
  if (sessionIds.length === 0) return new Set();
  const { rows } = await pool().query<{ id: string }>(
    `with recursive theirs(id) as (
       select s.id from sessions s where s.id = any($2::uuid[])
       union select s.id from theirs t join sessions s on s.parent_id = t.id where s.identity_id = $1
     ), them as (select s.* from theirs t join sessions s on s.id = t.id)
     select id::text from them
     union select c.id::text from credentials c join them s on c.id = s.credential_id or (c.source = s.source and c.external_id = s.key)
            where c.identity_id = $1
     union select consent->>'id' from them where consent->>'id' is not null`,
    [identityId, sessionIds],
  );
  return new Set(rows.map((row) => row.id));
}

/** What is on record as usable: open sessions, credentials neither revoked nor expired, consents not taken back. */
export async function openOf(identityId: string) {
  const [sessions, credentials, consents] = await Promise.all([
    pool().query<OpenSession>(
      `select id, label, source, stale, live_until as "liveUntil", started_at as "startedAt", connector_id as "connectorId" from sessions where identity_id = $1 and ended_at is null
        order by started_at desc limit ${MOST}`,
      [identityId],
    ),
    pool().query<OpenCredential>(
      `select id, kind, external_id as "externalId", source, connector_id as "connectorId", expires_at as "expiresAt" from credentials
        where identity_id = $1 and state = 'active' and (expires_at is null or expires_at > now()) order by first_seen_at limit ${MOST}`,
      [identityId],
    ),
    pool().query<OpenConsent>(
      `select id, source, app, grantor, scopes, until from consents
        where identity_id = $1 and revoked_at is null and (until is null or until > now()) order by at desc limit ${MOST}`,
      [identityId],
    ),
  ]);
  return { sessions: sessions.rows, credentials: credentials.rows, consents: consents.rows };
}

/** The consent a revocation takes back. */
export async function consentOf(revocationId: string): Promise<string | null> {
  const { rows } = await pool().query<{ id: string | null }>(
    'select consent_id::text as id from revocations where id = $1::uuid',
    [revocationId],
  );
  return rows[0]?.id ?? null;
}

/** When the last of these sessions dies by itself with what it was opened with; null: of one of them that is not known. */
export async function lastExpiry(
  sessions: readonly { credentialId: string | null; expiresAt: Date | null }[],
): Promise<string | null> {
  if (!sessions.length) return null;
  const open = sessions.filter((one) => one.expiresAt === null);
  const ids = [...new Set(open.map((one) => one.credentialId))];
  if (ids.includes(null)) return null;
  const known = await prisma().credential.findMany({
    where: { id: { in: ids as string[] }, expiresAt: { not: null } },
    select: { expiresAt: true },
  });
  if (known.length < ids.length) return null;
  const all = [...sessions, ...known].flatMap((one) => one.expiresAt?.getTime() ?? []);
  return new Date(Math.max(...all)).toISOString();
}
