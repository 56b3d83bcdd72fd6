import type { Ctx } from '@/lib/access/model';
import { KEPT_DAYS, type LogoutClaims, logoutClaimsSchema, Refused } from '@/lib/logouts/model';
import { finish, forget, identitiesNamed, type Live, liveSessionsAt, take } from '@/lib/logouts/store';
import { verifyToken } from '@/lib/logouts/verify-token';
import { withinGuardrails } from '@/lib/logouts/within-guardrails';
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

async function end(ctx: Ctx, sessionIds: string[], reason: string, agreed: { responseId: string }): Promise<string[]> {
  const revocationIds: string[] = [];
  for (let at = 0; at < sessionIds.length; at += AT_ONCE) {
    const some = sessionIds.slice(at, at + AT_ONCE);
    try {
      const input = { kind: 'terminate' as const, sessionIds: some, reasonCode: 'no_longer_needed' as const, reason };
      const done = await request(ctx, input, agreed);
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

interface Outcome {
  ended: number;
  refused: number;
  revocationIds: string[];
}

/** Ends them identity by identity, within what bounds every act that nobody looks at. */
async function endAll(
  ctx: Ctx,
  live: Live[],
  reason: string,
  order: { issuer: string; jti: string },
): Promise<Outcome> {
  const outcome: Outcome = { ended: 0, refused: 0, revocationIds: [] };
  for (const identityId of new Set(live.map((one) => one.identityId))) {
    const sessionIds = live.filter((one) => one.identityId === identityId).map((one) => one.id);
    const agreed = await withinGuardrails(ctx, { kind: 'terminate', identityId, sessionIds, reason, order });
    if (agreed) {
      outcome.revocationIds.push(...(await end(ctx, sessionIds, reason, agreed)));
      outcome.ended += sessionIds.length;
    } else outcome.refused += sessionIds.length;
  }
  return outcome;
}

/**
 * Takes a logout token in (OpenID Connect Back-Channel Logout 1.0, section 2.6) and ends the sessions it means: the decision
 * point denies them from the next request, their systems are told. A token is acted on once, within the guardrails. Throws `Refused` (400).
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
    const live =
      some || sid
        ? await liveSessionsAt({
            connectorId: trusted.connectorId,
            namespaces: trusted.namespaces,
            identityIds: some,
            sid: sid ?? null,
          })
        : [];
    const ctx: Ctx = { actor: { kind: 'system', name: `logout by ${trusted.name}` } };
    const { ended, refused, revocationIds } = await endAll(ctx, live, `Back-channel logout by ${trusted.name}`, order);
    const left = refused ? [`${refused} not ended: a guardrail refused it`] : [];
    const words = live.length ? [`${ended} ended`, ...left].join(', ') : 'no live session is meant by it';
    await finish(id, words, some ?? [], revocationIds);
    if (!refused) return { sessions: ended, revocationIds };
  } catch (error) {
    await forget(id);
    throw error;
  }
  throw new Refused(400, 'invalid_request', 'A guardrail refused to end all of it; the operators have been told.');
}
