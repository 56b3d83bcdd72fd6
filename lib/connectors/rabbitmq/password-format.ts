import { createHash } from 'node:crypto';

/** RabbitMQ's names of what it hashes passwords with, by how the digest is called elsewhere. */
const DIGESTS: Record<string, string> = {
  rabbit_password_hashing_md5: 'md5',
  rabbit_password_hashing_sha256: 'sha256',
  rabbit_password_hashing_sha512: 'sha512',
};

const digest = (algorithm: string, salt: Buffer, password: string): Buffer =>
  createHash(DIGESTS[algorithm] ?? 'sha256')
    .update(salt)
    .update(password)
    .digest();

export const SALT_BYTES = 4;

/** What RabbitMQ keeps of a password: salt and digest, in base64. */
export const hashOf = (password: string, salt: Buffer, algorithm: string): string =>
  Buffer.concat([salt, digest(algorithm, salt, password)]).toString('base64');

export function isHashOf(hash: string, password: string, algorithm: string): boolean {
  const salt = Buffer.from(hash, 'base64').subarray(0, SALT_BYTES);
  return hash !== '' && hashOf(password, salt, algorithm) === hash;
}
