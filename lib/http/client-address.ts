import { env } from '@/lib/platform/env';

/**
 * The caller's address. The console appends the address it was reached from to X-Forwarded-For (server/console.ts), so the
 * last entry is true; BRAID_TRUSTED_PROXIES says how many before it were appended by proxies of ours. What stands before
 * those was written by the caller and proves nothing.
 */
export function clientAddress(headers: Headers): string {
  const entries = (headers.get('x-forwarded-for') ?? '').split(',').map((entry) => entry.trim());
  const address = entries.at(-1 - env().BRAID_TRUSTED_PROXIES) ?? entries[0];
  return address ? address.slice(0, 64) : 'unknown';
}
