import { clientKey } from '@/lib/connectors/keycloak/session-normalise';
import { type Loose, parsedOf, textOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';

type Life = NonNullable<SessionEventInput['life']>;

/** Consoles through which people administer; other clients act by themselves. */
export const isConsole = (client: string | null): boolean =>
  client === 'security-admin-console' || client === 'admin-cli' || client === 'account-console';

/**
 * What an administrator did to an identity, credential or session. A client is named by its internal id in paths; its own
 * name is known only where events include the representation.
 */
export function lifeOf(event: Loose, issuer: string | null): Life | undefined {
  const path = textOf(event.resourcePath, 600) ?? '';
  const operation = textOf(event.operationType, 40) ?? '';
  const told = parsedOf(event.representation);
  // A line of the log names the administrator's realm only: whose account it is about is not known.
  if (!issuer) return ofSession(path, operation);
  return ofUser(path, operation, told, issuer) ?? ofSession(path, operation) ?? ofClient(path, operation, told, issuer);
}

function ofUser(path: string, operation: string, told: Loose, issuer: string): Life | undefined {
  const user = /^users\/([^/]+)(?:\/(.+))?$/.exec(path);
  if (!user) return undefined;
  const [, id, rest] = user as unknown as [string, string, string | undefined];
  const of = (what: Life['what']): Life => ({
    of: 'identity',
    what,
    externalId: id,
    identity: { issuer, type: 'user', externalId: id },
  });
  if (!rest && operation === 'DELETE') return of('deleted');
  if (!rest && told.enabled === false) return of('disabled');
  if (!rest && operation === 'CREATE') return of('created');
  if (rest === 'logout') return of('revoked');
  if (rest?.startsWith('role-mappings') && operation === 'CREATE') return of('privileged');
  const own = {
    of: 'credential' as const,
    externalId: `user:${id}`,
    identity: { issuer, type: 'user', externalId: id },
  };
  if (rest === 'reset-password') return { ...own, what: 'rotated' };
  if (rest?.startsWith('credentials/') && operation === 'DELETE') return { ...own, what: 'deleted' };
  return undefined;
}

function ofSession(path: string, operation: string): Life | undefined {
  const id = /^sessions\/([^/?]+)/.exec(path)?.[1];
  return id && operation === 'DELETE' ? { of: 'session', what: 'revoked', externalId: id } : undefined;
}

function ofClient(path: string, operation: string, told: Loose, issuer: string): Life | undefined {
  const client = /^clients\/([^/]+)(?:\/(.+))?$/.exec(path);
  if (!client) return undefined;
  const [, uuid, rest] = client as unknown as [string, string, string | undefined];
  const name = textOf(told.clientId, 300) ?? uuid;
  const realm = issuer.replace('keycloak:', '');
  const credential = (what: Life['what']): Life => ({ of: 'credential', what, externalId: clientKey(realm, name) });
  if (rest === 'client-secret') return credential('rotated');
  if (rest === 'client-secret/rotated') return credential('revoked');
  if (rest?.startsWith('certificates/')) return credential('rotated');
  if (rest) return undefined;
  const of = (what: Life['what']): Life => ({
    of: 'identity',
    what,
    externalId: name,
    identity: { issuer, type: 'client', externalId: name },
  });
  if (operation === 'DELETE') return of('deleted');
  return told.enabled === false ? of('disabled') : undefined;
}
