import { createRemoteJWKSet, customFetch, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { outboundFetch } from '@/lib/platform/outbound-fetch';
import { CONTROL, isUnderstood, PAYLOADS, shortName } from '@/lib/signals/event-model';
import type { StoredSource } from '@/lib/signals/in/store';
import { sourceConfigSchema } from '@/lib/signals/model';
import type { SetError } from '@/lib/signals/stream-model';
import { type Subject, subjectSchema } from '@/lib/signals/subject-model';

/** A token that is refused, with the code its transmitter is told (RFC 8935 section 2.4, IANA). */
export class SetRefused extends Error {
  constructor(
    readonly err: SetError,
    readonly description: string,
    /** Its `jti`, where it could be read. */
    readonly jti: string | null = null,
  ) {
    super(description);
  }
}

export interface ReadSet {
  jti: string;
  txn: string | null;
  event: string;
  payload: Record<string, unknown>;
  subject: Subject;
  claims: Record<string, unknown>;
}

/** Signed by a key pair: what shares a secret proves nothing to a third party, and `none` proves nothing at all. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'EdDSA', 'Ed25519'];
/** Clocks differ, seconds. */
const SKEW_SECS = 120;
export const SET_BYTES = 100_000;

const sets = new Map<string, ReturnType<typeof createRemoteJWKSet>>();

/** The keys its transmitter shows, kept for ten minutes and asked for again when a token names another. */
function keysOf(source: StoredSource): ReturnType<typeof createRemoteJWKSet> {
  const uri = z.url().safeParse((source.metadata as { jwks_uri?: unknown }).jwks_uri);
  if (!uri.success) throw new SetRefused('invalid_key', 'Its transmitter shows no keys.');
  const { ownNetwork, ca } = sourceConfigSchema.parse(source.config);
  const name = JSON.stringify([source.id, uri.data, ownNetwork, ca]);
  const known = sets.get(name);
  if (known) return known;
  if (sets.size > 200) sets.clear();
  const made = createRemoteJWKSet(new URL(uri.data), {
    [customFetch]: outboundFetch({ ownNetwork, ...(ca ? { ca } : {}) }),
    cooldownDuration: 5_000,
    cacheMaxAge: 600_000,
    timeoutDuration: 10_000,
  });
  sets.set(name, made);
  return made;
}

const claimsSchema = z.looseObject({
  iss: z.string(),
  jti: z.string().min(1).max(500),
  iat: z.number(),
  txn: z.string().max(500).optional(),
  events: z.record(z.string().max(500), z.looseObject({})),
  sub_id: z.unknown(),
});

const CLAIM: Record<string, SetError> = { iss: 'invalid_issuer', aud: 'invalid_audience' };

function refusalOf(error: unknown): unknown {
  if (error instanceof errors.JWTClaimValidationFailed && error.claim in CLAIM)
    return new SetRefused(CLAIM[error.claim]!, `Its ${error.claim} is not the one this stream is for.`);
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return new SetRefused('authentication_failed', 'Its signature does not fit.');
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return new SetRefused('invalid_key', 'It is signed by a key its transmitter does not show.');
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported)
    return new SetRefused('invalid_key', 'It is signed in a way that is not accepted.');
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid || error instanceof BraidError)
    return error;
  if (error instanceof errors.JOSEError)
    return new SetRefused('invalid_request', `It is not a valid token: ${error.message}`);
  // A key too short for its algorithm, or of another kind.
  if (error instanceof TypeError && /key|modulus/i.test(error.message))
    return new SetRefused('invalid_key', 'The key it names does not fit its algorithm.');
  if (error instanceof TypeError) return new SetRefused('invalid_request', 'It is not a signed token.');
  return error;
}

async function verified(source: StoredSource, token: string): Promise<JWTPayload> {
  try {
    const { typ } = decodeProtectedHeader(token);
    if (typ?.toLowerCase().replace(/^application\//, '') !== 'secevent+jwt')
      throw new SetRefused('invalid_request', 'Its typ is not secevent+jwt.');
    const { payload } = await jwtVerify(token, keysOf(source), {
      issuer: source.issuer,
      ...(source.audience ? { audience: source.audience } : {}),
      algorithms: ALGORITHMS,
      currentDate: clock.now(),
    });
    return payload;
  } catch (error) {
    throw error instanceof SetRefused ? error : refusalOf(error);
  }
}

/**
 * Reads a security event token as RFC 8417, SSF 1.0 section 4 and the interoperability profile want it: typed, signed by a
 * key its transmitter shows, from and for whom the stream is, of the past, about one subject in one event, never expiring.
 * Throws SetRefused, and what kept its transmitter's keys from being read.
 */
export async function readSet(source: StoredSource, token: string): Promise<ReadSet> {
  if (token.length > SET_BYTES) throw new SetRefused('invalid_request', 'It is too long.');
  const claims = await verified(source, token.trim());
  const read = claimsSchema.safeParse(claims);
  const jti = typeof claims.jti === 'string' ? claims.jti.slice(0, 500) : null;
  const refuse = (why: string) => new SetRefused('invalid_request', why, jti);
  if (!read.success) throw refuse(`${read.error.issues[0]?.path.join('.')} is missing or not what it has to be.`);
  if ('sub' in claims || 'exp' in claims) throw refuse('A security event token has no sub and no exp.');
  if (read.data.iat > clock.ms() / 1000 + SKEW_SECS) throw refuse('It was issued in the future.');
  const events = Object.entries(read.data.events);
  if (events.length !== 1) throw refuse('It has to hold exactly one event.');
  const [event, payload] = events[0]!;
  const subject = subjectSchema.safeParse(read.data.sub_id);
  if (!subject.success) throw refuse('Its sub_id is missing or of a format that is not known.');
  if (isUnderstood(event) && !CONTROL.includes(event)) {
    const fits = PAYLOADS[event].safeParse(payload);
    if (!fits.success)
      throw refuse(`${shortName(event)}: ${fits.error.issues[0]?.path.join('.')} ${fits.error.issues[0]?.message}`);
  }
  return { jti: read.data.jti, txn: read.data.txn ?? null, event, payload, subject: subject.data, claims };
}
