import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { deriveKeys } from '@/lib/platform/secrets';

// Ed25519 signatures (RFC 8032) of what has to be believed outside this installation. The key follows from BRAID_SECRET_KEY,
// so whoever keeps that keeps this, and a retired key stays known as long as it stands in the ring.

/** PKCS #8 of an Ed25519 key up to its 32 bytes (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

interface SigningKey {
  id: string;
  private: KeyObject;
  /** SPKI, DER. */
  spki: Buffer;
}

let known: SigningKey[] | undefined;

/** Name of a public key: the first 16 hex digits of the SHA-256 of its SPKI. */
export const keyId = (spki: Uint8Array): string => createHash('sha256').update(spki).digest('hex').slice(0, 16);

function signingKeys(): SigningKey[] {
  known ??= deriveKeys('log.checkpoint').map((seed) => {
    const key = createPrivateKey({
      key: Buffer.concat([PKCS8, Buffer.from(seed, 'base64url')]),
      format: 'der',
      type: 'pkcs8',
    });
    const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
    return { id: keyId(spki), private: key, spki };
  });
  return known;
}

/** The present public key. */
export function publicKey(): { id: string; spki: Buffer; pem: string } {
  const { id, spki } = signingKeys()[0]!;
  return { id, spki, pem: pemOf(spki) };
}

const pemOf = (spki: Uint8Array): string =>
  createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
    .export({ format: 'pem', type: 'spki' })
    .toString();

/** SPKI of a PEM text. Throws when it is none of an Ed25519 key. */
export function spkiOf(pem: string): Buffer {
  const key = createPublicKey(pem);
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('not an Ed25519 key');
  return key.export({ format: 'der', type: 'spki' });
}

/** Every public key of the ring, the present one first. */
export const ownKeys = (): Buffer[] => signingKeys().map((key) => key.spki);

export const signText = (text: string): Buffer => sign(null, Buffer.from(text), signingKeys()[0]!.private);

/** Whether `signature` is of this text by this key. Never throws. */
export function isSigned(text: string, signature: Uint8Array, spki: Uint8Array): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' && verify(null, Buffer.from(text), key, signature);
  } catch {
    return false;
  }
}
