import { z } from 'zod';

/** OpenID Connect Back-Channel Logout 1.0, section 2.4. */
export const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** Okta and Auth0 name the signed kind of caller so. */
export const REVOCATION_TYP = 'global-token-revocation+jwt';

/** How far clocks may differ, seconds. */
export const LEEWAY_SECS = 60;
/** A token that says it was made longer ago than this is not acted on, seconds. */
export const OLDEST_SECS = 600;
/** How long it is remembered what was told, days: far longer than any token that could be replayed is accepted. */
export const KEPT_DAYS = 30;

const word = z.string().min(1).max(500);

export const logoutClaimsSchema = z
  .looseObject({
    iss: word,
    jti: word,
    iat: z.number(),
    exp: z.number(),
    sub: word.optional(),
    sid: word.optional(),
    events: z.looseObject({ [LOGOUT_EVENT]: z.looseObject({}) }),
    nonce: z.never('must not be there').optional(),
  })
  .refine((claims) => claims.sub !== undefined || claims.sid !== undefined, 'names neither sub nor sid');
export type LogoutClaims = z.infer<typeof logoutClaimsSchema>;

/** Subject identifiers (RFC 9493) that Global Token Revocation knows. */
const subject = z.union([
  z.object({ format: z.literal('iss_sub'), iss: word, sub: word }),
  z.object({ format: z.literal('opaque'), id: word }),
  z.object({ format: z.literal('email'), email: word }),
  z.object({ format: z.literal('account'), uri: word }),
]);
export type Subject = z.infer<typeof subject>;

/** `subject` is what callers by the second draft send. */
export const revocationBodySchema = z
  .union([z.object({ sub_id: subject }), z.object({ subject })])
  .transform((body): Subject => ('sub_id' in body ? body.sub_id : body.subject));

/** The name a subject goes by, and whose name it is where it says so. */
export function nameOf(named: Subject): { issuer?: string; externalId: string } {
  switch (named.format) {
    case 'iss_sub':
      return { issuer: named.iss, externalId: named.sub };
    case 'opaque':
      return { externalId: named.id };
    case 'email':
      return { externalId: named.email };
    case 'account':
      return { externalId: named.uri.replace(/^acct:/, '') };
  }
}

/** Why a token or a call is refused: the words go to whoever sent it, and tell nothing of what is here. */
export class Refused extends Error {
  constructor(
    readonly status: 400 | 401 | 403 | 404 | 422,
    readonly error: string,
    message: string,
  ) {
    super(message);
    this.name = 'Refused';
  }
}
