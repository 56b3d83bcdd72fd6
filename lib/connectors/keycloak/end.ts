import type { Acted, Hit, NativeSession } from '@/lib/connectors/contract';
import { findClient, serviceAccountOf, sessionsOf } from '@/lib/connectors/keycloak/catalog';
import type { Client } from '@/lib/connectors/keycloak/client';
import type { ClientRow } from '@/lib/connectors/keycloak/found-normalise';
import { BraidError } from '@/lib/platform/errors';

export interface Deps {
  client: Client;
  /** Is it Braid's own client, or one Keycloak made for itself? */
  guarded(clientId: string): boolean;
}

const effective = (detail: string, affected: number): Acted => ({ state: 'effective', detail, affected });
const failed = (detail: string): Acted => ({ state: 'failed', detail, affected: 0 });

export async function target({ client, guarded }: Deps, clientId: string): Promise<ClientRow | null> {
  if (guarded(clientId))
    throw new BraidError(
      'connector.protected',
      `${clientId} is protected: Braid’s own client and those Keycloak made for itself are never ended by Braid.`,
    );
  return findClient(client, clientId);
}

/** Only the members named are changed: Keycloak leaves what an update does not mention. */
const change = (client: Client, row: ClientRow, members: object) =>
  client.send('PUT', `/clients/${row.id}`, 'manage-clients', { id: row.id, clientId: row.clientId, ...members });

/** Disables the client, read back. */
export async function disable(deps: Deps, clientId: string): Promise<Acted> {
  const row = await target(deps, clientId);
  if (!row) return effective('the client no longer exists', 0);
  if (row.enabled === false) return effective('already disabled', 0);
  await change(deps.client, row, { enabled: false });
  const after = await findClient(deps.client, clientId);
  return after?.enabled
    ? failed('the update was accepted, but the client is enabled again')
    : effective('client disabled', 1);
}

/** Disables the client, and removes a rotated secret that would still work in its grace once the client is enabled again. */
export async function block(deps: Deps, clientId: string): Promise<Acted> {
  const done = await disable(deps, clientId);
  if (done.state === 'failed') return done;
  const row = await findClient(deps.client, clientId);
  const removed = row ? await removeRotated(deps.client, row) : false;
  return removed ? { ...done, detail: `${done.detail}, the rotated secret removed` } : done;
}

/** true: there was one, and it is gone. */
export async function removeRotated(client: Client, row: ClientRow): Promise<boolean> {
  const rotated = await client.get<{ value?: string }>(`/clients/${row.id}/client-secret/rotated`, 'view-clients');
  if (!rotated?.value) return false;
  await client.send('DELETE', `/clients/${row.id}/client-secret/rotated`, 'manage-clients');
  return (await client.get(`/clients/${row.id}/client-secret/rotated`, 'view-clients')) === null;
}

export async function enable(deps: Deps, clientId: string): Promise<Acted> {
  const row = await target(deps, clientId);
  if (!row) return failed('the client no longer exists');
  if (row.enabled !== false) return effective('already enabled', 0);
  await change(deps.client, row, { enabled: true });
  const after = await findClient(deps.client, clientId);
  return after?.enabled
    ? effective('client enabled', 1)
    : failed('the update was accepted, but the client is still disabled');
}

/** Ends one session by its id; that of a person ends at every client it was used at. */
export async function endOne(deps: Deps, session: NativeSession): Promise<Acted> {
  const row = await target(deps, session.externalIdentityId);
  if (!row) return effective('the client no longer exists', 0);
  const was = await deps.client.send(
    'DELETE',
    `/sessions/${encodeURIComponent(String(session.native.sid))}?isOffline=${session.native.offline === true}`,
    'manage-users',
  );
  if (!was) return effective('the session had already gone', 0);
  const left = (await sessionsOf(deps.client, row)).some((one) => one.key === session.key);
  return left
    ? { state: 'accepted', detail: 'Keycloak was told to end it and still lists it', affected: 1 }
    : effective('session ended', 1);
}

/** Signs the service account out, then ends what is listed for anybody else, until nothing is. */
export async function endAll(deps: Deps, clientId: string): Promise<Acted> {
  const { client } = deps;
  const row = await target(deps, clientId);
  if (!row) return effective('the client no longer exists', 0);
  const before = await sessionsOf(client, row);
  const account = await serviceAccountOf(client, row);
  if (account) await client.send('POST', `/users/${account.id}/logout`, 'manage-users');
  let left = await sessionsOf(client, row);
  for (let round = 0; left.length && round < 3; round++) {
    for (const one of left)
      await client.send(
        'DELETE',
        `/sessions/${encodeURIComponent(String(one.native.sid))}?isOffline=${one.native.offline === true}`,
        'manage-users',
      );
    left = await sessionsOf(client, row);
  }
  const ended = before.filter((one) => !left.some((other) => other.key === one.key)).length;
  const detail = `${ended} of ${before.length} ${before.length === 1 ? 'session' : 'sessions'} ended`;
  return left.length
    ? { state: 'accepted', detail: `${detail}, ${left.length} still listed`, affected: before.length }
    : effective(detail, before.length);
}

/** Every token issued to the client so far is refused by Keycloak from here on; clients with an adapter are told. */
export async function endDerived(deps: Deps, clientId: string): Promise<Acted> {
  const { client } = deps;
  const row = await target(deps, clientId);
  if (!row) return effective('the client no longer exists', 0);
  // A token of the very second that is named would still be accepted: the next one is.
  const now = client.nextSecond();
  await change(client, row, { notBefore: now });
  const after = await findClient(client, clientId);
  if ((after?.notBefore ?? 0) < now) return failed('the not-before was accepted and is not set');
  const pushed = await client.send('POST', `/clients/${row.id}/push-revocation`, 'manage-clients').catch(() => false);
  return effective(
    `tokens issued before ${new Date(now * 1000).toISOString()} are refused${pushed ? ', adapters told' : ''}`,
    1,
  );
}

/** People whose session ends at other clients too, and other clients of theirs. */
export async function predict(deps: Deps, clientId: string): Promise<Hit[]> {
  const row = await findClient(deps.client, clientId);
  if (!row) return [];
  const sessions = await sessionsOf(deps.client, row);
  const hits: Hit[] = sessions
    .filter((one) => one.native.own !== true)
    .slice(0, 50)
    .map((one) => ({
      what: `${one.native.offline ? 'offline session' : 'session'} of ${one.native.username}`,
      why: one.native.alsoAt
        ? `It was opened through ${clientId} and is used at ${one.native.alsoAt} too: it ends there as well.`
        : `It was opened through ${clientId}: that person signs in again.`,
      sessions: 1,
    }));
  return hits;
}
