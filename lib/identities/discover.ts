import { hint } from '@/lib/db/hint';
import type { Tx } from '@/lib/db/transaction';
import type { Discovered } from '@/lib/identities/model';
import { type Found, resolve } from '@/lib/identities/resolve-state';
import {
  adoptAliases,
  insertAliases,
  insertIdentities,
  lockNamespaces,
  namesOf,
  unlinkedOf,
  updateIdentities,
  upsertCredentials,
} from '@/lib/identities/store';
import { newId } from '@/lib/platform/ids';

const namespacesOf = (found: Discovered[]): string[] =>
  found.flatMap((one) => [one.issuer, ...(one.alsoKnownAs ?? []).map((other) => other.issuer)]);

/**
 * Makes known what a system, log or platform says about identities; idempotent. Ids come back in input order.
 *
 * An identity is found by its alias (issuer, type, externalId), else by type `*` of that issuer, else by a name it also
 * goes by. Who was so far only named by a caller of the decision API becomes managed; an active one's names mean it from now
 * on, a paused or revoked one keeps its own. A name that an analyst took from it stays away. What people set (owner, purpose,
 * environment, limit) is never overwritten; a kind is only made more specific.
 */
export async function discover(tx: Tx, found: Discovered[]): Promise<string[]> {
  if (found.length === 0) return [];
  await lockNamespaces(tx, namespacesOf(found));
  const known = await namesOf(tx, found);
  const resolved: Found[] = resolve(found, known, await unlinkedOf(tx, found), newId);
  const fresh = resolved.filter((one) => one.fresh);
  await insertIdentities(tx, fresh);
  const changed = await updateIdentities(tx, resolved);
  await insertAliases(tx, resolved);
  await adoptAliases(tx, resolved);
  await upsertCredentials(tx, resolved);
  const touched = [...new Set([...fresh.map((one) => one.id), ...changed])];
  if (touched.length > 0) await hint(tx, 'identity', touched);
  return resolved.map((one) => one.id);
}
