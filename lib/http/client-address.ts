/**
 * The caller's address: the last entry of X-Forwarded-For, which is what the nearest proxy (or Next itself) appended.
 * Anything before it was written by the caller and proves nothing.
 */
export function clientAddress(headers: Headers): string {
  const last = (headers.get('x-forwarded-for') ?? '').split(',').at(-1)?.trim();
  return last ? last.slice(0, 64) : 'unknown';
}
