import type { Client } from '@/lib/connectors/postgres/client';
import { APPLICATION_NAME } from '@/lib/connectors/postgres/client';
import type { BackendRow, RoleRow } from '@/lib/connectors/postgres/normalise';

/** Who the connector is at this server and what it may do there. */
export interface Standing {
  me: string;
  meSql: string;
  version: number;
  superuser: boolean;
  createRole: boolean;
  seesAll: boolean;
  signals: boolean;
  /** Identifier of the cluster; null where the server does not tell. */
  system: string | null;
}

const ISO = `'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`;

export async function readStanding(client: Client): Promise<Standing> {
  const [row] = await client.query<Omit<Standing, 'system'>>(
    `select current_user::text as me, format('%I', current_user) as "meSql",
            current_setting('server_version_num')::int as version, rolsuper as superuser,
            rolcreaterole or rolsuper as "createRole", pg_has_role(current_user, 'pg_read_all_stats', 'usage') as "seesAll",
            pg_has_role(current_user, 'pg_signal_backend', 'usage') as signals
       from pg_roles where rolname = current_user`,
  );
  const system = await client
    .query<{ id: string }>('select system_identifier::text as id from pg_control_system()')
    .then((rows) => rows[0]?.id ?? null)
    .catch(() => null);
  return { ...row!, system };
}

/** The cluster and its timeline: a standby has its primary's, a copy that was promoted goes its own way. null: it does not tell. */
export const readSystem = (client: Client): Promise<string | null> =>
  client
    .query<{ id: string }>(
      `select s.system_identifier::text || '/' || c.timeline_id as id from pg_control_system() s, pg_control_checkpoint() c`,
    )
    .then((rows) => rows[0]?.id ?? null);

/** Login roles, and those of `known` that exist but can't log in any more. PostgreSQL 16 split CREATEROLE: altering a role needs ADMIN OPTION on it. */
export function readRoles(client: Client, standing: Standing, own: string[], known: string[]): Promise<RoleRow[]> {
  const admin = standing.version >= 160000 ? `pg_has_role(current_user, r.oid, 'member with admin option')` : 'true';
  return client.query<RoleRow>(
    `select r.rolname::text, format('%I', r.rolname) as quoted, r.rolcanlogin, r.rolsuper, r.rolreplication, r.rolcreaterole, r.rolbypassrls, r.rolconnlimit,
            case when isfinite(r.rolvaliduntil) then to_char(r.rolvaliduntil at time zone 'UTC', ${ISO}) end as valid_until,
            shobj_description(r.oid, 'pg_authid') as comment,
            array(select g.rolname::text from pg_auth_members m join pg_roles g on g.oid = m.roleid where m.member = r.oid order by 1) as member_of,
            r.rolname = any($1) or r.rolname = current_user as own,
            ($3 and ${admin}) as manageable
       from pg_roles r where r.rolcanlogin or r.rolname = any($2) order by r.rolname`,
    [own, known, standing.createRole],
  );
}

export async function readRole(client: Client, own: string[], role: string) {
  const rows = await client.query<{
    rolcanlogin: boolean;
    rolsuper: boolean;
    rolreplication: boolean;
    own: boolean;
    block: string;
    unblock: string;
  }>(
    `select rolcanlogin, rolsuper, rolreplication, rolname = any($2) or rolname = current_user as own,
            format('alter role %I nologin', rolname) as block, format('alter role %I login', rolname) as unblock
       from pg_roles where rolname = $1`,
    [role, own],
  );
  return rows[0];
}

/** Client backends. Braid's own connections are left out: its role's, and this connector's by name and role. */
export function readBackends(client: Client, own: string[]): Promise<BackendRow[]> {
  return client.query<BackendRow>(
    `select pid, (extract(epoch from backend_start) * 1000000)::bigint::text as start_us,
            to_char(backend_start at time zone 'UTC', ${ISO}) as started_at,
            to_char(greatest(state_change, query_start, backend_start) at time zone 'UTC', ${ISO}) as last_at,
            usename::text, datname::text, application_name, host(client_addr) as client_addr, client_port, state
       from pg_stat_activity
      where backend_type = 'client backend' and usename is not null and backend_start is not null
        and not usename = any($1) and not (usename = current_user and application_name = $2)
      order by backend_start, pid`,
    [own, APPLICATION_NAME],
  );
}

/** Everything that runs as this role, whatever its kind: the columns used are visible without any grant. */
export async function countBackends(client: Client, role: string): Promise<number> {
  const rows = await client.query<{ n: number }>(
    'select count(*)::int as n from pg_stat_activity where usename = $1 and pid <> pg_backend_pid()',
    [role],
  );
  return rows[0]!.n;
}
