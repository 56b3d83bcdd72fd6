import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { BraidError } from '@/lib/platform/errors';

/** Attempts within 15 minutes: of one e-mail from one address, of one e-mail from anywhere, of one address for any e-mail. */
const WINDOW_SECS = 15 * 60;
const limiter = (name: string, points: number) =>
  new RateLimiterMemory({ keyPrefix: name, points, duration: WINDOW_SECS });

// On globalThis because Next loads a module once per bundle, and each copy would count for itself.
const held = globalThis as typeof globalThis & { __braidAttempts?: Record<'pair' | 'email' | 'ip', RateLimiterMemory> };

function limiters() {
  held.__braidAttempts ??= { pair: limiter('pair', 5), email: limiter('email', 30), ip: limiter('ip', 100) };
  return held.__braidAttempts;
}

/** Counts one attempt to sign in. Throws `access.rate_limited` beyond the limits; `forget` gives the attempt back after a success. */
export async function limitAttempts(email: string, ip: string): Promise<{ forget: () => Promise<void> }> {
  const { pair, email: byEmail, ip: byIp } = limiters();
  const pairKey = `${email} ${ip}`;
  try {
    await pair.consume(pairKey);
    await byEmail.consume(email);
    await byIp.consume(ip);
  } catch (cause) {
    if (!(cause instanceof RateLimiterRes)) throw cause;
    const minutes = Math.max(1, Math.ceil(cause.msBeforeNext / 60_000));
    throw new BraidError(
      'access.rate_limited',
      `Too many attempts. Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`,
    );
  }
  return {
    forget: async () => {
      await Promise.all([pair.delete(pairKey), byEmail.reward(email), byIp.reward(ip)]);
    },
  };
}
