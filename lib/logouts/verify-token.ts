import { createRemoteJWKSet, customFetch, decodeJwt, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import { type Trusted, trustedIssuers } from '@/lib/connectors/trusted-issuers';
import { LEEWAY_SECS, OLDEST_SECS, Refused } from '@/lib/logouts/model';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { sha256Hex } from '@/lib/platform/ids';
import { outboundFetch } from '@/lib/platform/outbound-fetch';

/** Signatures only: neither `none` nor a shared secret. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const DISCOVERED_MS = 600_000;

type Keys = ReturnType<typeof createRemoteJWKSet>;
const known = new Map<string, { at: number; keys: Promise<Keys> }>();

async function discover({ issuer, ownNetwork, ca }: Trusted): Promise<Keys> {
  const fetch = outboundFetch({ ownNetwork, timeoutMs: 5_000, ...(ca ? { ca } : {}) });
  const answer = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const read = z
    .object({ issuer: z.literal(issuer), jwks_uri: z.url().max(2000) })
    .safeParse(await answer.json().catch(() => null));
  if (!read.success) throw new BraidError('connector.unreachable', `${issuer} does not say where its keys are.`);
  return createRemoteJWKSet(new URL(read.data.jwks_uri), { [customFetch]: fetch });
}

/** An issuer's keys, found again every ten minutes; a key that is not among them is looked for once more by jose itself. */
function keysOf(trusted: Trusted): Promise<Keys> {
  const name = sha256Hex(JSON.stringify([trusted.issuer, trusted.ownNetwork, trusted.ca ?? '']));
  const held = known.get(name);
  if (held && clock.ms() - held.at < DISCOVERED_MS) return held.keys;
  const keys = discover(trusted);
  known.set(name, { at: clock.ms(), keys });
  keys.catch(() => known.delete(name));
  return keys;
}

function issuerIn(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    throw new Refused(400, 'invalid_request', 'This is no signed JWT.');
  }
}

export interface Verified {
  trusted: Trusted;
  payload: JWTPayload;
}

export interface Wanted {
  /** Accepted `typ` of the header; '' = none is said. Lower case. */
  types: readonly string[];
  /** Who it is for; null: Braid's client at the issuer. */
  audience: string | null;
}

/**
 * A token of an identity provider that an enabled connector vouches for: signature by the issuer's own keys, type, audience and
 * times. Throws `Refused` 400; a provider whose keys can't be had now throws `connector.unreachable`.
 */
export async function verifyToken(token: string, wanted: Wanted): Promise<Verified> {
  const issuer = issuerIn(token);
  const candidates = (await trustedIssuers()).filter((one) => one.issuer === issuer);
  if (!candidates.length) throw new Refused(400, 'invalid_request', 'Its issuer is none that Braid is connected to.');
  let last = 'is not valid';
  for (const trusted of candidates) {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, await keysOf(trusted), {
        algorithms: ALGORITHMS,
        issuer: trusted.issuer,
        audience: wanted.audience ?? trusted.audience,
        clockTolerance: LEEWAY_SECS,
        maxTokenAge: OLDEST_SECS,
        requiredClaims: ['iat', 'exp', 'jti'],
        currentDate: clock.now(),
      });
      const typ = (protectedHeader.typ ?? '').toLowerCase().replace(/^application\//, '');
      if (wanted.types.includes(typ)) return { trusted, payload };
      last = `has the type ${typ.slice(0, 40) || 'none'}`;
    } catch (error) {
      if (error instanceof BraidError) throw error;
      last = error instanceof Error ? error.message.slice(0, 200) : last;
    }
  }
  throw new Refused(400, 'invalid_request', `The token ${last}.`);
}
