import { hint } from '@/lib/db/hint';
import type { Tx } from '@/lib/db/transaction';
import { closeUnlisted, upsertCredentials } from '@/lib/identities/credentials/store';
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
} from '@/lib/identities/store';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';

const namespacesOf = (found: Discovered[]): string[] =>
  found.flatMap((one) => [one.issuer, ...(one.alsoKnownAs ?? []).map((other) => other.issuer)]);

/**
 * Makes known what a system, log or platform says about identities; idempotent. Ids come back in input order.
 *
 * An identity is found by its alias (issuer, type, externalId), else by type `*` of that issuer, else by a name it also
 * goes by. Who was so far only named by a caller of the decision API becomes managed; an active one's names mean it from now
 * on, a paused or revoked one keeps its own. A name that an analyst took from it stays away. What people set (owner, purpose,
 * environment, limit) is never overwritten; a kind is only made more specific. What a connected system tells of an identity
 * names all credentials it has there: one it no longer names is over.
 * `complete`: `found` is everything its system has.
 */
export async function discover(tx: Tx, found: Discovered[], { complete = false } = {}): Promise<string[]> {
  if (found.length === 0) return [];
  await lockNamespaces(tx, namespacesOf(found));
  const known = await namesOf(tx, found);
  const resolved: Found[] = resolve(found, known, await unlinkedOf(tx, found), newId);
  const fresh = resolved.filter((one) => one.fresh);
  await insertIdentities(tx, fresh);
  const changed = await updateIdentities(tx, resolved);
  await insertAliases(tx, resolved);
  await adoptAliases(tx, resolved);
  const at = clock.now();
  await upsertCredentials(tx, resolved, at);
  await closeUnlisted(tx, resolved, at, complete);
  const touched = [...new Set([...fresh.map((one) => one.id), ...changed])];
  if (touched.length > 0) await hint(tx, 'identity', touched);
  return resolved.map((one) => one.id);
}
