import { createHash, createPrivateKey, generateKeyPair, type JsonWebKey, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { authorise } from '@/lib/access/authorise';
import { type Ctx, systemCtx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { type Tx, transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { seal, open as unseal } from '@/lib/platform/secrets';
import { insertKey, lockKeys, readKeys, type StoredKey, showKeysUntil } from '@/lib/signals/store';

/** A new key is shown this long before it signs, so that whoever keeps the set for a while knows it by then. */
const AHEAD_MS = 15 * 60_000;
/** The one before stays shown this long: what it signed may still be on its way. */
const BEHIND_MS = 7 * 86_400_000;
const ROTATE_MS = 90 * 86_400_000;
const BITS = 2048;

const purpose = (id: string): string => `signals.key:${id}`;
const opened = new Map<string, KeyObject>();

/** RFC 7638. */
const thumbprint = ({ e, kty, n }: JsonWebKey): string =>
  createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url');

async function make(tx: Tx, usedFrom: Date): Promise<string> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: BITS });
  const { e, kty, n } = publicKey.export({ format: 'jwk' });
  const id = thumbprint({ e, kty, n });
  await insertKey(tx, {
    id,
    publicJwk: { kty: kty!, n: n!, e: e!, kid: id, use: 'sig', alg: 'RS256' },
    sealedPrivate: seal(privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), purpose(id)),
    createdAt: clock.now(),
    usedFrom,
  });
  return id;
}

/** Those that are shown, the newest first; makes the first. */
async function ring(): Promise<StoredKey[]> {
  const now = clock.now();
  const known = await readKeys(null, now);
  if (known.length > 0) return known;
  return transaction(
    async (tx) => {
      await lockKeys(tx);
      if ((await readKeys(tx, now)).length === 0) {
        const id = await make(tx, now);
        await record(tx, systemCtx('shared signals'), {
          action: 'signal_key.create',
          target: { type: 'signal_key', id },
        });
      }
      return readKeys(tx, now);
    },
    { timeoutMs: 60_000 },
  );
}

/** The key that signs now. */
export async function signingKey(): Promise<{ kid: string; key: KeyObject }> {
  const keys = await ring();
  const now = clock.now();
  const key = keys.find((one) => one.usedFrom <= now) ?? keys.at(-1)!;
  const known = opened.get(key.id) ?? createPrivateKey(unseal(key.sealedPrivate, purpose(key.id)));
  opened.set(key.id, known);
  return { kid: key.id, key: known };
}

/** The public halves, as `jwks_uri` shows them (RFC 7517). */
export const shownKeys = async (): Promise<{ keys: object[] }> => ({
  keys: (await ring()).map(({ publicJwk }) => publicJwk as object),
});

/**
 * A new key signs from 15 minutes on, and what it follows stays shown for a week. `atOnce`: it signs now and the others are
 * no longer shown, for a key that is no longer only ours. Returns the new key's id.
 */
export async function rotateKey(ctx: Ctx, input: { atOnce: boolean }): Promise<{ id: string }> {
  authorise(ctx, 'signal.manage');
  const now = clock.ms();
  return transaction(
    async (tx) => {
      await lockKeys(tx);
      const usedFrom = new Date(input.atOnce ? now : now + AHEAD_MS);
      const id = await make(tx, usedFrom);
      await showKeysUntil(tx, id, new Date(input.atOnce ? now : usedFrom.getTime() + BEHIND_MS));
      const detail = { atOnce: input.atOnce, usedFrom: usedFrom.toISOString() };
      await record(tx, ctx, { action: 'signal_key.rotate', target: { type: 'signal_key', id }, detail });
      return { id };
    },
    { timeoutMs: 60_000 },
  );
}

/** Rotates a key that has signed for 90 days. */
export async function rotateIfDue(): Promise<void> {
  const [newest] = await readKeys(null, clock.now());
  if (newest && clock.ms() - newest.usedFrom.getTime() > ROTATE_MS)
    await rotateKey(systemCtx('shared signals'), { atOnce: false });
}
