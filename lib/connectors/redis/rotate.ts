import { createHash } from 'node:crypto';
import type { Rotated, Rotation } from '@/lib/connectors/contract';
import type { Node } from '@/lib/connectors/redis/client';
import { type Deps, guard, keep, together } from '@/lib/connectors/redis/end';
import { type Login, loginOf } from '@/lib/connectors/redis/fleet';
import { BraidError } from '@/lib/platform/errors';

/** As Redis keeps a password: the hash is what it is sent, so that the password is in no command. */
export const hashOf = (password: string): string => createHash('sha256').update(password).digest('hex');

/** Does this password open it, and no other, nor none at all? */
export const onlyBy = ({ nopass, passwords }: Login, hash: string): boolean =>
  !nopass && passwords.length === 1 && passwords[0] === hash;

/** Where a user has no password and needs one, none opens it: setting one would open a door. */
export const isShut = ({ nopass, passwords }: Login): boolean => !nopass && passwords.length === 0;

async function set(node: Node, user: string, hash: string, persist: Deps['persist']): Promise<number> {
  const before = await loginOf(node, user);
  if (before === undefined || isShut(before)) return 0; // SETUSER would make it, or let it in
  const already = onlyBy(before, hash);
  if (!already) await node.send('ACL', 'SETUSER', user, 'resetpass', `#${hash}`);
  await keep(node, persist);
  const after = await loginOf(node, user);
  if (after !== undefined && !onlyBy(after, hash))
    throw new BraidError('connector.refused', `${node.name}: the new password was accepted, but somebody undid it.`);
  return already ? 0 : 1;
}

/** ACL SETUSER … resetpass and the new hash on every node, read back: every other password of it is gone, and `nopass` too. */
export async function rotate(deps: Deps, user: string, { fresh }: Rotation): Promise<Rotated> {
  await guard(deps, user);
  const known = await deps.fleet.each((node) => loginOf(node, user));
  if (known.every((one) => !one.error && one.value === undefined))
    throw new BraidError('connector.unsupported', `There is no user ${user} here.`);
  if (known.every((one) => !one.error && (!one.value || isShut(one.value))))
    throw new BraidError('connector.unsupported', `${user} has no password here to be changed.`);
  const hash = hashOf(fresh);
  const said = await deps.fleet.each((node) => set(node, user, hash, deps.persist));
  const acted = together(said, 'password replaced, all others gone', 'already the new password');
  return { ...acted, secret: acted.state === 'failed' ? {} : { password: fresh }, replaced: [] };
}
