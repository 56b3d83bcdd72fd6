import { setTimeout as sleep } from 'node:timers/promises';
import type { Acted, Hit, NativeSession } from '@/lib/connectors/contract';
import { MADE_FOR } from '@/lib/connectors/vault/catalog-normalise';
import { abreast } from '@/lib/connectors/vault/client';
import { type Deps, find, isOwn, leasePathsOf, target, tokensOf, type Who } from '@/lib/connectors/vault/who';
import { BraidError } from '@/lib/platform/errors';
import { textOf } from '@/lib/sessions/loose-model';

const effective = (detail: string, affected: number): Acted => ({ state: 'effective', detail, affected });
const failed = (detail: string): Acted => ({ state: 'failed', detail: detail.slice(0, 500), affected: 0 });

const count = (n: number, one: string): string => `${n} ${n === 1 ? one : `${one}s`}`;
/** A token revoked in the moment it is listed is gone in the next listing; a second covers several. */
const ENDED_WITHIN_MS = 1_000;

/** Makes the entity an AppRole gets with its first login, so that there is a switch to set. */
async function makeEntity({ client }: Deps, who: Who): Promise<string> {
  const role = who.role!;
  const made = await client.call('POST', 'identity/entity', {
    name: `approle-${role.mount}-${role.name}`.replace(/\//g, '-').slice(0, 200),
    disabled: true,
    metadata: { [MADE_FOR]: who.externalId },
  });
  const id = textOf(made.data.id, 200);
  if (!id)
    throw new BraidError('connector.refused', `Vault made no entity for ${who.externalId}: ${made.errors[0] ?? ''}`);
  await client.call('POST', 'identity/entity-alias', {
    name: role.roleId,
    canonical_id: id,
    mount_accessor: role.mountAccessor,
  });
  return id;
}

async function setDisabled(deps: Deps, externalId: string, disabled: boolean): Promise<Acted> {
  const who = await target(deps, externalId);
  const word = disabled ? 'disabled' : 'enabled';
  if (!who) return disabled ? effective('no such entity any more', 0) : failed('the entity no longer exists');
  if (who.display !== null)
    return effective('no login of its own: a token without an entity can only be made by another identity', 0);
  if (!who.entity && !disabled) return effective('nothing was blocked', 0);
  if (who.entity?.disabled === disabled) return effective(`already ${word}`, 0);
  const id = who.entity?.id ?? (await makeEntity(deps, who));
  const answer = await deps.client.call('POST', `identity/entity/id/${id}`, { disabled });
  const after = await deps.catalog.entity(id);
  return after?.disabled === disabled
    ? effective(`entity ${word}`, 1)
    : failed(`the entity was not ${word}: ${answer.errors[0] ?? 'read back unchanged'}`);
}

/** The entity is disabled: no login of any of its aliases, and every token it has, batch tokens too, is refused at once. */
export const block = (deps: Deps, externalId: string): Promise<Acted> => setDisabled(deps, externalId, true);
export const unblock = (deps: Deps, externalId: string): Promise<Acted> => setDisabled(deps, externalId, false);

export async function canEnter(deps: Deps, externalId: string): Promise<boolean> {
  const who = await find(deps, externalId);
  if (!who || who.display !== null) return false;
  return who.entity ? !who.entity.disabled : true;
}

/** One token with its children. Its leases are queued by Vault. */
export async function endOne(deps: Deps, session: NativeSession): Promise<Acted> {
  const accessor = String(session.native.accessor ?? '');
  const token = await deps.catalog.token(accessor);
  if (!token) return effective('the token had already gone', 0);
  if (token.root || isOwn(deps, token))
    throw new BraidError('connector.protected', 'Root tokens and Braid’s own are never ended by Braid.');
  await deps.client.call('POST', 'auth/token/revoke-accessor', { accessor });
  return (await deps.catalog.token(accessor))
    ? { state: 'accepted', detail: 'Vault took the revocation; the token is still listed', affected: 1 }
    : effective('token revoked with its children', 1);
}

export async function endAll(deps: Deps, externalId: string): Promise<Acted> {
  const who = await target(deps, externalId);
  if (!who) return effective('no such entity any more', 0);
  const told = new Set<string>();
  for (let waited = 0, pause = 20; ; waited += pause, pause = Math.min(pause * 2, 200)) {
    const left = (await tokensOf(deps, who)).filter((token) => !isOwn(deps, token));
    const detail = `${told.size - left.length} of ${count(told.size, 'token')} ended`;
    if (!left.length) return effective(detail, told.size);
    if (waited >= ENDED_WITHIN_MS)
      return { state: 'accepted', detail: `${detail}; ${left.length} still listed`, affected: told.size };
    for (const token of left) told.add(token.accessor);
    await abreast(left, ({ accessor }) => deps.client.call('POST', 'auth/token/revoke-accessor', { accessor }));
    if (waited) await sleep(pause);
  }
}

/** Leases only this identity can have made are revoked in step (`sync`), not queued, and listed again. */
export async function endLeases(deps: Deps, externalId: string): Promise<Acted> {
  const who = await target(deps, externalId);
  const paths = who ? (await leasePathsOf(deps, who)).filter((path) => path.own) : [];
  let ended = 0;
  for (const { path } of paths) {
    const before = await deps.catalog.leases(path);
    const answers = await abreast(before, ({ id }) =>
      deps.client.call('POST', 'sys/leases/revoke', { lease_id: id, sync: true }).catch((error) => {
        // What the credential's own system refused is the lease's fate, not the connection's.
        if (error instanceof BraidError && error.code === 'connector.unreachable')
          return { errors: [error.publicMessage] };
        throw error;
      }),
    );
    const left = await deps.catalog.leases(path);
    ended += before.length - left.length;
    if (left.length) {
      const why = answers.flatMap((answer) => answer.errors)[0];
      return {
        state: 'accepted',
        detail: `${count(left.length, 'lease')} of ${path} still there${why ? `: ${why}` : ''}`.slice(0, 500),
        affected: ended,
      };
    }
  }
  return effective(paths.length ? `${count(ended, 'lease')} revoked` : 'no leases that are its own alone', ended);
}

/** What would end beside the tokens, and what would not. */
export async function predict(deps: Deps, externalId: string): Promise<Hit[]> {
  const who = await find(deps, externalId);
  if (!who) return [];
  const hits: Hit[] = [];
  const aliases = who.entity?.aliases ?? [];
  if (aliases.length > 1)
    hits.push({
      what: `${aliases.length} ways to sign in: ${aliases.map((alias) => alias.mount).join(', ')}`.slice(0, 300),
      why: 'An entity is switched off whole: every alias of it is refused.',
    });
  for (const { path, own } of await leasePathsOf(deps, who)) {
    const leases = await deps.catalog.leases(path);
    if (!leases.length) continue;
    hits.push({
      what: `${count(leases.length, 'lease')} of ${path}`,
      why: own ? 'Nobody else may read this path: its leases end too.' : 'Others may read this path: its leases stay.',
      sessions: own ? leases.length : 0,
    });
  }
  return hits;
}
