import { setTimeout as sleep } from 'node:timers/promises';
import type { CanarySession, NativeSession, Probed, Residual } from '@/lib/connectors/contract';
import { type Client, explain, openAs } from '@/lib/connectors/postgres/client';
import type { Config } from '@/lib/connectors/postgres/manifest';
import type { Pooler } from '@/lib/connectors/postgres/pooler';
import { pooledKey } from '@/lib/connectors/postgres/pooler-normalise';
import { members } from '@/lib/connectors/postgres/predict';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

/** Between two readings, ms. A login caught half-way shows in the second; why no longer: docs/decisions.md. */
export const BETWEEN_READINGS_MS = 300;

interface Reading {
  exists: boolean;
  canLogin: boolean;
  backends: number;
  prepared: number;
}

/** `but`: a backend that is Braid’s own. */
export async function read(client: Client, role: string, but: number | null = null): Promise<Reading> {
  const rows = await client.query<Reading>(
    `select exists(select from pg_roles where rolname = $1) as exists,
            coalesce((select rolcanlogin from pg_roles where rolname = $1), false) as "canLogin",
            (select count(*)::int from pg_stat_activity where usename = $1 and pid <> pg_backend_pid() and pid is distinct from $2::int) as backends,
            (select count(*)::int from pg_prepared_xacts where owner = $1) as prepared`,
    [role, but],
  );
  return rows[0]!;
}

export const words = (reading: Reading) =>
  `${reading.exists ? (reading.canLogin ? 'LOGIN' : 'NOLOGIN') : 'no such role'}, ${reading.backends} ${reading.backends === 1 ? 'backend' : 'backends'}`;

export interface Proof {
  client: Client;
  config: Config;
  pooler: Pooler | null;
  /** The login held, where this role is the canary. */
  canary: { role: string; password: string } | null;
}

export const check = (what: string, saw: string) => ({
  check: what,
  saw: saw.slice(0, 500),
  at: clock.now().toISOString(),
});

/** Refused for the password, the role (NOLOGIN) or pg_hba.conf. */
export const SHUT = ['28P01', '28000'];

/** Comes in as the canary; null: the server refused the login. */
export async function enter({ config, canary }: Proof, role: string): Promise<CanarySession | null> {
  if (canary?.role !== role)
    throw new BraidError('connector.unsupported', `No password of ${role} is held: it is not this connector’s canary.`);
  try {
    const raw = await openAs(config, { user: role, password: canary.password });
    return {
      alive: () =>
        raw.query('select 1').then(
          () => true,
          () => false,
        ),
      close: () => raw.end().catch(() => undefined),
    };
  } catch (error) {
    if (SHUT.includes((error as { code?: string }).code ?? '')) return null;
    throw explain(error, `PostgreSQL at ${config.host}:${config.port}`);
  }
}

/**
 * Gone = NOLOGIN and no backend in two readings. A login is tried only with a password Braid holds (the canary's): a wrong
 * one fails the same way with or without NOLOGIN.
 */
export async function probeRole(proof: Proof, role: string): Promise<Probed> {
  const { client } = proof;
  const checks: Probed['checks'] = [];
  const alive = (detail: string): Probed => ({ result: 'alive', detail, checks, residuals: [] });
  const look = async (what: string) => {
    const reading = await read(client, role);
    checks.push(check(what, words(reading)));
    return reading;
  };
  const first = await look('role and backends read');
  if (first.canLogin || first.backends) return alive(words(first));
  const entered = proof.canary?.role === role ? await enter(proof, role) : undefined;
  await entered?.close();
  if (entered !== undefined) checks.push(check('login with the held password', entered ? 'let in' : 'refused'));
  if (entered) return alive('the held password still logs in');
  await sleep(BETWEEN_READINGS_MS);
  const second = await look('read again after a pause');
  if (second.canLogin || second.backends) return alive(words(second));
  checks.push(check('roles that may act as it (SET ROLE)', (await members(client, role)).join(', ') || 'none'));
  const residuals = [...(await pooledLeft(proof, role, checks)), ...preparedLeft(second.prepared)];
  const detail = `${second.exists ? 'NOLOGIN' : 'role dropped'}, listed twice: 0 backends`;
  return { result: 'gone', detail, checks, residuals };
}

export const preparedLeft = (prepared: number): Residual[] =>
  prepared
    ? [
        {
          what: `${prepared} prepared transactions`,
          why: 'They outlive the backend and keep their locks until somebody commits or rolls them back.',
          until: null,
          gap: 'G8',
        },
      ]
    : [];

/** Clients the role still has at the pooler, and whether the pooler gives them a backend of another role. */
export async function pooledLeft({ pooler }: Proof, role: string, checks: Probed['checks']): Promise<Residual[]> {
  if (!pooler) return [];
  const [clients, forced] = [(await pooler.clients()).filter((one) => one.user === role), await pooler.forced()];
  checks.push(check('clients at PgBouncer', `${clients.length}`));
  const served = clients.filter((one) => forced.has(one.database));
  const residuals: Residual[] = [];
  if (served.length)
    residuals.push({
      what: `${served.length} clients at PgBouncer ${pooler.name}`,
      why: `It logs in as another role for them (${[...new Set(served.map((one) => forced.get(one.database)))].join(', ')}), whom neither a block nor a new password touches.`,
      until: null,
      gap: 'G7',
    });
  else if (forced.size)
    residuals.push({
      what: `a login at PgBouncer ${pooler.name} to ${[...forced.keys()].join(', ')}`.slice(0, 500),
      why: 'PgBouncer logs in there as one role for everybody and authenticates by itself: if its user list holds this role, it lets it in with the password listed there.',
      until: null,
      gap: 'G7',
    });
  return residuals;
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

/** A client of the pooler, by the moment and place it came from. */
export async function probePooled(pooler: Pooler, session: NativeSession): Promise<Probed> {
  const checks: Probed['checks'] = [];
  for (const what of ['client looked up at PgBouncer', 'looked up again after a pause']) {
    if (checks.length) await sleep(BETWEEN_READINGS_MS);
    const there = (await pooler.clients()).some((one) => pooledKey(one) === session.key);
    checks.push(check(what, there ? 'still there' : 'gone'));
    if (there) return { result: 'alive', detail: 'the client is still at PgBouncer', checks, residuals: [] };
  }
  return { result: 'gone', detail: 'gone from PgBouncer, looked up twice', checks, residuals: [] };
}
