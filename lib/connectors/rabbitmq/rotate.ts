import { randomBytes } from 'node:crypto';
import type { Rotated, Rotation } from '@/lib/connectors/contract';
import { type Deps, failed, guard, isRefusal, userOf, write } from '@/lib/connectors/rabbitmq/end';
import { type Account, madeWith, passwordWorks, unfitFor } from '@/lib/connectors/rabbitmq/normalise';
import { hashOf, isHashOf, SALT_BYTES } from '@/lib/connectors/rabbitmq/password-format';
import { BraidError } from '@/lib/platform/errors';

const USUAL = 'rabbit_password_hashing_sha256';

/** What its next password is hashed with: as the one it has, and MD5 no longer. */
const algorithmFor = (user: Account): string => {
  const made = madeWith(user.hash);
  return made === null || made === 'rabbit_password_hashing_md5' ? USUAL : made;
};

/** Is its password, whether a block made it unusable or not, this one? */
export const keeps = (user: Account, password: string): boolean =>
  isHashOf(user.hash, password, madeWith(user.hash) ?? USUAL);

/** Another hash, tags and limits as they were: a user has one password. A blocked one stays blocked, and is given back with the new one. */
export async function rotate(deps: Deps, name: string, { fresh }: Rotation): Promise<Rotated> {
  guard(deps, name);
  const user = await userOf(deps, name);
  if (!user)
    throw new BraidError(
      'connector.unsupported',
      `${name} is not in RabbitMQ’s own database: its secret is kept elsewhere.`,
    );
  if (user.hash === '')
    throw new BraidError(
      'connector.unsupported',
      `${name} has no password: it comes in with certificates or by another backend.`,
    );
  const nothing = { secret: {}, replaced: [] };
  const blocked = !passwordWorks(user);
  const but = blocked ? '; it is shut out, and stays so' : '';
  const already = keeps(user, fresh);
  try {
    if (!already) {
      const algorithm = algorithmFor(user);
      const hash = hashOf(fresh, randomBytes(SALT_BYTES), algorithm);
      await write(deps.client, { ...user, hash }, blocked ? unfitFor(hash) : algorithm);
    }
    const after = await userOf(deps, name);
    const same = after?.maxConnections === user.maxConnections && `${after?.tags}` === `${user.tags}`;
    if (!after || !same || !keeps(after, fresh) || passwordWorks(after) === blocked)
      return { ...failed('the new password was accepted, but the user is not as it should be now'), ...nothing };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { ...failed(`${error.publicMessage} Braid’s user needs the tag administrator.`), ...nothing };
  }
  const detail = `${already ? 'already the new password' : 'password replaced'}${but}`;
  return { state: 'effective', detail, affected: already ? 0 : 1, secret: { password: fresh }, replaced: [] };
}
