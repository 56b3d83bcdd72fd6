import { timingSafeEqual } from 'node:crypto';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { newSecret, sha256Hex } from '@/lib/platform/ids';
import { findGrant, findReceiver, insertGrant, type StoredReceiver, seenReceiver } from '@/lib/signals/store';
import type { SsfScope } from '@/lib/signals/stream-model';
import { SCOPES, TOKEN_SECS } from '@/lib/signals/stream-model';

const PREFIX = 'brs_';
const TOUCH_MS = 60_000;
const ID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

/** Of RFC 6749 section 5.2. */
export class TokenError extends Error {
  constructor(
    readonly error: 'invalid_request' | 'invalid_client' | 'unsupported_grant_type' | 'invalid_scope',
    description: string,
  ) {
    super(description);
  }
}

const sameHash = (a: string, b: string): boolean => timingSafeEqual(Buffer.from(a, 'hex'), Buffer.from(b, 'hex'));

/** What a client says of itself: by HTTP Basic, or in the form (RFC 6749 section 2.3.1). */
export function clientOf(header: string | null, form: URLSearchParams): { id: string; secret: string } {
  const [scheme, given] = (header ?? '').split(' ');
  if (scheme?.toLowerCase() === 'basic' && given) {
    const text = Buffer.from(given, 'base64').toString('utf8');
    const at = text.indexOf(':');
    const part = (value: string) => decodeURIComponent(value.replaceAll('+', ' '));
    try {
      return { id: part(text.slice(0, at)), secret: part(text.slice(at + 1)) };
    } catch {
      throw new TokenError('invalid_client', 'The credentials can’t be read.');
    }
  }
  return { id: form.get('client_id') ?? '', secret: form.get('client_secret') ?? '' };
}

/** Client credentials for an access token that is good for an hour. Throws TokenError. */
export async function issueToken(client: { id: string; secret: string }, form: URLSearchParams) {
  if (form.get('grant_type') !== 'client_credentials')
    throw new TokenError('unsupported_grant_type', 'The grant is client_credentials.');
  const receiver = ID.test(client.id) ? await findReceiver(client.id) : null;
  const right = receiver && receiver.state === 'enabled' && sameHash(receiver.secretHash, sha256Hex(client.secret));
  if (!right) throw new TokenError('invalid_client', 'The client is unknown, disabled, or its secret is another.');
  const asked = (form.get('scope') ?? '').split(/\s+/).filter(Boolean);
  const scopes = asked.length > 0 ? asked : receiver.scopes;
  if (!scopes.every((scope) => receiver.scopes.includes(scope)))
    throw new TokenError('invalid_scope', `This client may have: ${receiver.scopes.join(' ')}.`);
  const token = `${PREFIX}${newSecret()}`;
  const now = clock.ms();
  await insertGrant({
    hash: sha256Hex(token),
    receiverId: receiver.id,
    scopes,
    issuedAt: new Date(now),
    expiresAt: new Date(now + TOKEN_SECS * 1000),
  });
  return { access_token: token, token_type: 'Bearer', expires_in: TOKEN_SECS, scope: scopes.join(' ') };
}

/**
 * The receiver behind the bearer token of the header; it is taken from nowhere else. `ssf.manage` includes reading. Throws
 * `access.unauthenticated`, `access.denied`.
 */
export async function authenticate(header: string | null, scope: SsfScope): Promise<StoredReceiver> {
  const [scheme, token] = (header ?? '').split(' ');
  const usable = scheme?.toLowerCase() === 'bearer' && token && token.startsWith(PREFIX) && token.length < 100;
  const grant = usable ? await findGrant(sha256Hex(token)) : null;
  const now = clock.now();
  if (!grant || grant.expiresAt <= now || grant.receiver.state !== 'enabled')
    throw new BraidError('access.unauthenticated', 'Send an access token: it is missing, unknown or expired.');
  const held = grant.scopes.includes('ssf.manage') ? SCOPES : grant.scopes;
  if (!(held as readonly string[]).includes(scope))
    throw new BraidError('access.denied', `The token is not good for ${scope}.`);
  if (now.getTime() - (grant.receiver.lastSeenAt?.getTime() ?? 0) > TOUCH_MS) await seenReceiver(grant.receiverId, now);
  return grant.receiver;
}
