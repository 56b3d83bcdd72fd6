import type { Rotated } from '@/lib/connectors/contract';
import { findClient } from '@/lib/connectors/keycloak/catalog';
import type { Client } from '@/lib/connectors/keycloak/client';
import { type Deps, removeRotated, target } from '@/lib/connectors/keycloak/end';
import { type ClientRow, credentialOf } from '@/lib/connectors/keycloak/found-normalise';
import { BraidError } from '@/lib/platform/errors';

/** Keycloak's own word for what it makes. */
export const SECRET = 'client secret';
/** Ways to log in that are built on the client's secret. */
const BY_SECRET = ['client-secret', 'client-secret-jwt'];

export const bySecret = (row: ClientRow): boolean =>
  row.publicClient !== true && BY_SECRET.includes(row.clientAuthenticatorType ?? 'client-secret');

/** The secrets Keycloak takes of this client: its present one, and the one before it while that has its grace. */
export async function secretsAt(client: Client, row: ClientRow): Promise<{ now?: string; rotated?: string }> {
  const [now, rotated] = await Promise.all(
    ['client-secret', 'client-secret/rotated'].map((path) =>
      client.get<{ value?: string }>(`/clients/${row.id}/${path}`, 'view-clients'),
    ),
  );
  return { ...(now?.value ? { now: now.value } : {}), ...(rotated?.value ? { rotated: rotated.value } : {}) };
}

/**
 * Keycloak makes the client another secret. Where a policy of the realm gives the one before a grace, that is removed: G13
 * would leave it working beside the new one. Throws `connector.unsupported` for clients that don't log in by a secret.
 */
export async function rotateSecret(deps: Deps, clientId: string, realmId: string): Promise<Rotated> {
  const { client } = deps;
  const row = await target(deps, clientId);
  if (!row) throw new BraidError('connector.unsupported', `There is no client ${clientId} any more.`);
  if (!bySecret(row))
    throw new BraidError(
      'connector.unsupported',
      `${clientId} logs in by ${row.publicClient ? 'nothing: it is a public client' : row.clientAuthenticatorType}: it has no secret at Keycloak to be changed.`,
    );
  const before = await secretsAt(client, row);
  await client.send('POST', `/clients/${row.id}/client-secret`, 'manage-clients');
  const graced = await removeRotated(client, row);
  const after = await secretsAt(client, (await findClient(client, clientId)) ?? row);
  const nothing = { affected: 0, secret: {}, replaced: [] };
  if (!after.now || after.now === before.now)
    return { state: 'failed', detail: 'Keycloak answered, and shows the same secret as before', ...nothing };
  if (after.rotated)
    return { state: 'failed', detail: 'Keycloak goes on taking the secret of before in its grace', ...nothing };
  return {
    state: 'effective',
    detail: `a new secret${graced ? ', the one of before removed from its grace' : ''}`,
    affected: 1,
    secret: { [SECRET]: after.now },
    // The secret itself goes on under the same name: only one that stood beside it is gone as a credential.
    replaced: before.rotated ? [`${credentialOf(realmId, clientId)}#rotated`] : [],
  };
}
