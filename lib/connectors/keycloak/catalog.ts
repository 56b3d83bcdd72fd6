import type { FoundIdentity, NativeSession } from '@/lib/connectors/contract';
import type { Client } from '@/lib/connectors/keycloak/client';
import {
  type ClientRow,
  isService,
  type SessionRow,
  toIdentity,
  toSession,
} from '@/lib/connectors/keycloak/found-normalise';
import { wholeListings } from '@/lib/connectors/read-whole';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

const PAGE = 100;

export interface Realm {
  id: string;
  accessTokenLifespan: number;
  eventsEnabled: boolean;
  adminEventsEnabled: boolean;
}

const whole = wholeListings('Keycloak');

/** A listing to its end. Throws `connector.refused` where it is cut. */
function all<T>(client: Client, path: string, role: string): Promise<T[]> {
  const join = path.includes('?') ? '&' : '?';
  return whole({
    what: path,
    first: 0,
    async read(from) {
      // null: what is listed of is no longer there.
      const items = (await client.get<T[]>(`${path}${join}first=${from}&max=${PAGE}`, role)) ?? [];
      return { items, next: items.length < PAGE ? null : from + PAGE };
    },
  }) as Promise<T[]>;
}

export async function readRealm(client: Client): Promise<Realm> {
  const row = await client.get<Partial<Realm>>('', 'view-realm').catch((error) => {
    if (error instanceof BraidError && error.code === 'connector.refused') return null;
    throw error;
  });
  return {
    id: row?.id ?? '',
    // Without view-realm only the realm's name is told: then Keycloak's longest default counts.
    accessTokenLifespan: row?.accessTokenLifespan ?? 3_600,
    eventsEnabled: row?.eventsEnabled ?? false,
    adminEventsEnabled: row?.adminEventsEnabled ?? false,
  };
}

export async function findClient(client: Client, clientId: string): Promise<ClientRow | null> {
  const rows = await client.get<ClientRow[]>(`/clients?clientId=${encodeURIComponent(clientId)}`, 'view-clients');
  return rows?.find((one) => one.clientId === clientId) ?? null;
}

/** Clients with a service account, and those that had one when they were last seen. */
export async function readIdentities(
  client: Client,
  guarded: (clientId: string) => boolean,
  realmId: string,
  known: string[],
): Promise<FoundIdentity[]> {
  const rows = await all<ClientRow>(client, '/clients', 'view-clients');
  return rows
    .filter((row) => isService(row) || known.includes(row.clientId))
    .map((row) => toIdentity(row, guarded(row.clientId), realmId));
}

const statsOf = (client: Client) =>
  client.get<{ id: string; clientId: string; active: string; offline: string }[]>(
    '/client-session-stats',
    'view-realm',
  );

async function sessionsAt(client: Client, row: ClientRow, which: { active: boolean; offline: boolean }) {
  const at = clock.ms();
  const [online, offline] = await Promise.all([
    which.active ? all<SessionRow>(client, `/clients/${row.id}/user-sessions`, 'view-clients') : [],
    which.offline ? all<SessionRow>(client, `/clients/${row.id}/offline-sessions`, 'view-clients') : [],
  ]);
  return [
    ...online.map((one) => toSession(one, row, false, at)),
    ...offline.map((one) => toSession(one, row, true, at)),
  ];
}

export const sessionsOf = (client: Client, row: ClientRow): Promise<NativeSession[]> =>
  sessionsAt(client, row, { active: true, offline: true });

/** Sessions of all clients with a service account. One request tells which clients have any. */
export async function readSessions(client: Client, services: ReadonlyMap<string, ClientRow>): Promise<NativeSession[]> {
  const stats = (await statsOf(client)) ?? [];
  const sessions: NativeSession[] = [];
  for (const one of stats) {
    const row = services.get(one.clientId);
    if (!row) continue;
    sessions.push(
      ...(await sessionsAt(client, row, { active: Number(one.active) > 0, offline: Number(one.offline) > 0 })),
    );
  }
  return sessions;
}

/** Clients with a service account by name, read anew at most this often: a new one is found with the next discovery. */
const SERVICES_MS = 15_000;

export function servicesReader(client: Client): () => Promise<ReadonlyMap<string, ClientRow>> {
  let read: { at: number; map: Map<string, ClientRow> } | undefined;
  return async () => {
    if (read && clock.ms() - read.at < SERVICES_MS) return read.map;
    const rows = await all<ClientRow>(client, '/clients', 'view-clients');
    read = { at: clock.ms(), map: new Map(rows.filter(isService).map((row) => [row.clientId, row])) };
    return read.map;
  };
}

/** The account a client's own tokens are of. */
export const serviceAccountOf = (client: Client, row: ClientRow) =>
  client.get<{ id: string; username: string; enabled?: boolean }>(
    `/clients/${row.id}/service-account-user`,
    'view-clients',
  );

/** Realm-management roles of a service account, those of composite roles too. */
export async function rolesOf(client: Client, userId: string): Promise<string[]> {
  const [management] = (await client.get<ClientRow[]>('/clients?clientId=realm-management', 'view-clients')) ?? [];
  if (!management) return [];
  const roles = await client.get<{ name: string }[]>(
    `/users/${userId}/role-mappings/clients/${management.id}/composite`,
    'view-users',
  );
  return (roles ?? []).map((role) => role.name);
}
