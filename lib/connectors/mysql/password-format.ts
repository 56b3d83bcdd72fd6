import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';

// What a server stores of a password, made here: MariaDB writes statements with passwords into its logs as they are.

const sha1 = (data: string | Buffer): Buffer => createHash('sha1').update(data).digest();

/** A private key of 32 bytes as PKCS #8 has it (RFC 8410). */
const SEED = Buffer.from('302e020100300506032b657004220420', 'hex');
/** MariaDB takes a password of any length as the seed, the standard takes 32 bytes: so that is how long ours is there. */
const SEED_LENGTH = 32;

/** The password a plugin gets, made of a random secret. */
export const passwordFor = (plugin: string, fresh: string): string =>
  plugin === 'ed25519' ? fresh.slice(0, SEED_LENGTH) : fresh;

/** What MariaDB keeps of it; null: only the server can make it. */
export function storedOf(plugin: string, password: string): string | null {
  if (plugin === 'mysql_native_password') return `*${sha1(sha1(password)).toString('hex').toUpperCase()}`;
  const seed = Buffer.from(password);
  if (plugin !== 'ed25519' || seed.length !== SEED_LENGTH) return null;
  const key = createPrivateKey({ key: Buffer.concat([SEED, seed]), format: 'der', type: 'pkcs8' });
  return createPublicKey(key)
    .export({ format: 'der', type: 'spki' })
    .subarray(-32)
    .toString('base64')
    .replace(/=+$/, '');
}

/** Ways to authenticate that take a password the server itself keeps, the best first. */
const OWN = [
  'ed25519',
  'parsec',
  'caching_sha2_password',
  'sha256_password',
  'mysql_native_password',
  'mysql_old_password',
];

export const takesPassword = (plugin: string): boolean => OWN.includes(plugin);

/** Which of an account's plugins its new password is for; null: none takes one. */
export function pluginFor(plugins: string[]): string | null {
  const found = OWN.find((one) => plugins.includes(one)) ?? null;
  return found === 'mysql_old_password' ? 'mysql_native_password' : found;
}
