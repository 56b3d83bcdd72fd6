import { setTimeout as sleep } from 'node:timers/promises';
import type { Acted, NativeSession } from '@/lib/connectors/contract';
import { countBackends, readRole } from '@/lib/connectors/postgres/catalog';
import type { Client } from '@/lib/connectors/postgres/client';
import { BraidError } from '@/lib/platform/errors';

export interface Deps {
  client: Client;
  /** Braid's own roles on this server. */
  own: string[];
  /** The connector's own role. */
  me: string;
}

const ENDED_WITHIN_MS = 1_000;

export const failed = (detail: string): Acted => ({ state: 'failed', detail: detail.slice(0, 500), affected: 0 });

/** PostgreSQL's refusal becomes an outcome that says what to grant; a lost connection stays an error and is retried. */
export async function refusal<T>(work: Promise<T>): Promise<T | Acted> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof BraidError && error.code === 'connector.refused') return failed(error.publicMessage);
    throw error;
  }
}

export const isActed = (value: unknown): value is Acted =>
  typeof value === 'object' && value !== null && 'affected' in value && 'state' in value;

/** Throws `connector.protected`; undefined: there is no such role. */
export async function target({ client, own }: Deps, name: string) {
  const role = await readRole(client, own, name);
  if (role && (role.rolsuper || role.rolreplication || role.own)) {
    throw new BraidError(
      'connector.protected',
      `${name} is protected: superusers, replication and Braid’s own roles are never ended by Braid.`,
    );
  }
  return role;
}

/** ALTER ROLE … NOLOGIN, read back. The statement is quoted by the server's own format('%I'). */
export async function block(deps: Deps, name: string): Promise<Acted> {
  const role = await target(deps, name);
  if (!role) return { state: 'effective', detail: 'the role no longer exists', affected: 0 };
  if (!role.rolcanlogin) return { state: 'effective', detail: 'already NOLOGIN', affected: 0 };
  const done = await refusal(deps.client.query(role.block));
  if (isActed(done)) {
    return failed(
      `${done.detail} Braid’s role needs CREATEROLE and ADMIN OPTION on ${name}: test the connector for the exact SQL.`,
    );
  }
  const after = await readRole(deps.client, deps.own, name);
  return after?.rolcanlogin
    ? failed('NOLOGIN was accepted, but the role can log in again')
    : { state: 'effective', detail: 'NOLOGIN', affected: 1 };
}

export async function unblock(deps: Deps, name: string): Promise<Acted> {
  const role = await target(deps, name);
  if (!role) return failed('the role no longer exists');
  if (role.rolcanlogin) return { state: 'effective', detail: 'already LOGIN', affected: 0 };
  const done = await refusal(deps.client.query(role.unblock));
  if (isActed(done)) return failed(done.detail);
  const after = await readRole(deps.client, deps.own, name);
  return after?.rolcanlogin
    ? { state: 'effective', detail: 'LOGIN', affected: 1 }
    : failed('LOGIN was accepted, but the role still can’t log in');
}

/** Ends one backend if it still is the one meant: pids are reused, so (pid, backend_start) decides. */
export async function endOne(deps: Deps, session: NativeSession): Promise<Acted> {
  const { pid, startUs } = session.native;
  await target(deps, session.externalIdentityId);
  const rows = await refusal(
    deps.client.query<{ done: boolean }>(
      `select pg_terminate_backend(pid, $3) as done from pg_stat_activity
        where pid = $1 and (extract(epoch from backend_start) * 1000000)::bigint = $2::bigint and usename = $4`,
      [pid, startUs, ENDED_WITHIN_MS, session.externalIdentityId],
    ),
  );
  if (isActed(rows)) return rows;
  if (!rows.length) return { state: 'effective', detail: `backend ${pid} had already gone`, affected: 0 };
  return rows[0]!.done
    ? { state: 'effective', detail: `backend ${pid} ended`, affected: 1 }
    : { state: 'accepted', detail: `backend ${pid} was told to end and is still finishing`, affected: 1 };
}

/** Ends every backend of a role, also one that was still logging in while NOLOGIN was committed. */
export async function endAll(deps: Deps, name: string): Promise<Acted> {
  await target(deps, name);
  const told = new Set<number>();
  for (let waited = 0, pause = 10; ; waited += pause, pause = Math.min(pause * 2, 100)) {
    const rows = await refusal(
      deps.client.query<{ pid: number; signalled: boolean }>(
        'select pid, pg_terminate_backend(pid) as signalled from pg_stat_activity where usename = $1 and pid <> pg_backend_pid()',
        [name],
      ),
    );
    if (isActed(rows)) return rows;
    for (const row of rows) told.add(row.pid);
    if (!rows.length || waited >= ENDED_WITHIN_MS) break;
    await sleep(pause);
  }
  const left = await countBackends(deps.client, name);
  const detail = `${told.size - left} of ${told.size} ${told.size === 1 ? 'backend' : 'backends'} ended`;
  return left
    ? { state: 'accepted', detail: `${detail}, ${left} still finishing`, affected: told.size }
    : { state: 'effective', detail, affected: told.size };
}
