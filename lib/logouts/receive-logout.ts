import type { Ctx } from '@/lib/access/model';
import { KEPT_DAYS, type LogoutClaims, logoutClaimsSchema, Refused } from '@/lib/logouts/model';
import { finish, forget, identitiesNamed, liveSessionsAt, take } from '@/lib/logouts/store';
import { verifyToken } from '@/lib/logouts/verify-token';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { log } from '@/lib/platform/log';
import { request } from '@/lib/revocations/request';

/** Most sessions that one request may end. */
const AT_ONCE = 200;
/** A provider that follows the first edition of the standard says `JWT`, or nothing. */
const TYPES = ['logout+jwt', 'jwt', ''];

function claimsOf(payload: unknown): LogoutClaims {
  const read = logoutClaimsSchema.safeParse(payload);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw new Refused(
    400,
    'invalid_request',
    `${issue?.path.join('.') || 'The token'} ${issue?.message ?? 'is not valid'}.`,
  );
}

async function end(ctx: Ctx, sessionIds: string[], reason: string): Promise<string[]> {
  const revocationIds: string[] = [];
  for (let at = 0; at < sessionIds.length; at += AT_ONCE) {
    const some = sessionIds.slice(at, at + AT_ONCE);
    try {
      const done = await request(ctx, { kind: 'terminate', sessionIds: some, reasonCode: 'no_longer_needed', reason });
      revocationIds.push(...done.revocationIds);
    } catch (error) {
      // They ended by themselves in the meantime, or are Braid's own.
      if (!(error instanceof BraidError) || !['conflict', 'not_found', 'connector.protected'].includes(error.code))
        throw error;
      log.info({ code: error.code }, 'a logout found nothing left to end');
    }
  }
  return revocationIds;
}

/**
 * Takes a logout token in (OpenID Connect Back-Channel Logout 1.0, section 2.6) and ends the sessions it means: the decision
 * point denies them from the next request, their systems are told. A token is acted on once. Throws `Refused` (400).
 */
export async function receiveLogout(token: string): Promise<{ sessions: number; revocationIds: string[] }> {
  const { trusted, payload } = await verifyToken(token, { types: TYPES, audience: null });
  const claims = claimsOf(payload);
  const { sub, sid, jti } = claims;
  const now = clock.now();
  const id = newId();
  const subject = { ...(sub ? { sub } : {}), ...(sid ? { sid } : {}) };
  const order = { id, kind: 'logout' as const, connectorId: trusted.connectorId, issuer: trusted.issuer, jti, subject };
  const keptFrom = new Date(now.getTime() - KEPT_DAYS * 86_400_000);
  if (!(await take({ ...order, receivedAt: now }, keptFrom)))
    throw new Refused(400, 'invalid_request', 'This token was received before.');
  try {
    const named = sub ? await identitiesNamed(trusted.namespaces, sub) : [];
    // A session id is the issuer's own: it means its session, also where the subject has no name here.
    const some = named.length ? named.map((one) => one.id) : null;
    const sessionIds =
      some || sid
        ? await liveSessionsAt({
            connectorId: trusted.connectorId,
            namespaces: trusted.namespaces,
            identityIds: some,
            sid: sid ?? null,
          })
        : [];
    const ctx: Ctx = { actor: { kind: 'system', name: `logout by ${trusted.name}` } };
    const revocationIds = sessionIds.length ? await end(ctx, sessionIds, `Back-channel logout by ${trusted.name}`) : [];
    const words = sessionIds.length ? `${sessionIds.length} ended` : 'no live session is meant by it';
    await finish(id, words, some ?? [], revocationIds);
    return { sessions: sessionIds.length, revocationIds };
  } catch (error) {
    await forget(id);
    throw error;
  }
}
