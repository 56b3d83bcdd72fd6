// For tests only: a respond worker, a PostgreSQL connector, and accounts that really log in.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, inject } from 'vitest';
import type { Ctx } from '@/lib/access/model';
import { create } from '@/lib/connectors/create';
import { prisma } from '@/lib/db/client';
import { newId } from '@/lib/platform/ids';
import type { RevocationDetail } from '@/lib/revocations/model';
import { show } from '@/lib/revocations/show';
import { startRespond } from '@/lib/server/respond';

export const tag = newId().slice(-8);
export const CONNECTOR = `conn_${tag}`;
export const PASSWORD = 'p4ss';
export const ctx: Ctx = { actor: { kind: 'operator', id: newId(), name: 'Rae Responder', role: 'admin' } };
export const viewer: Ctx = { actor: { kind: 'operator', id: newId(), name: 'Vi Viewer', role: 'viewer' } };
export const why = { reasonCode: 'test' as const, reason: 'drill' };
const clients: pg.Client[] = [];
export const roles: string[] = [];
/** What the set-up made: the worker under test and the connector to the PostgreSQL it works on. */
export const world = {} as { worker: { stop: () => Promise<void> }; connectorId: string };

export async function admin<T extends pg.QueryResultRow>(sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: inject('adminUrl') });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

const address = () => {
  const url = new URL(inject('adminUrl'));
  return { host: url.hostname, port: Number(url.port), database: 'postgres', password: PASSWORD };
};

export async function login(user: string, application = 'worker'): Promise<pg.Client | undefined> {
  const client = new pg.Client({ ...address(), user, application_name: application });
  client.on('error', () => undefined);
  try {
    await client.connect();
    clients.push(client);
    return client;
  } catch {
    return undefined;
  }
}

/** A service account of its own for a test, known to Braid once its first session has been seen. */
export async function account(name: string, sessions = 1): Promise<{ role: string; id: string }> {
  const role = `${name}_${tag}`;
  roles.push(role);
  await admin(`create role ${role} login password '${PASSWORD}'`);
  await admin(`grant ${role} to ${CONNECTOR} with admin true, inherit false, set false`);
  for (let i = 0; i < sessions; i++) await login(role, `app ${i}`);
  const id = await until(async () => (await prisma().identity.findFirst({ where: { name: role } }))?.id);
  await until(async () => (await live(id)).length >= sessions);
  return { role, id };
}

export const live = (identityId: string) =>
  prisma().session.findMany({ where: { identityId, endedAt: null }, orderBy: { startedAt: 'asc' } });
export const backends = async (role: string) =>
  (await admin<{ n: number }>(`select count(*)::int as n from pg_stat_activity where usename = '${role}'`))[0]!.n;

export async function until<T>(look: () => Promise<T | undefined | false | null>, ms = 40_000): Promise<T> {
  const end = performance.now() + ms;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${look.toString().slice(0, 200)}`);
    await sleep(25);
  }
}

export const reached = (id: string, state: string, ms?: number): Promise<RevocationDetail> =>
  until(async () => {
    const now = await show(ctx, { id });
    return now.state === state && now;
  }, ms);

/** Call at the top of a test file, after `testDatabase()`. */
export function respondWorld(): void {
  beforeAll(async () => {
    await admin(`create role ${CONNECTOR} login createrole password '${PASSWORD}'`);
    await admin(`grant pg_read_all_stats, pg_signal_backend to ${CONNECTOR}`);
    world.worker = await startRespond();
    const { host, port, database } = address();
    const values = { host, port: String(port), database, user: CONNECTOR, password: PASSWORD, pollMs: '500' };
    world.connectorId = (await create(ctx, { vendor: 'postgres', name: 'orders-db', values })).id;
  });

  afterAll(async () => {
    await world.worker.stop();
    for (const client of clients) await client.end().catch(() => undefined);
    for (const role of [...roles, CONNECTOR]) await admin(`drop role if exists ${role}`);
  });
}
