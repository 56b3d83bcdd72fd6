import { createHash } from 'node:crypto';
import type { NativeSession } from '@/lib/connectors/model';
import type { Held } from '@/lib/connectors/oidc/settings-model';

/** Names a held token without telling it. */
export const fingerprint = (token: string): string => createHash('sha256').update(token).digest('hex').slice(0, 24);

const iso = (secs: unknown, otherwise: number): string => {
  const at = typeof secs === 'number' && !Number.isNaN(new Date(secs * 1000).getTime()) ? secs * 1000 : otherwise;
  return new Date(at).toISOString();
};

/** When a self-contained token expires, ms; null: it is opaque, or says nothing of it. Its signature is its receivers' affair. */
export function expiryOf(token: string): number | null {
  const body = token.split('.');
  if (body.length !== 3) return null;
  try {
    const { exp } = JSON.parse(Buffer.from(body[1]!, 'base64url').toString('utf8')) as { exp?: unknown };
    return typeof exp === 'number' && !Number.isNaN(new Date(exp * 1000).getTime()) ? exp * 1000 : null;
  } catch {
    return null;
  }
}

/** A held token that the provider calls active: the span of access Braid can see and end. */
export const toSession = (
  held: Held,
  told: { jti?: string | undefined; iat?: number | undefined; exp?: number | undefined },
  nowMs: number,
): NativeSession => ({
  key: told.jti?.slice(0, 200) || `token:${fingerprint(held.value)}`,
  externalIdentityId: held.client,
  kind: 'api',
  label: held.kind === 'refresh_token' ? 'refresh token held by Braid' : 'access token held by Braid',
  startedAt: iso(told.iat, nowMs),
  lastEventAt: iso(told.iat, nowMs),
  idle: false,
  credential: `token:${fingerprint(held.value)}`,
  native: { held: fingerprint(held.value), token: held.kind, expiresAt: told.exp ? iso(told.exp, nowMs) : null },
});
