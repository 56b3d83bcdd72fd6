import { setTimeout as sleep } from 'node:timers/promises';
import type { NativeSession, Probed, Residual } from '@/lib/connectors/contract';
import type { Client } from '@/lib/connectors/postgres/client';
import { clock } from '@/lib/platform/clock';

/** Between two readings, ms. A login caught half-way shows in the second; why no longer: docs/decisions.md. */
export const BETWEEN_READINGS_MS = 300;

interface Reading {
  exists: boolean;
  canLogin: boolean;
  backends: number;
  prepared: number;
}

async function read(client: Client, role: string): Promise<Reading> {
  const rows = await client.query<Reading>(
    `select exists(select from pg_roles where rolname = $1) as exists,
            coalesce((select rolcanlogin from pg_roles where rolname = $1), false) as "canLogin",
            (select count(*)::int from pg_stat_activity where usename = $1 and pid <> pg_backend_pid()) as backends,
            (select count(*)::int from pg_prepared_xacts where owner = $1) as prepared`,
    [role],
  );
  return rows[0]!;
}

const words = (reading: Reading) =>
  `${reading.exists ? (reading.canLogin ? 'LOGIN' : 'NOLOGIN') : 'no such role'}, ${reading.backends} ${reading.backends === 1 ? 'backend' : 'backends'}`;

/** Login roles that may act as this one through membership: not its own access, but a way to its privileges. */
async function members(client: Client, role: string): Promise<string[]> {
  const rows = await client
    .query<{ name: string }>(
      `select m.rolname::text as name from pg_roles r, pg_roles m
        where r.rolname = $1 and m.rolcanlogin and not m.rolsuper and m.oid <> r.oid and pg_has_role(m.oid, r.oid, 'set') order by 1 limit 20`,
      [role],
    )
    .catch(() => []);
  return rows.map((row) => row.name);
}

/**
 * Gone = NOLOGIN and no backend in two readings. A login is not tried: Braid holds no password of the role, and a wrong one
 * fails the same way with or without NOLOGIN.
 */
export async function probeRole(client: Client, role: string): Promise<Probed> {
  const checks: Probed['checks'] = [];
  const look = async (check: string) => {
    const reading = await read(client, role);
    checks.push({ check, saw: words(reading), at: clock.now().toISOString() });
    return reading;
  };
  const first = await look('role and backends read');
  if (first.canLogin || first.backends) return { result: 'alive', detail: words(first), checks, residuals: [] };
  await sleep(BETWEEN_READINGS_MS);
  const second = await look('read again after a pause');
  if (second.canLogin || second.backends) return { result: 'alive', detail: words(second), checks, residuals: [] };
  const through = await members(client, role);
  checks.push({
    check: 'roles that may act as it (SET ROLE)',
    saw: through.length ? through.join(', ').slice(0, 400) : 'none',
    at: clock.now().toISOString(),
  });
  const residuals: Residual[] = second.prepared
    ? [
        {
          what: `${second.prepared} prepared transactions`,
          why: 'They outlive the backend and keep their locks until somebody commits or rolls them back.',
          until: null,
          gap: 'G8',
        },
      ]
    : [];
  return {
    result: 'gone',
    detail: `${second.exists ? 'NOLOGIN' : 'role dropped'}, listed twice: 0 backends`,
    checks,
    residuals,
  };
}

/** (pid, backend_start) never comes back; the second reading tells whether its client simply reconnected. */
export async function probeBackend(client: Client, session: NativeSession): Promise<Probed> {
  const checks: Probed['checks'] = [];
  const look = async (check: string) => {
    const [row] = await client.query<{ alive: boolean; newer: number }>(
      `select coalesce(bool_or(pid = $1 and (extract(epoch from backend_start) * 1000000)::bigint = $2::bigint), false) as alive,
              (count(*) filter (where (extract(epoch from backend_start) * 1000000)::bigint > $2::bigint
                 and backend_start > now() - interval '5 seconds' and application_name is not distinct from $4))::int as newer
         from pg_stat_activity where usename = $3`,
      [session.native.pid, session.native.startUs, session.externalIdentityId, session.native.application ?? ''],
    );
    const again = row!.newer ? `; ${row!.newer} new from the same application` : '';
    checks.push({
      check,
      saw: `backend ${session.native.pid} ${row!.alive ? 'still there' : 'gone'}${again}`,
      at: clock.now().toISOString(),
    });
    return row!;
  };
  const first = await look('backend looked up by pid and start time');
  if (first.alive)
    return { result: 'alive', detail: `backend ${session.native.pid} is still there`, checks, residuals: [] };
  await sleep(BETWEEN_READINGS_MS);
  const second = await look('looked up again after a pause');
  if (second.alive)
    return { result: 'alive', detail: `backend ${session.native.pid} is still there`, checks, residuals: [] };
  const detail = second.newer
    ? `gone; its client connected anew (${second.newer}): pause or revoke the identity to keep it out`
    : 'gone, looked up twice';
  return { result: 'gone', detail, checks, residuals: [] };
}
