import { authenticateToken } from '@/lib/access/authenticate-token';
import { authorise } from '@/lib/access/authorise';
import type { Actor, Ctx } from '@/lib/access/model';
import { trustedIssuers } from '@/lib/connectors/trusted-issuers';
import { KEPT_DAYS, nameOf, REVOCATION_TYP, Refused, revocationBodySchema, type Subject } from '@/lib/logouts/model';
import { finish, forget, identitiesNamed, type Named, take } from '@/lib/logouts/store';
import { verifyToken } from '@/lib/logouts/verify-token';
import { withinGuardrails } from '@/lib/logouts/within-guardrails';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { request } from '@/lib/revocations/request';

interface Caller {
  ctx: Ctx;
  /** The issuer it speaks for, or the caller's own name. */
  issuer: string;
  connectorId: string | null;
  jti: string;
  /** Namespaces in which its names mean identities. */
  namespaces(issuer: string | undefined): Promise<string[]>;
}

const denied = (message: string) => new Refused(401, 'invalid_token', message);

/** A Braid API token: names count in its own namespace, under an issuer it gives also in the connectors of that issuer. */
async function byApiToken(bearer: string): Promise<Caller> {
  const actor = await authenticateToken(bearer);
  if (!actor) throw denied('The token is unknown, revoked or expired.');
  const own = (actor as Extract<Actor, { kind: 'token' }>).issuer;
  return {
    ctx: { actor },
    issuer: `token:${actor.kind === 'token' ? actor.id : actor.name}`,
    connectorId: null,
    jti: newId(),
    namespaces: async (issuer) => {
      if (issuer === undefined) return [own];
      const vouched = (await trustedIssuers()).filter((one) => one.issuer === issuer);
      return [issuer, ...vouched.flatMap((one) => one.namespaces)];
    },
  };
}

/** A signed JWT (RFC 7523) of an identity provider Braid is connected to: it may name its own subjects only. */
async function bySignedToken(bearer: string, endpoint: string): Promise<Caller> {
  const types = [REVOCATION_TYP, 'jwt', ''];
  const { trusted, payload } = await verifyToken(bearer, { types, audience: endpoint }).catch((error) => {
    throw error instanceof Refused ? denied(error.message) : error;
  });
  // What the provider signs for other uses, such as an access or ID token, is no order to revoke.
  if (
    payload.nonce !== undefined ||
    payload.azp !== undefined ||
    payload.scope !== undefined ||
    payload.events !== undefined
  )
    throw denied('The token was issued for another use.');
  return {
    ctx: { actor: { kind: 'system', name: `global revocation by ${trusted.name}` } },
    issuer: trusted.issuer,
    connectorId: trusted.connectorId,
    jti: payload.jti!,
    namespaces: async (issuer) => (issuer === undefined || issuer === trusted.issuer ? trusted.namespaces : []),
  };
}

function subjectIn(body: unknown): Subject {
  const read = revocationBodySchema.safeParse(body);
  if (read.success) return read.data;
  throw new Refused(
    400,
    'invalid_request',
    'sub_id has to be a subject identifier of the format iss_sub, opaque, email or account.',
  );
}

async function pause(
  ctx: Ctx,
  identity: Named,
  reason: string,
  order: { issuer: string; jti: string },
): Promise<string[]> {
  if (identity.state === 'revoked') return [];
  if (identity.protected) throw new Refused(422, 'unprocessable', 'This subject can’t be revoked.');
  // A provider’s order is nobody’s who looked; a token is its maker’s, whose bounds hold.
  const bounded = ctx.actor.kind === 'system' && identity.state === 'active';
  const { id: identityId } = identity;
  const agreed = bounded ? await withinGuardrails(ctx, { kind: 'pause', identityId, reason, order }) : {};
  if (!agreed) throw new Refused(422, 'unprocessable', 'A guardrail refused it; the operators have been told.');
  try {
    const input = { kind: 'pause' as const, identityId, reasonCode: 'suspected_theft' as const, reason };
    return (await request(ctx, input, agreed)).revocationIds;
  } catch (error) {
    if (!(error instanceof BraidError)) throw error;
    if (error.code === 'response.second_operator') throw new Refused(422, 'unprocessable', error.publicMessage);
    if (error.code === 'identity.revoked' || error.code === 'conflict') return [];
    throw error;
  }
}

export interface RevocationCall {
  authorization: string | null;
  /** This endpoint's own address, which a signed token is for. */
  endpoint: string;
  body: unknown;
}

/**
 * Global Token Revocation (draft-parecki-oauth-global-token-revocation): pauses the identity a subject means. Its sessions are
 * ended, the decision point denies it from the next request, and somebody has to resume it before it is let in again. Throws
 * `Refused`: 400 the subject can't be read, 401, 403, 404 nobody goes by it, 422 it is protected, or beyond a bound.
 */
export async function receiveRevocation(call: RevocationCall): Promise<{ revocationIds: string[] }> {
  const bearer = /^Bearer\s+(\S+)$/i.exec(call.authorization ?? '')?.[1];
  if (!bearer) throw denied('Send a bearer token.');
  const signed = bearer.split('.').length === 3;
  const caller = signed ? await bySignedToken(bearer, call.endpoint) : await byApiToken(bearer);
  try {
    authorise(caller.ctx, 'identity.pause');
  } catch {
    throw new Refused(403, 'insufficient_scope', 'This token may not pause identities.');
  }
  const subject = subjectIn(call.body);
  const { issuer, externalId } = nameOf(subject);
  const named = await identitiesNamed(await caller.namespaces(issuer), externalId);
  if (!named.length) throw new Refused(404, 'not_found', 'Nobody here goes by this subject.');
  if (named.length > 1) throw new Refused(422, 'unprocessable', 'Several identities go by this subject.');
  const now = clock.now();
  const id = newId();
  const order = {
    id,
    kind: 'revocation' as const,
    connectorId: caller.connectorId,
    issuer: caller.issuer,
    jti: caller.jti,
  };
  const keptFrom = new Date(now.getTime() - KEPT_DAYS * 86_400_000);
  if (!(await take({ ...order, subject, receivedAt: now }, keptFrom))) throw denied('This token was received before.');
  try {
    const revocationIds = await pause(
      caller.ctx,
      named[0]!,
      `Global Token Revocation by ${caller.ctx.actor.name}`,
      order,
    );
    await finish(id, revocationIds.length ? 'paused' : 'was shut already', [named[0]!.id], revocationIds);
    return { revocationIds };
  } catch (error) {
    await forget(id);
    throw error;
  }
}
