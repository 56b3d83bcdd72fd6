import type { Ctx } from '@/lib/access/model';
import { KEPT_DAYS, type LogoutClaims, logoutClaimsSchema, Refused } from '@/lib/logouts/model';
import { cameOf, finish, forget, identitiesNamed, type Live, liveSessionsAt, take } from '@/lib/logouts/store';
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

/** What says that a session is not there any more, or is Braid's own. */
const OVER = ['conflict', 'not_found', 'connector.protected'];

/** Ends them together; where one of them is in the way, each by itself: it keeps no other alive. */
async function end(ctx: Ctx, sessionIds: string[], reason: string, agreed: { responseId: string }): Promise<string[]> {
  const revocationIds: string[] = [];
  for (let at = 0; at < sessionIds.length; at += AT_ONCE) {
    const some = sessionIds.slice(at, at + AT_ONCE);
    try {
      const input = { kind: 'terminate' as const, sessionIds: some, reasonCode: 'no_longer_needed' as const, reason };
      const done = await request(ctx, input, agreed);
      revocationIds.push(...done.revocationIds);
    } catch (error) {
      if (!(error instanceof BraidError) || !OVER.includes(error.code)) throw error;
      log.info({ code: error.code, sessions: some.length }, 'a logout met what has ended, or is never ended');
      if (some.length > 1) for (const one of some) revocationIds.push(...(await end(ctx, [one], reason, agreed)));
    }
  }
  return revocationIds;
}

interface Outcome {
  ended: number;
  /** By themselves, before they could be. */
  over: number;
  refused: number;
  /** Live all the same: Braid never ends them. */
  open: number;
  revocationIds: string[];
}

/** Ends them identity by identity, within what bounds every act that nobody looks at. */
async function endAll(
  ctx: Ctx,
  live: Live[],
  reason: string,
  order: { issuer: string; jti: string },
): Promise<Outcome> {
  const outcome: Outcome = { ended: 0, over: 0, refused: 0, open: 0, revocationIds: [] };
  for (const identityId of new Set(live.map((one) => one.identityId))) {
    const sessionIds = live.filter((one) => one.identityId === identityId).map((one) => one.id);
    const agreed = await withinGuardrails(ctx, { kind: 'terminate', identityId, sessionIds, reason, order });
    if (agreed) {
      const revocationIds = await end(ctx, sessionIds, reason, agreed);
      const { ended, open } = await cameOf(sessionIds, revocationIds);
      outcome.revocationIds.push(...revocationIds);
      outcome.ended += ended;
      outcome.open += open;
      outcome.over += sessionIds.length - ended - open;
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
  let why: string;
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
    const outcome = await endAll(ctx, live, `Back-channel logout by ${trusted.name}`, order);
    const { ended, over, refused, open, revocationIds } = outcome;
    const left = [
      ...(over ? [`${over} had ended already`] : []),
      ...(refused ? [`${refused} not ended: a guardrail refused it`] : []),
      ...(open ? [`${open} not ended: Braid never ends them`] : []),
    ];
    const words = live.length ? [`${ended} ended`, ...left].join(', ') : 'no live session is meant by it';
    await finish(id, words, some ?? [], revocationIds);
    if (!refused && !open) return { sessions: ended, revocationIds };
    why = refused
      ? 'A guardrail refused to end all of it; the operators have been told.'
      : 'Not all of it is ended here.';
  } catch (error) {
    await forget(id);
    throw error;
  }
  throw new Refused(400, 'invalid_request', why);
}
