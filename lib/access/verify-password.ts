import { verify } from '@node-rs/argon2';
import { hashPassword } from '@/lib/access/hash-password';
import { newSecret } from '@/lib/platform/ids';

let decoy: Promise<string> | undefined;

/** Compares a password with a stored hash. Without a hash it does the same work and answers false, so that time tells nothing. */
export async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  decoy ??= hashPassword(newSecret());
  const matches = await verify(stored ?? (await decoy), password).catch(() => false);
  return matches && stored !== undefined;
}
