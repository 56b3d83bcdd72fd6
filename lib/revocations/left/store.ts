import { pool } from '@/lib/db/client';

const MOST = 200;

export interface OpenSession {
  id: string;
  label: string;
  source: string;
  stale: boolean;
  liveUntil: Date | null;
  startedAt: Date;
}
export interface OpenCredential {
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
    `with recursive held(id) as (
       select s.id from sessions s where s.identity_id = $1 and s.last_event_at > now() - interval '30 days'
       union select s.id from held h join sessions s on s.parent_id = h.id
     )
     select s.id, s.label, s.source, s.lineage, s.live_until as "liveUntil", i.id as "identityId", i.name, i.state, i.protected
       from held h join sessions s on s.id = h.id join identities i on i.id = s.identity_id
      where s.identity_id <> $1 and s.ended_at is null and (s.live_until is null or s.live_until > now())
      order by s.started_at desc limit ${MOST}`,
    [identityId],
  );
  return rows;
}

/** What is on record as usable: open sessions, credentials neither revoked nor expired, consents not taken back. */
export async function openOf(identityId: string) {
  const [sessions, credentials, consents] = await Promise.all([
    pool().query<OpenSession>(
      `select id, label, source, stale, live_until as "liveUntil", started_at as "startedAt" from sessions where identity_id = $1 and ended_at is null
        order by started_at desc limit ${MOST}`,
      [identityId],
    ),
    pool().query<OpenCredential>(
      `select kind, external_id as "externalId", source, connector_id as "connectorId", expires_at as "expiresAt" from credentials
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
