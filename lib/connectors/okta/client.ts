import type { CryptoKey } from 'jose';
import type { Config, Secrets } from '@/lib/connectors/okta/manifest';
import { type Look, wholeListings } from '@/lib/connectors/read-whole';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { nextLink, type Rest, type RestAsk, type RestReply, restClient } from '@/lib/platform/rest';
import { objectOf, textOf } from '@/lib/sessions/loose-model';

/** What the service app needs to be granted, and what for. */
export const SCOPES: [scope: string, what: string][] = [
  ['okta.apps.read', 'list service apps and their refresh tokens'],
  ['okta.apps.manage', 'deactivate and activate apps, revoke their refresh tokens, change their client secrets'],
  ['okta.apiTokens.read', 'list API tokens'],
  ['okta.apiTokens.manage', 'revoke API tokens'],
  ['okta.users.read', 'tell whose API tokens they are'],
  ['okta.users.manage', 'suspend an account, end its sessions and tokens, take back what it allowed an app'],
  ['okta.authorizationServers.read', 'list authorization servers'],
  ['okta.authorizationServers.manage', 'revoke refresh tokens that they issued'],
  ['okta.universalLogout.manage', 'start Universal Logout of an account'],
  ['okta.aiAgents.read', 'list AI agents'],
  ['okta.aiAgents.manage', 'deactivate and activate AI agents'],
  ['okta.appGrants.read', 'see what an administrator allowed an app for everybody'],
  ['okta.appGrants.manage', 'take that back'],
  ['okta.logs.read', 'read the System Log'],
];

export interface Client {
  send: Rest;
  /**
   * A list to its end. Throws `connector.refused` where it is not answered with 200, or is cut. `look`: what was read of
   * it before Okta asked for patience is gone on from.
   */
  all(path: string, ask?: RestAsk & { of?: string; look?: Look }): Promise<unknown[]>;
  /** Scopes that were granted. */
  granted: ReadonlySet<string>;
}

export const saidBy = ({ body }: RestReply): string => textOf(objectOf(body).errorSummary, 300) ?? '';

export const refusedBy = (what: string, reply: RestReply): BraidError =>
  new BraidError('connector.refused', `Okta answered ${what} with ${reply.status}. ${saidBy(reply)}`.trim());

/** `X-Rate-Limit-Reset` is a moment, seconds since 1970. */
function waitOf({ status, headers }: RestReply): number | null {
  if (status !== 429) return null;
  const reset = Number(headers['x-rate-limit-reset']);
  return reset > 0 ? Math.max(1_000, reset * 1_000 - clock.ms()) : 60_000;
}

async function keyOf({
  privateKey,
  keyId,
}: {
  privateKey: string;
  keyId?: string | undefined;
}): Promise<{ key: CryptoKey | Uint8Array; kid?: string; alg: string }> {
  const { importJWK, importPKCS8 } = await import('jose');
  const { createPrivateKey } = await import('node:crypto');
  try {
    if (privateKey.trim().startsWith('{')) {
      const jwk = JSON.parse(privateKey) as { kid?: string; kty?: string; alg?: string };
      const alg = jwk.alg ?? (jwk.kty === 'EC' ? 'ES256' : 'RS256');
      const kid = keyId ?? jwk.kid;
      return { key: await importJWK(jwk, alg), alg, ...(kid ? { kid } : {}) };
    }
    const parsed = createPrivateKey(privateKey);
    const alg = parsed.asymmetricKeyType === 'ec' ? 'ES256' : 'RS256';
    const pkcs8 = parsed.export({ type: 'pkcs8', format: 'pem' }) as string;
    return { key: await importPKCS8(pkcs8, alg), alg, ...(keyId ? { kid: keyId } : {}) };
  } catch (cause) {
    throw new BraidError('connector.refused', 'The private key of the service app can’t be read.', { cause });
  }
}

interface Signer {
  clientId: string;
  privateKey: string;
  keyId?: string | undefined;
}

/** A signed statement of who asks, for one endpoint (RFC 7523). */
export async function assertionOf(signer: Signer, audience: string): Promise<Record<string, string>> {
  const { SignJWT } = await import('jose');
  const { key, kid, alg } = await keyOf(signer);
  const now = Math.floor(clock.ms() / 1_000);
  const assertion = await new SignJWT({})
    .setProtectedHeader({ alg, ...(kid ? { kid } : {}) })
    .setIssuer(signer.clientId)
    .setSubject(signer.clientId)
    .setAudience(audience)
    .setIssuedAt(now)
    .setExpirationTime(now + 300)
    .setJti(newId())
    .sign(key);
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  };
}

/** Throws `connector.refused` where the key can't be read. */
async function tokenFor(send: Rest, config: Config, secrets: Secrets, scopes: string[]) {
  const proof = await assertionOf({ ...secrets, clientId: config.clientId }, `${config.orgUrl}/oauth2/v1/token`);
  const form = { grant_type: 'client_credentials', scope: scopes.join(' '), ...proof };
  const reply = await send('POST', '/oauth2/v1/token', { form });
  const body = objectOf(reply.body);
  const token = textOf(body.access_token, 8_000);
  if (reply.status === 200 && token) return { token, lives: (Number(body.expires_in) || 3_600) * 1_000 };
  return { error: textOf(body.error, 100) ?? `${reply.status}`, said: textOf(body.error_description, 300) ?? '' };
}

/** Finds out which scopes are granted: Okta refuses all where one is missing. */
async function grantedOf(ask: (scopes: string[]) => ReturnType<typeof tokenFor>): Promise<string[]> {
  const all = SCOPES.map(([scope]) => scope);
  const whole = await ask(all);
  if (!('error' in whole)) return all;
  if (whole.error !== 'invalid_scope' && whole.error !== 'consent_required') {
    throw new BraidError('connector.refused', `Okta refused the service app: ${whole.error}. ${whole.said}`.trim());
  }
  const granted: string[] = [];
  for (const scope of all) if (!('error' in (await ask([scope])))) granted.push(scope);
  if (granted.length === 0)
    throw new BraidError('connector.refused', 'The service app was granted none of the scopes Braid needs.');
  return granted;
}

/** Asked as nobody: who asks is said with each request. */
export const bareClient = (config: Config): Rest =>
  restClient({ name: 'Okta', base: config.orgUrl, reach: { ownNetwork: config.ownNetwork }, waitOf });

export async function openClient(config: Config, secrets: Secrets): Promise<Client> {
  const reach = { ownNetwork: config.ownNetwork };
  const bare = bareClient(config);
  const ask = (scopes: string[]) => tokenFor(bare, config, secrets, scopes);
  const granted = await grantedOf(ask);
  let held: { token: string; until: number } | null = null;
  const authorize = async (anew: boolean): Promise<Record<string, string>> => {
    if (anew || !held || held.until < clock.ms()) {
      const made = await ask(granted);
      if ('error' in made) throw new BraidError('connector.refused', `Okta refused the service app: ${made.error}.`);
      held = { token: made.token, until: clock.ms() + made.lives - 60_000 };
    }
    return { authorization: `Bearer ${held.token}` };
  };
  const send = restClient({ name: 'Okta', base: config.orgUrl, reach, authorize, waitOf });
  const whole = wholeListings('Okta');
  const all: Client['all'] = (path, { of, look, query, ...given } = {}) =>
    whole<string>({
      what: `GET ${path}`,
      first: path,
      async read(place) {
        const reply: RestReply = await send('GET', place, { ...given, query: place === path ? query : undefined });
        if (reply.status !== 200) throw refusedBy(`GET ${path}`, reply);
        const link =
          nextLink(reply.headers) ?? textOf(objectOf(objectOf(objectOf(reply.body)._links).next).href, 4_000);
        return { items: of ? objectOf(reply.body)[of] : reply.body, next: link };
      },
      resume: look && { look },
    });
  return { send, all, granted: new Set(granted) };
}
