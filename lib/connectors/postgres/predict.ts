import type { Hit } from '@/lib/connectors/contract';
import type { Client } from '@/lib/connectors/postgres/client';
import type { Pooler } from '@/lib/connectors/postgres/pooler';

/** Login roles that may act as this one through membership: not its own access, but a way to its privileges. */
export async function members(client: Client, role: string): Promise<string[]> {
  const rows = await client
    .query<{ name: string }>(
      `select m.rolname::text as name from pg_roles r, pg_roles m
        where r.rolname = $1 and m.rolcanlogin and not m.rolsuper and m.oid <> r.oid and pg_has_role(m.oid, r.oid, 'set') order by 1 limit 20`,
      [role],
    )
    .catch(() => []);
  return rows.map((row) => row.name);
}

interface Use {
  application: string;
  addr: string;
  backends: number;
  idle: number;
  /** Other roles that come from the same address. */
  roles: number;
  /** Logical replication slots these backends stream. */
  slots: number;
}

const POOLERS = /pgbouncer|pgpool|odyssey|pgcat|supavisor/i;
const ONE_MACHINE = 5;

const readUses = (client: Client, role: string): Promise<Use[]> =>
  client.query<Use>(
    `select coalesce(application_name, '') as application, coalesce(host(client_addr), '') as addr, count(*)::int as backends,
            (count(*) filter (where state like 'idle in transaction%'))::int as idle,
            (select count(distinct o.usename)::int from pg_stat_activity o
              where o.client_addr = a.client_addr and o.usename <> $1 and o.backend_type = 'client backend') as roles,
            (count(*) filter (where pid in (select active_pid from pg_replication_slots where slot_type = 'logical')))::int as slots
       from pg_stat_activity a where usename = $1 and pid <> pg_backend_pid() group by 1, 2, client_addr order by 3 desc limit 50`,
    [role],
  );

/** What else ends with this role: those who share it, those behind a pooler, open transactions; and who can act as it all the same. */
export async function predict(client: Client, pooler: Pooler | null, role: string): Promise<Hit[]> {
  const uses = await readUses(client, role);
  const hits: Hit[] = [];
  const named = (use: Use) => `${use.application || 'unnamed client'} from ${use.addr || 'a local socket'}`;
  if (uses.length > 1)
    for (const use of uses)
      hits.push({
        what: named(use),
        why: 'One of several clients that share this role: all of them end.',
        sessions: use.backends,
      });
  for (const use of uses) {
    if (POOLERS.test(use.application) || (use.addr && use.roles > 0 && use.backends >= ONE_MACHINE))
      hits.push({
        what: `a pooler at ${use.addr || use.application}`,
        why: 'Many backends of several roles come from there: who is behind it is not seen here, and all who share this role end.',
        sessions: use.backends,
      });
    if (use.slots)
      hits.push({
        what: `${use.slots} logical replication streams`,
        why: 'They stop; their slots keep the log until somebody streams or drops them.',
      });
  }
  const idle = uses.reduce((sum, use) => sum + use.idle, 0);
  if (idle)
    hits.push({
      what: `${idle} transactions left open`,
      why: 'Idle in transaction: they are rolled back.',
      sessions: idle,
    });
  for (const name of await members(client, role))
    hits.push({
      what: name,
      why: 'May act as this role through membership (SET ROLE), also while it is blocked.',
      externalId: name,
    });
  const [prepared] = await client.query<{ n: number }>(
    'select count(*)::int as n from pg_prepared_xacts where owner = $1',
    [role],
  );
  if (prepared?.n)
    hits.push({
      what: `${prepared.n} prepared transactions`,
      why: 'They outlive their backend until somebody commits or rolls them back.',
    });
  if (pooler) hits.push(...(await behind(pooler, role)));
  return hits;
}

async function behind(pooler: Pooler, role: string): Promise<Hit[]> {
  const [clients, forced] = [await pooler.clients(), await pooler.forced()];
  const shared = [...forced].filter(([, as]) => as === role).map(([database]) => database);
  const users = new Map<string, number>();
  for (const client of clients)
    if (shared.includes(client.database)) users.set(client.user, (users.get(client.user) ?? 0) + 1);
  return [...users].slice(0, 50).map(([user, sessions]) => ({
    what: `${user} through PgBouncer`,
    why: `PgBouncer logs in as ${role} for everybody in ${shared.join(', ')}: they lose the database with it.`,
    externalId: user,
    sessions,
  }));
}
