import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Config, Secrets } from '@/lib/connectors/entra/manifest';
import { wholeListings } from '@/lib/connectors/read-whole';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { type Rest, type RestAsk, type RestReply, restClient } from '@/lib/platform/rest';
import { listOf, objectOf, textOf } from '@/lib/sessions/loose-model';

export interface Client {
  send: Rest;
  /** Every page of a list. Throws `connector.refused` where it is not answered with 200. */
  all(path: string, ask?: RestAsk): Promise<unknown[]>;
  /** Application permissions of the token in hand (`roles`). */
  roles(): Promise<Set<string>>;
}

/** Graph names the reason: `Authorization_RequestDenied`, `Request_ResourceNotFound`. */
export const codeOf = ({ body }: RestReply): string => textOf(objectOf(objectOf(body).error).code, 100) ?? '';

export function refusedBy(what: string, reply: RestReply): BraidError {
  const said = textOf(objectOf(objectOf(reply.body).error).message, 300) ?? '';
  return new BraidError(
    'connector.refused',
    `Microsoft Graph answered ${what} with ${reply.status} ${codeOf(reply)}. ${said}`.trim(),
  );
}

export interface Credential {
  clientId: string;
  clientSecret: string;
  /** Certificate and private key, PEM; empty: the secret is used. */
  certificate: string;
}

/** A statement signed with the app’s certificate (RFC 7523), by its SHA-256 thumbprint. */
async function assertionOf(config: Config, { clientId, certificate }: Credential): Promise<string> {
  const { SignJWT, importPKCS8 } = await import('jose');
  const audience = `${config.loginUrl.replace(/\/$/, '')}/${config.tenantId}/oauth2/v2.0/token`;
  const now = Math.floor(clock.ms() / 1_000);
  try {
    const pem = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/.exec(certificate)![0];
    const key = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]+?-----END [A-Z ]*PRIVATE KEY-----/.exec(certificate)![0];
    const thumbprint = Buffer.from(new X509Certificate(pem).fingerprint256.replace(/:/g, ''), 'hex').toString(
      'base64url',
    );
    const pkcs8 = createPrivateKey(key).export({ type: 'pkcs8', format: 'pem' }) as string;
    return await new SignJWT({})
      .setProtectedHeader({ alg: 'PS256', typ: 'JWT', 'x5t#S256': thumbprint })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(audience)
      .setNotBefore(now)
      .setExpirationTime(now + 300)
      .setJti(newId())
      .sign(await importPKCS8(pkcs8, 'PS256'));
  } catch (cause) {
    throw new BraidError('connector.refused', 'The certificate, or its private key, can’t be read.', { cause });
  }
}

/** Asks the sign-in service for a token of Graph, as the holder of the credential does. */
export async function askToken(login: Rest, config: Config, credential: Credential): Promise<RestReply> {
  const proof: Record<string, string> = credential.certificate
    ? {
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await assertionOf(config, credential),
      }
    : { client_secret: credential.clientSecret };
  const scope = `${config.graphUrl.replace(/\/$/, '')}/.default`;
  const form = { grant_type: 'client_credentials', client_id: credential.clientId, scope, ...proof };
  return login('POST', `/${config.tenantId}/oauth2/v2.0/token`, { form });
}

async function tokenFor(login: Rest, config: Config, secrets: Secrets): Promise<{ token: string; lives: number }> {
  const reply = await askToken(login, config, { ...secrets, clientId: config.clientId });
  const body = objectOf(reply.body);
  const token = textOf(body.access_token, 16_000);
  if (reply.status === 200 && token) return { token, lives: (Number(body.expires_in) || 3_600) * 1_000 };
  const said = textOf(body.error_description, 300) ?? '';
  throw new BraidError(
    'connector.refused',
    `Entra refused the app: ${textOf(body.error, 100) ?? reply.status}. ${said}`.trim(),
  );
}

/** What the token says of itself. It is not proof of anything: it only tells which permissions to ask for. */
function claimsOf(token: string): Record<string, unknown> {
  try {
    return objectOf(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')));
  } catch {
    return {};
  }
}

/** The two services, asked as nobody: who asks is said with each request. */
export function bareClients(config: Config): { login: Rest; graph: Rest } {
  const reach = { ownNetwork: config.ownNetwork, timeoutMs: 30_000 };
  return {
    login: restClient({ name: 'Entra', base: config.loginUrl, reach }),
    graph: restClient({ name: 'Microsoft Graph', base: config.graphUrl, reach }),
  };
}

export async function openClient(config: Config, secrets: Secrets): Promise<Client> {
  const reach = { ownNetwork: config.ownNetwork, timeoutMs: 30_000 };
  const { login } = bareClients(config);
  let held: { token: string; until: number } | null = null;
  const current = async (anew: boolean) => {
    if (anew || !held || held.until < clock.ms()) {
      const made = await tokenFor(login, config, secrets);
      held = { token: made.token, until: clock.ms() + made.lives - 120_000 };
    }
    return held.token;
  };
  const authorize = async (anew: boolean) => ({ authorization: `Bearer ${await current(anew)}` });
  const send = restClient({ name: 'Microsoft Graph', base: config.graphUrl, reach, authorize });
  await current(false);
  const whole = wholeListings('Microsoft Graph');
  return {
    send,
    async all(path, ask = {}) {
      return whole<string>({
        what: `GET ${path}`,
        first: path,
        async read(place) {
          const reply: RestReply = await send('GET', place, place === path ? ask : {});
          if (reply.status !== 200) throw refusedBy(`GET ${path}`, reply);
          const body = objectOf(reply.body);
          return { items: body.value, next: textOf(body['@odata.nextLink'], 8_000) };
        },
      });
    },
    roles: async () => new Set(listOf(claimsOf(await current(false)).roles, 200).map(String)),
  };
}
