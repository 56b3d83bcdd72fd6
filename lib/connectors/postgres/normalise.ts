import type { FoundIdentity, NativeSession } from '@/lib/connectors/model';

export interface RoleRow {
  rolname: string;
  /** As the server's format('%I') writes it. */
  quoted: string;
  rolcanlogin: boolean;
  rolsuper: boolean;
  rolreplication: boolean;
  rolcreaterole: boolean;
  rolbypassrls: boolean;
  rolconnlimit: number;
  valid_until: string | null;
  comment: string | null;
  member_of: string[];
  own: boolean;
  manageable: boolean;
}

export interface BackendRow {
  pid: number;
  start_us: string;
  started_at: string;
  last_at: string;
  usename: string;
  datname: string | null;
  application_name: string | null;
  client_addr: string | null;
  client_port: number | null;
  state: string | null;
}

/** Superusers, replication, Braid's own roles and the connector's own: shown, never revoked. */
export const isProtected = (role: Pick<RoleRow, 'rolsuper' | 'rolreplication' | 'own'>): boolean =>
  role.rolsuper || role.rolreplication || role.own;

/** `COMMENT ON ROLE` may carry `owner: …; purpose: …`; any other comment is the purpose. */
export function parseComment(comment: string | null): { owner?: string; purpose?: string } {
  const text = comment?.trim();
  if (!text) return {};
  const field = (name: string) =>
    new RegExp(`(?:^|[;,\\n])\\s*${name}\\s*[:=]\\s*([^;\\n]+)`, 'i').exec(text)?.[1]?.trim();
  const owner = field('owner')?.slice(0, 200);
  const purpose = field('purpose')?.slice(0, 500);
  return owner || purpose ? { ...(owner && { owner }), ...(purpose && { purpose }) } : { purpose: text.slice(0, 500) };
}

export function toIdentity(role: RoleRow): FoundIdentity {
  return {
    externalId: role.rolname,
    name: role.rolname,
    kind: 'service_account',
    protected: isProtected(role),
    enabled: role.rolcanlogin,
    ...parseComment(role.comment),
    ...(role.rolconnlimit > 0 ? { connectionLimit: role.rolconnlimit } : {}),
    credentials: [
      {
        externalId: `login:${role.rolname}`,
        kind: 'password',
        ...(role.valid_until ? { expiresAt: role.valid_until } : {}),
      },
    ],
    attributes: {
      canLogin: role.rolcanlogin,
      superuser: role.rolsuper,
      replication: role.rolreplication,
      createRole: role.rolcreaterole,
      bypassRowSecurity: role.rolbypassrls,
      memberOf: role.member_of.join(', ').slice(0, 1000),
      ownRole: role.own,
      manageable: role.manageable,
    },
  };
}

/** Who and from where, in a line short enough for a lane. */
export function labelOf(row: Pick<BackendRow, 'application_name' | 'client_addr' | 'datname'>): string {
  const who = row.application_name?.trim() || row.datname || 'client';
  return `${who} · ${row.client_addr ?? 'local socket'}`.slice(0, 200);
}

export function toSession(row: BackendRow): NativeSession {
  return {
    key: `${row.pid}:${row.start_us}`,
    externalIdentityId: row.usename,
    kind: 'database',
    label: labelOf(row),
    startedAt: row.started_at,
    lastEventAt: row.last_at,
    idle: row.state === 'idle',
    ...(row.client_addr ? { network: row.client_addr } : {}),
    ...(row.application_name ? { agent: row.application_name.slice(0, 200) } : {}),
    credential: `login:${row.usename}`,
    native: {
      pid: row.pid,
      startUs: row.start_us,
      role: row.usename,
      database: row.datname,
      application: row.application_name,
    },
  };
}
