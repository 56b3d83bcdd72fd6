import type { AccessKey, Principal } from '@/lib/connectors/aws/account-normalise';
import { KEYS_TAG } from '@/lib/connectors/aws/account-normalise';
import { type Deps, setKey, target } from '@/lib/connectors/aws/end';
import type { Rotated, Rotation } from '@/lib/connectors/contract';
import { BraidError } from '@/lib/platform/errors';

/** AWS's own words for what it makes. */
export const KEY_ID = 'access key id';
export const KEY = 'secret access key';
/** A user has no more keys than this. */
const MOST_KEYS = 2;

const unsupported = (why: string) => new BraidError('connector.unsupported', why);

const remove = ({ client }: Deps, user: string, key: string) =>
  client.ask('DeleteAccessKey', () =>
    client.iam.send(new client.iamSdk.DeleteAccessKeyCommand({ UserName: user, AccessKeyId: key })),
  );

/** What a try that nobody saw the end of has made, and, where there is no room, an inactive key or else the oldest. */
function toRemove(keys: AccessKey[], since: string): { unseen: AccessKey[]; room: AccessKey[] } {
  // IAM tells when a key was made in whole seconds.
  const from = Math.floor(Date.parse(since) / 1_000) * 1_000;
  const unseen = keys.filter((key) => key.createdAt !== null && Date.parse(key.createdAt) >= from);
  const rest = keys
    .filter((key) => !unseen.includes(key))
    .sort((a, b) => Number(a.active) - Number(b.active) || (a.createdAt ?? '').localeCompare(b.createdAt ?? ''));
  return { unseen, room: rest.slice(0, Math.max(0, rest.length - MOST_KEYS + 1)) };
}

/** A user, whose keys are its own. Throws `connector.unsupported` for roles and for who is gone. */
async function userOf(deps: Deps, arn: string): Promise<Principal> {
  const found = await target(deps, arn);
  if (!found) throw unsupported('There is no such user any more.');
  if (found.kind === 'role')
    throw unsupported(
      'A role has no secret: who may assume it comes in with a secret of its own, which is rotated there.',
    );
  return found;
}

/**
 * A new access key; the others are made inactive and forgotten by a block, so that restoring brings none of them back. Where
 * there are two already, one is deleted first: in a rotation it opens nothing anyway.
 */
export async function rotateSecret(deps: Deps, arn: string, { since }: Rotation): Promise<Rotated> {
  const { client, account } = deps;
  const user = await userOf(deps, arn);
  const keys = await account.keys(user.name, true);
  const { unseen, room } = toRemove(keys, since);
  for (const key of [...unseen, ...room]) await remove(deps, user.name, key.id);
  const made = await client.ask('CreateAccessKey', () =>
    client.iam.send(new client.iamSdk.CreateAccessKeyCommand({ UserName: user.name })),
  );
  const { AccessKeyId: id, SecretAccessKey: secret } = made?.AccessKey ?? {};
  const nothing = { affected: 0, secret: {}, replaced: [] };
  if (!id || !secret) return { state: 'failed', detail: 'AWS answered without a key', ...nothing };
  const before = keys.filter((key) => !unseen.includes(key) && !room.includes(key));
  for (const key of before) if (key.active) await setKey(deps, user.name, key.id, false);
  if (KEYS_TAG in user.tags)
    await client.ask('UntagUser', () =>
      client.iam.send(new client.iamSdk.UntagUserCommand({ UserName: user.name, TagKeys: [KEYS_TAG] })),
    );
  account.forget();
  const active = (await account.keys(user.name, true)).filter((key) => key.active).map((key) => key.id);
  if (active.length !== 1 || active[0] !== id)
    return {
      state: 'failed',
      detail: `IAM took it, and these keys are active: ${active.join(', ') || 'none'}`,
      ...nothing,
    };
  const idle = before.map((key) => key.id).join(', ');
  const deleted = room.map((key) => key.id).join(', ');
  const earlier = unseen.map((key) => key.id).join(', ');
  return {
    state: 'effective',
    detail: [
      `${id} is the one active key`,
      ...(idle ? [`${idle} inactive`] : []),
      ...(earlier ? [`${earlier} deleted: it was made since the rotation was asked for`] : []),
      ...(deleted ? [`${deleted} deleted to make room: a user has two keys at most`] : []),
    ].join('; '),
    affected: 1,
    secret: { [KEY_ID]: id, [KEY]: secret },
    replaced: keys.map((key) => key.id),
  };
}
