import { BraidError } from '@/lib/platform/errors';

/** How long an HTTP answer asks to be left alone, milliseconds: Retry-After as RFC 9110 writes it, seconds or a date. */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (!header) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - nowMs;
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

/**
 * What an HTTP answer that is no success means to a connector: 429 and 503 with Retry-After `connector.limited`, other 5xx
 * `connector.unreachable`, the rest `connector.refused`. `said` is told to people: never a body with secrets in it.
 */
export function refusalOf(status: number, retryAfter: string | null, nowMs: number, said: string): BraidError {
  const wait = retryAfterMs(retryAfter, nowMs);
  if (status === 429 || (status === 503 && wait))
    return new BraidError('connector.limited', `${said} It asks to be asked less often.`, {
      detail: wait ? { retryAfterMs: wait } : undefined,
    });
  return new BraidError(status >= 500 ? 'connector.unreachable' : 'connector.refused', said);
}
