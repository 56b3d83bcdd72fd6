import type { Notes } from '@/lib/connectors/contract';
import type { Catalog } from '@/lib/connectors/vault/catalog';
import {
  type AppRole,
  approleId,
  covers,
  displayOf,
  type Entity,
  leasePaths,
  type Token,
} from '@/lib/connectors/vault/catalog-normalise';
import type { Client } from '@/lib/connectors/vault/client';
import { BraidError } from '@/lib/platform/errors';

export interface Deps {
  client: Client;
  catalog: Catalog;
  notes: Notes;
  /** The connector's own token and entity. */
  own: { accessor: string; entity: string | null };
}

/** One an action is meant for: an entity, an AppRole that has none yet, or the holders of tokens without an entity. */
export interface Who {
  externalId: string;
  entity: Entity | null;
  role: AppRole | null;
  display: string | null;
}

const shielded = (name: string) =>
  new BraidError('connector.protected', `${name} is protected: root tokens and Braid’s own are never ended by Braid.`);

/** null: Vault knows nobody by this name (any more). */
export async function find({ catalog }: Deps, externalId: string): Promise<Who | null> {
  const display = displayOf(externalId);
  if (display !== null) return { externalId, entity: null, role: null, display };
  if (!externalId.startsWith('approle:')) {
    const entity = await catalog.entity(externalId);
    return entity && { externalId, entity, role: null, display: null };
  }
  const role = (await catalog.appRoles()).find((one) => approleId(one) === externalId) ?? null;
  const entity = (await catalog.entities()).find((one) => role && isOf(one, role)) ?? null;
  return role && { externalId, entity, role, display: null };
}

/** Does logging in by this role give this entity's token? */
export const isOf = (entity: Entity, role: AppRole): boolean =>
  entity.aliases.some((alias) => alias.accessor === role.mountAccessor && alias.name === role.roleId);

/** `find`, refusing what is protected. */
export async function target(deps: Deps, externalId: string): Promise<Who | null> {
  const who = await find(deps, externalId);
  if (who?.display === 'root' || (who?.entity && who.entity.id === deps.own.entity)) throw shielded(externalId);
  if (who?.display !== null && who && (await tokensOf(deps, who)).some((token) => token.root || isOwn(deps, token)))
    throw shielded(externalId);
  return who;
}

export const isOwn = ({ own }: Deps, token: Token): boolean => token.accessor === own.accessor;

export async function tokensOf({ catalog }: Deps, who: Who): Promise<Token[]> {
  const mine = (token: Token) =>
    who.entity
      ? token.entity === who.entity.id
      : who.display !== null && !token.entity && token.display === who.display;
  return (await catalog.tokens()).filter(mine);
}

export interface LeasePath {
  path: string;
  /** Nobody else may read it, so every lease there is this identity's. */
  own: boolean;
}

async function policiesOf({ catalog }: Deps, who: Who, roles: AppRole[]): Promise<string[]> {
  const mine = roles.filter((role) => (who.entity ? isOf(who.entity, role) : approleId(role) === who.externalId));
  return [...(who.entity ? await catalog.policiesOf(who.entity) : []), ...mine.flatMap((role) => role.policies)];
}

/** Tokens of nobody it may have made: an orphan carries no entity, and Vault does not say who made it. */
export async function orphansOf(deps: Deps, who: Who): Promise<Token[]> {
  const rules = await deps.catalog.rules(await policiesOf(deps, who, await deps.catalog.appRoles()));
  const makes = ['auth/token/create-orphan', 'auth/token/create'].some((path) =>
    rules.some((rule) => covers(rule, path)),
  );
  if (!makes) return [];
  const tokens = await deps.catalog.tokens();
  return tokens.filter((token) => token.orphan && !token.entity && !token.root && token.path.startsWith('auth/token/'));
}

/** Where this identity may have made leases. What its policies open by wildcard alone is not among them. */
export async function leasePathsOf(deps: Deps, who: Who): Promise<LeasePath[]> {
  const { catalog, own } = deps;
  if (!who.entity && !who.role) return [];
  const [roles, entities] = await Promise.all([catalog.appRoles(), catalog.entities()]);
  const paths = [...new Set(leasePaths(await catalog.rules(await policiesOf(deps, who, roles))))];
  if (!paths.length) return [];
  const mine = (role: AppRole) => (who.entity ? isOf(who.entity, role) : approleId(role) === who.externalId);
  const others = roles.filter((role) => !mine(role)).flatMap((role) => role.policies);
  for (const entity of entities)
    if (entity.id !== who.entity?.id && entity.id !== own.entity) others.push(...(await catalog.policiesOf(entity)));
  const tokens = (await catalog.tokens()).filter((token) => token.entity === null || token.entity !== who.entity?.id);
  others.push(...tokens.filter((token) => token.accessor !== own.accessor).flatMap((token) => token.policies));
  const rules = await catalog.rules(others);
  return paths.map((path) => ({ path, own: !rules.some((rule) => covers(rule, path)) }));
}
