import { rotatedSince } from '@/lib/connectors/blocked-since';
import type { Rotated, Rotation } from '@/lib/connectors/contract';
import type { AppRole } from '@/lib/connectors/vault/catalog-normalise';
import { approleId } from '@/lib/connectors/vault/catalog-normalise';
import { abreast } from '@/lib/connectors/vault/client';
import { type Deps, isOf, target, type Who } from '@/lib/connectors/vault/who';
import { BraidError } from '@/lib/platform/errors';
import { listOf, numberOf, textOf } from '@/lib/sessions/loose-model';

/** What an AppRole logs in with, by Vault's own words. */
export const ROLE_ID = 'role id';
export const SECRET_ID = 'secret id';

const unsupported = (why: string) => new BraidError('connector.unsupported', why.slice(0, 500));

/** Where the secret ids of a role are. */
export const secretsPath = ({ mount, name }: Pick<AppRole, 'mount' | 'name'>): string =>
  `auth/${mount}/role/${encodeURIComponent(name)}/secret-id`;

export async function accessorsOf({ client }: Deps, role: AppRole): Promise<string[]> {
  const { data } = await client.call('LIST', secretsPath(role));
  return listOf(data.keys, 100_000).flatMap((one) => textOf(one, 200) ?? []);
}

/** The one AppRole it logs in by. Throws `connector.unsupported` where there is another way in, or none with a secret. */
export async function roleOf(deps: Deps, who: Who): Promise<AppRole> {
  if (who.display !== null)
    throw unsupported(
      'A token without an entity has no secret of its own: end it, and make another where it was made.',
    );
  const roles = (await deps.catalog.appRoles()).filter((role) =>
    who.entity ? isOf(who.entity, role) : approleId(role) === who.externalId,
  );
  const others = (who.entity?.aliases ?? []).filter(
    (alias) => !roles.some((role) => role.mountAccessor === alias.accessor && role.roleId === alias.name),
  );
  if (others.length)
    throw unsupported(
      `It signs in by ${others.map((alias) => alias.mount).join(', ')}: only an AppRole’s secret is Vault’s to change.`,
    );
  if (roles.length > 1)
    throw unsupported(
      `It signs in by ${roles.length} AppRoles: each has secrets of its own, so no one is the only one.`,
    );
  const [role] = roles;
  if (!role) throw unsupported('It has no AppRole, so no secret that is Vault’s to change.');
  if (!role.bySecret)
    throw unsupported(`${role.mount}/${role.name} lets in without a secret id: there is none to change.`);
  return role;
}

/** A new secret id, and every other one of the role destroyed, read back. */
export async function rotateSecret(deps: Deps, externalId: string, rotation: Rotation): Promise<Rotated> {
  const { client } = deps;
  const who = await target(deps, externalId);
  if (!who) throw unsupported('There is no such entity any more.');
  const role = await roleOf(deps, who);
  const nothing = { affected: 0, secret: {}, replaced: [] };
  const made = await client.call('POST', secretsPath(role), {});
  const [secretId, accessor] = [textOf(made.data.secret_id, 300), textOf(made.data.secret_id_accessor, 200)];
  if (!secretId || !accessor)
    return { state: 'failed', detail: `Vault made no secret id: ${made.errors[0] ?? ''}`.slice(0, 500), ...nothing };
  const before = (await accessorsOf(deps, role)).filter((one) => one !== accessor);
  const path = `auth/${role.mount}/role/${encodeURIComponent(role.name)}/secret-id-accessor/destroy`;
  await abreast(before, (one) => client.call('POST', path, { secret_id_accessor: one }));
  const after = await accessorsOf(deps, role);
  const left = after.filter((one) => one !== accessor);
  if (left.length || !after.includes(accessor))
    return { state: 'failed', detail: `${left.length} secret ids of before are still listed`, ...nothing };
  await rotatedSince(deps.notes, externalId, rotation);
  const ttl = numberOf(made.data.secret_id_ttl) ?? 0;
  const destroyed = `${before.length} of before destroyed`;
  return {
    state: 'effective',
    detail: `a new secret id${ttl > 0 ? `, good for ${Math.round(ttl / 60)} min` : ''}; ${destroyed}`,
    affected: 1,
    secret: { [ROLE_ID]: role.roleId, [SECRET_ID]: secretId },
    // The AppRole goes on under its name; secret ids are not listed as credentials of their own.
    replaced: [],
  };
}
