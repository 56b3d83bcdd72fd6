import { refusalOf } from '@/lib/connectors/answer-model';
import type { Config, Secrets } from '@/lib/connectors/oidc/manifest';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';

/** A JWT that says who calls (RFC 7523), for providers that take no bearer token for a global revocation. */
async function signedCall(config: Config, secrets: Secrets, endpoint: string): Promise<string> {
  const jose = await import('jose');
  const { createPrivateKey, createPublicKey } = await import('node:crypto');
  const key = createPrivateKey(secrets.globalKey);
  const alg = key.asymmetricKeyType === 'ec' ? 'ES256' : key.asymmetricKeyType === 'ed25519' ? 'EdDSA' : 'RS256';
  const kid = await jose.calculateJwkThumbprint(await jose.exportJWK(createPublicKey(key)));
  const now = Math.floor(clock.ms() / 1000);
  return new jose.SignJWT({})
    .setProtectedHeader({ alg, kid, typ: 'global-token-revocation+jwt' })
    .setIssuer(config.clientId)
    .setSubject(config.clientId)
    .setAudience(endpoint)
    .setIssuedAt(now)
    .setExpirationTime(now + 300)
    .setJti(newId())
    .sign(key);
}

const subjectOf = (config: Config, subject: string) =>
  config.subjectFormat === 'email'
    ? { format: 'email', email: subject }
    : config.subjectFormat === 'opaque'
      ? { format: 'opaque', id: subject }
      : { format: 'iss_sub', iss: config.issuer, sub: subject };

/** Global Token Revocation of one subject: the status it was answered with. 204 means begun. */
export async function revokeGlobally(
  fetch: typeof globalThis.fetch,
  config: Config,
  secrets: Secrets,
  told: string | undefined,
  subject: string,
): Promise<number> {
  const to = config.globalEndpoint ?? told;
  if (!to)
    throw new BraidError('connector.refused', 'The provider’s metadata names no global_token_revocation_endpoint.');
  const bearer = config.globalRevocation === 'bearer' ? secrets.globalToken : await signedCall(config, secrets, to);
  const answer = await fetch(to, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: JSON.stringify({ sub_id: subjectOf(config, subject) }),
  });
  if (answer.status < 500 && answer.status !== 429) return answer.status;
  const said = `Global Token Revocation was answered ${answer.status}.`;
  throw refusalOf(answer.status, answer.headers.get('retry-after'), clock.ms(), said);
}
