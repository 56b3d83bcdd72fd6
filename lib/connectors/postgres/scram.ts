import { createHash, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';

// What PostgreSQL stores of a password (RFC 5803, as it writes it): made here, so that no statement holds the password itself.

const ITERATIONS = 4096;
const MOST_ITERATIONS = 1_000_000;

function keysOf(password: string, salt: Buffer, iterations: number): { stored: Buffer; server: Buffer } {
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const key = (name: string) => createHmac('sha256', salted).update(name).digest();
  return { stored: createHash('sha256').update(key('Client Key')).digest(), server: key('Server Key') };
}

/** `password` is plain ASCII, which SASLprep leaves as it is. */
export function verifierOf(password: string, salt: Buffer): string {
  const { stored, server } = keysOf(password, salt, ITERATIONS);
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${stored.toString('base64')}:${server.toString('base64')}`;
}

/** Was this made of the password? false for what is no SCRAM verifier. */
export function isVerifierOf(verifier: string, password: string): boolean {
  const found = /^SCRAM-SHA-256\$(\d{1,7}):([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+):/.exec(verifier);
  if (!found || Number(found[1]) < 1 || Number(found[1]) > MOST_ITERATIONS) return false;
  const kept = Buffer.from(found[3]!, 'base64');
  const { stored } = keysOf(password, Buffer.from(found[2]!, 'base64'), Number(found[1]));
  return kept.length === stored.length && timingSafeEqual(kept, stored);
}
