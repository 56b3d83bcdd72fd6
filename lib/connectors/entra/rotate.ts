import { rotatedSince } from '@/lib/connectors/blocked-since';
import type { Rotated, Rotation } from '@/lib/connectors/contract';
import { meant, type Removed, removeSecrets } from '@/lib/connectors/entra/act';
import { refusedBy } from '@/lib/connectors/entra/client';
import { type Deps, rawPrincipal, registrationOf } from '@/lib/connectors/entra/read';
import { BraidError } from '@/lib/platform/errors';
import { listOf, objectOf, textOf } from '@/lib/sessions/loose-model';

/** The portal's own words. */
export const APP_ID = 'application (client) id';
export const SECRET_ID = 'secret id';
export const SECRET = 'client secret';

type Raw = Record<string, unknown>;
export interface Holders {
  principal: Raw;
  /** Empty where the application has none in this tenant. */
  registration: Raw;
}

export const holdersOf = async (deps: Deps, id: string): Promise<Holders | null> => {
  const principal = await rawPrincipal(deps, id);
  return principal && { principal, registration: await registrationOf(deps, principal) };
};

export interface Credential {
  id: string;
  startsAt: string | null;
}

/** Secrets and keys of both, each once. */
export function credentialsAt({ principal, registration }: Holders): Credential[] {
  const all = [principal, registration].flatMap((holder) => [
    ...listOf(holder.passwordCredentials, 100),
    ...listOf(holder.keyCredentials, 100),
  ]);
  const found = all.map(objectOf).flatMap((one) => {
    const id = textOf(one.keyId, 36)?.toLowerCase();
    return id ? [{ id, startsAt: textOf(one.startDateTime, 40) }] : [];
  });
  return [...new Map(found.map((one) => [one.id, one])).values()];
}

const unsupported = (why: string) => new BraidError('connector.unsupported', why);

/** Why it has no secret here that could be changed; null: it has. */
function without({ config }: Deps, { principal }: Holders): string | null {
  const type = `${principal['@odata.type'] ?? ''} ${principal.servicePrincipalType ?? ''}`;
  if (/managedIdentity/i.test(type)) return 'The credential of a managed identity is changed by Entra itself.';
  if (/agent|ServiceIdentity/i.test(type))
    return 'An agent identity comes in with the credentials of its blueprint: rotate that application.';
  if (textOf(principal.appOwnerOrganizationId, 36)?.toLowerCase() !== config.tenantId)
    return 'Its registration is in another tenant: its secrets are changed there.';
  if (listOf(principal.keyCredentials, 100).some((one) => objectOf(one).usage === 'Sign'))
    return 'It signs people in by SAML: its keys sign for them, and are changed with every application that trusts them.';
  return null;
}

/** Adds a client secret to the registration, then removes every other secret and key of it and of the service principal. */
export async function rotateSecret(deps: Deps, externalId: string, rotation: Rotation): Promise<Rotated> {
  const { client, notes } = deps;
  await meant(deps, externalId);
  const holders = externalId.startsWith('user:') ? null : await holdersOf(deps, externalId);
  if (!holders)
    throw unsupported('It is an account, or gone: it has no secret, its agent comes in with those of its blueprint.');
  const why = without(deps, holders);
  if (why) throw unsupported(why);
  const { registration, principal } = holders;
  const path = registration.id
    ? `/v1.0/applications/${registration.id}/addPassword`
    : `/v1.0/servicePrincipals/${externalId}/addPassword`;
  const nothing = { affected: 0, secret: {}, replaced: [] };
  const reply = await client.send('POST', path, { json: { passwordCredential: { displayName: 'Made by Braid' } } });
  const made = objectOf(reply.body);
  const [keyId, text] = [textOf(made.keyId, 36)?.toLowerCase(), textOf(made.secretText, 1_000)];
  if (reply.status >= 300 || !keyId || !text)
    return { state: 'failed', detail: refusedBy('addPassword', reply).publicMessage.slice(0, 500), ...nothing };
  const removed: Removed = await removeSecrets(deps, externalId, keyId);
  if (removed.failures.length) return { state: 'failed', detail: removed.failures.join(' ').slice(0, 500), ...nothing };
  const after = await holdersOf(deps, externalId);
  const left = after ? credentialsAt(after) : [];
  const alone = left.length === 1 && left[0]?.id === keyId;
  if (alone) await rotatedSince(notes, externalId, rotation);
  const expires = textOf(made.endDateTime, 40)?.slice(0, 10);
  return {
    state: alone ? 'effective' : 'accepted',
    detail: `a new client secret${expires ? `, good until ${expires}` : ''}; ${removed.ids.length} secrets and keys of before removed${alone ? '' : ', not yet shown as done'}`,
    affected: 1,
    secret: { [APP_ID]: textOf(principal.appId, 36) ?? '', [SECRET_ID]: keyId, [SECRET]: text },
    replaced: removed.ids,
  };
}
