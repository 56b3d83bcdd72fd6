import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { env } from '@/lib/platform/env';
import { BraidError } from '@/lib/platform/errors';

interface Key {
  id: string;
  bytes: Buffer;
}

const keyOf = (text: string): Key => {
  const bytes = createHash('sha256').update(`braid.seal.v1:${text}`).digest();
  return { id: createHash('sha256').update(bytes).digest('hex').slice(0, 8), bytes };
};

let ring: Key[] | undefined;

/**
 * The key ring: BRAID_SECRET_KEY holds one or more keys separated by commas, the first seals, all open (so a key can be
 * rotated). Absent, a key is generated into BRAID_HOME/secret.key with mode 600; with DATABASE_URL it must be given.
 */
function keys(): Key[] {
  if (ring) return ring;
  const { BRAID_SECRET_KEY, DATABASE_URL, BRAID_HOME, BRAID_PROCESS } = env();
  if (BRAID_SECRET_KEY) {
    ring = BRAID_SECRET_KEY.split(',').map((text) => keyOf(text.trim()));
    return ring;
  }
  const file = path.join(BRAID_HOME, 'secret.key');
  if (!fs.existsSync(file)) {
    if (DATABASE_URL && !BRAID_PROCESS) {
      throw new BraidError(
        'start.config',
        'BRAID_SECRET_KEY is required with DATABASE_URL: it opens the secrets stored there.',
      );
    }
    fs.mkdirSync(BRAID_HOME, { recursive: true });
    fs.writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
  }
  ring = [keyOf(fs.readFileSync(file, 'utf8').trim())];
  return ring;
}

/** Seals a text with AES-256-GCM. `purpose` is authenticated (AAD): a value sealed for one row can't be opened as another's. */
export function seal(plain: string, purpose: string): string {
  const key = keys()[0]!;
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key.bytes, iv);
  cipher.setAAD(Buffer.from(purpose));
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return [
    'v1',
    key.id,
    iv.toString('base64url'),
    body.toString('base64url'),
    cipher.getAuthTag().toString('base64url'),
  ].join('.');
}

/** Opens what `seal` made. Throws `internal` when the key is not in the ring or a byte was changed. */
export function open(sealed: string, purpose: string): string {
  const [version, keyId, iv, body, tag] = sealed.split('.');
  const key = keys().find((candidate) => candidate.id === keyId);
  if (version !== 'v1' || !key) {
    throw new BraidError('internal', 'A stored secret was sealed with a key that BRAID_SECRET_KEY no longer holds.');
  }
  try {
    const decipher = createDecipheriv('aes-256-gcm', key.bytes, Buffer.from(iv!, 'base64url'));
    decipher.setAAD(Buffer.from(purpose));
    decipher.setAuthTag(Buffer.from(tag!, 'base64url'));
    return Buffer.concat([decipher.update(Buffer.from(body!, 'base64url')), decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new BraidError('internal', 'A stored secret could not be opened: it was changed, or belongs elsewhere.', {
      cause,
    });
  }
}

const MAGIC = Buffer.from('BS1');
const HEAD = MAGIC.length + 8 + 12 + 16;

/** Seals bytes as `seal` does a text: key id, nonce and tag before the ciphertext, 39 bytes in all. */
export function sealBytes(plain: Uint8Array, purpose: string): Buffer {
  const key = keys()[0]!;
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key.bytes, iv);
  cipher.setAAD(Buffer.from(purpose));
  const body = [cipher.update(plain), cipher.final()];
  return Buffer.concat([MAGIC, Buffer.from(key.id), iv, cipher.getAuthTag(), ...body]);
}

/** Opens what `sealBytes` made. Throws `internal` when the key is not in the ring or a byte was changed. */
export function openBytes(sealed: Buffer, purpose: string): Buffer {
  const keyId = sealed.subarray(MAGIC.length, MAGIC.length + 8).toString('latin1');
  const key = keys().find((candidate) => candidate.id === keyId);
  if (sealed.length < HEAD || !sealed.subarray(0, MAGIC.length).equals(MAGIC) || !key) {
    throw new BraidError('internal', 'It was sealed with a key that BRAID_SECRET_KEY does not hold here.');
  }
  try {
    const from = MAGIC.length + 8;
    const decipher = createDecipheriv('aes-256-gcm', key.bytes, sealed.subarray(from, from + 12));
    decipher.setAAD(Buffer.from(purpose));
    decipher.setAuthTag(sealed.subarray(from + 12, HEAD));
    return Buffer.concat([decipher.update(sealed.subarray(HEAD)), decipher.final()]);
  } catch (cause) {
    throw new BraidError('internal', 'What was sealed could not be opened: it was changed, or belongs elsewhere.', {
      cause,
    });
  }
}

/** The keys derived for another use from every key of the ring, the present one first. */
export const deriveKeys = (purpose: string): string[] =>
  keys().map((key) => createHash('sha256').update(`braid.derive.v1:${purpose}:`).update(key.bytes).digest('base64url'));

/** A key derived for another use (session cookies, signatures), so that one secret never serves two purposes. */
export const deriveKey = (purpose: string): string => deriveKeys(purpose)[0]!;
