import { rotatedSince } from '@/lib/connectors/blocked-since';
import type { Rotated, Rotation } from '@/lib/connectors/contract';
import { meant, turn } from '@/lib/connectors/google/act';
import { refusedBy } from '@/lib/connectors/google/client';
import { keyId, targetOf } from '@/lib/connectors/google/found-normalise';
import { type Deps, keysOf, nameOf } from '@/lib/connectors/google/read';
import { BraidError } from '@/lib/platform/errors';
import { objectOf, textOf } from '@/lib/sessions/loose-model';

/** The members of Google's own key file that say which it is, and the file. */
export const KEY_ID = 'private key id';
export const KEY_FILE = 'key file';
/** A service account has no more keys than this that people made, disabled ones among them. */
const MOST_KEYS = 10;

export interface Key {
  id: string;
  enabled: boolean;
  madeAt: string;
}

const unsupported = (why: string) => new BraidError('connector.unsupported', why);

/** Keys that people made or uploaded. Google's own are never handed out. */
export async function userKeys(deps: Deps, email: string): Promise<Key[]> {
  return (await keysOf(deps, email)).flatMap((raw) => {
    const [one, id] = [objectOf(raw), keyId(raw)];
    return id ? [{ id, enabled: one.disabled !== true, madeAt: textOf(one.validAfterTime, 40) ?? '' }] : [];
  });
}

/** Google tells when a key was made in whole seconds. */
const madeSince = (key: Key, since: string): boolean =>
  Date.parse(key.madeAt) >= Math.floor(Date.parse(since) / 1_000) * 1_000;

/** What a try that nobody saw the end of has made, and, where there is no room, a disabled key or else the oldest. */
function toRemove(keys: Key[], since: string): Key[] {
  const unseen = keys.filter((key) => madeSince(key, since));
  const rest = keys
    .filter((key) => !unseen.includes(key))
    .sort((a, b) => Number(a.enabled) - Number(b.enabled) || a.madeAt.localeCompare(b.madeAt));
  return [...unseen, ...rest.slice(0, Math.max(0, rest.length - MOST_KEYS + 1))];
}

/** Makes the service account another key, and disables every other that people made. */
export async function rotateSecret(deps: Deps, externalId: string, rotation: Rotation): Promise<Rotated> {
  const found = await meant(deps, externalId);
  const target = targetOf(externalId);
  if (!found || !target) throw unsupported('Google Cloud has no such identity any more.');
  if (target.kind === 'key')
    throw unsupported('A key is not changed: rotate its service account, which gets another one.');
  const keys = await userKeys(deps, target.email);
  if (!keys.length)
    throw unsupported('It has no key: what runs as it is given its tokens by Google, or by another platform.');
  const failed = (detail: string): Rotated => ({
    state: 'failed',
    detail: detail.slice(0, 500),
    affected: 0,
    secret: {},
    replaced: [],
  });
  const removed = toRemove(keys, rotation.since);
  for (const { id } of removed) {
    const reply = await deps.client.send('iam', 'DELETE', nameOf({ kind: 'key', email: target.email, key: id }));
    if (reply.status !== 200 && reply.status !== 404) return failed(refusedBy('DELETE keys', reply).publicMessage);
  }
  const json = { privateKeyType: 'TYPE_GOOGLE_CREDENTIALS_FILE' };
  const reply = await deps.client.send('iam', 'POST', `${nameOf(target)}/keys`, { json });
  const [id, data] = [keyId(reply.body), textOf(objectOf(reply.body).privateKeyData, 20_000)];
  if (reply.status !== 200 || !id || !data) return failed(refusedBy('POST keys', reply).publicMessage);
  for (const key of keys.filter((one) => one.enabled && !removed.includes(one))) {
    const done = await turn(deps, `key:${key.id}@${target.email}`, false);
    if (done.state === 'failed') return failed(done.detail);
  }
  const enabled = (await userKeys(deps, target.email)).filter((key) => key.enabled);
  const alone = enabled.length === 1 && enabled[0]?.id === id;
  if (alone) await rotatedSince(deps.notes, externalId, rotation);
  const named = (since: boolean) =>
    removed.filter((key) => madeSince(key, rotation.since) === since).map((key) => key.id.slice(0, 8));
  const [earlier, room] = [named(true), named(false)];
  return {
    state: alone ? 'effective' : 'accepted',
    detail: [
      `key ${id.slice(0, 8)} is the one enabled key`,
      ...(earlier.length ? [`${earlier.join(', ')} deleted: made since the rotation was asked for`] : []),
      ...(room.length ? [`${room.join(', ')} deleted to make room: ${MOST_KEYS} are the most`] : []),
      ...(alone ? [] : ['not yet shown as done']),
    ].join('; '),
    affected: 1,
    secret: { [KEY_ID]: id, [KEY_FILE]: Buffer.from(data, 'base64').toString('utf8') },
    replaced: keys.map((key) => `key:${key.id}`),
  };
}
