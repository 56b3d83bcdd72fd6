import { accessorOf, digestOf } from '@/lib/connectors/vault/identity-normalise';
import { type Loose, objectOf, textOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';

type Life = SessionEventInput['life'];

/** What a call did to a token, secret id, lease or entity. Paths are Vault's own API; a mount may have any name. */
export function lifeOf(path: string, operation: string, request: Loose, own: string | null): Life {
  const data = objectOf(request.data);
  return (
    ofToken(path, data, own) ??
    ofLease(path, data) ??
    ofEntity(path, operation, data) ??
    ofSecret(path, operation, data)
  );
}

const credential = (externalId: string | null, what: NonNullable<Life>['what']): Life =>
  externalId ? { of: 'credential', what, externalId: externalId.slice(0, 512) } : undefined;

function ofToken(path: string, data: Loose, own: string | null): Life {
  if (path === 'auth/token/revoke-self') return credential(own, 'revoked');
  if (/^auth\/token\/revoke(?:-orphan)?$/.test(path)) return credential(digestOf(data.token), 'revoked');
  const inPath = /^auth\/token\/revoke(?:-orphan)?\/(.+)$/.exec(path)?.[1];
  if (inPath) return credential(inPath, 'revoked');
  if (path !== 'auth/token/revoke-accessor') return undefined;
  const accessor = accessorOf(data.accessor);
  return accessor ? { of: 'session', what: 'revoked', externalId: sessionKeyOf(accessor) } : undefined;
}

function ofLease(path: string, data: Loose): Life {
  const revoked = /^sys\/(?:leases\/)?revoke(?:-force|-prefix)?(?:\/(.+))?$/.exec(path);
  return revoked ? credential(textOf(revoked[1] ?? data.lease_id, 512), 'revoked') : undefined;
}

function ofEntity(path: string, operation: string, data: Loose): Life {
  const id = /^identity\/entity\/id\/([^/]+)$/.exec(path)?.[1];
  if (!id) return undefined;
  const identity = { issuer: 'vault', type: 'entity', externalId: id };
  const life = (what: NonNullable<Life>['what']): Life => ({ of: 'identity', what, externalId: id, identity });
  if (operation === 'delete') return life('deleted');
  if (data.disabled === true) return life('disabled');
  if (data.disabled === false) return life('enabled');
  return data.policies === undefined ? undefined : life('privileged');
}

/** Passwords and secret ids of login methods. */
function ofSecret(path: string, operation: string, data: Loose): Life {
  const user = /^auth\/([^/]+)\/users\/([^/]+)(\/password)?$/.exec(path);
  if (user && operation === 'delete') return credential(`${user[1]}:${user[2]}`, 'deleted');
  if (user?.[3] || (user && data.password !== undefined)) return credential(`${user[1]}:${user[2]}`, 'rotated');
  const role = /^auth\/([^/]+)\/role\/([^/]+)\/secret-id(-accessor)?\/destroy$/.exec(path);
  if (role) return credential(digestOf(data.secret_id) ?? accessorOf(data.secret_id_accessor), 'deleted');
  return undefined;
}

/** A session as Vault can name it: by its token's accessor. */
export const sessionKeyOf = (accessor: string): string => `accessor ${accessor}`;
