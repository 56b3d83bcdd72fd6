import type { Client } from '@/lib/connectors/postgres/client';
import { BraidError } from '@/lib/platform/errors';

/** A rule of pg_hba.conf that lets a role in. */
export interface Way {
  /** `host 10.0.0.0/8 to shop` */
  where: string;
  method: string;
}

/** null: the connector may not read it. */
async function optional<T>(work: Promise<T>): Promise<T | null> {
  return work.catch((error) => {
    if (error instanceof BraidError && error.code === 'connector.refused') return null;
    throw error;
  });
}

/** What pg_hba.conf says of this role, in its order, replication and refusals left out; null: it may not be read. */
export const waysOf = (client: Client, role: string): Promise<Way[] | null> =>
  optional(
    client.query<Way & { method: string }>(
      `select concat_ws(' ', type, address, 'to', array_to_string(database, ', ')) as where, auth_method as method
         from pg_hba_file_rules
        where error is null and auth_method <> 'reject' and database <> '{replication}'
          and exists (select from unnest(user_name) u
                       where u in ('all', $1) or (u like '/%' and $1 ~ substr(u, 2))
                          or exists (select from pg_roles g where u = '+' || g.rolname and pg_has_role($1, g.oid, 'member')))
        order by line_number limit 200`,
      [role],
    ),
  );

/** Ways that ask for the password PostgreSQL keeps. */
export const asksPassword = ({ method }: Way): boolean => /^(?:scram-sha-256|md5|password)$/.test(method);

/** Roles of clouds whose members log in with tokens of the cloud instead of a password, so far as this one is in any. */
export async function tokenRoles(client: Client, role: string): Promise<string[]> {
  const rows = await client.query<{ name: string }>(
    `select rolname::text as name from pg_roles
      where rolname in ('rds_iam', 'cloudsqliamuser', 'cloudsqliamserviceaccount', 'cloudsqliamgroupserviceaccount')
        and pg_has_role($1, oid, 'member')`,
    [role],
  );
  return rows.map((row) => row.name);
}

/** What is stored of its password ('' = it has none); null: the connector may not read it. Never to be shown. */
export async function storedPassword(client: Client, role: string): Promise<string | null> {
  const rows = await optional(
    client.query<{ stored: string }>(`select coalesce(rolpassword, '') as stored from pg_authid where rolname = $1`, [
      role,
    ]),
  );
  return rows?.[0]?.stored ?? null;
}

/** Since when its password opens nothing, ISO; null: it does, as far as its date goes. */
export async function expiredAt(client: Client, role: string): Promise<string | null> {
  const rows = await client.query<{ at: string }>(
    `select to_char(rolvaliduntil at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at
       from pg_roles where rolname = $1 and rolvaliduntil <= now()`,
    [role],
  );
  return rows[0]?.at ?? null;
}
