import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Config, Secrets } from '@/lib/connectors/google/manifest';
import { type Look, wholeListings } from '@/lib/connectors/read-whole';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { type RestAsk, type RestReply, restClient } from '@/lib/platform/rest';
import { objectOf, textOf } from '@/lib/sessions/loose-model';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
type Api = 'iam' | 'cloudresourcemanager' | 'logging';

export interface Client {
  send(api: Api, method: 'GET' | 'POST' | 'DELETE', path: string, ask?: RestAsk): Promise<RestReply>;
  /**
   * A list to its end. Throws `connector.refused` where it is not answered with 200, or is cut. `look`: what was read of
   * it before Google asked for patience is gone on from.
   */
  all(api: Api, path: string, of: string, ask?: RestAsk & { look?: Look | undefined }): Promise<unknown[]>;
  /** The service account Braid is; null: not known. */
  me: string | null;
}

export function refusedBy(what: string, reply: RestReply): BraidError {
  const error = objectOf(objectOf(reply.body).error);
  const said = `${textOf(error.status, 60) ?? ''} ${textOf(error.message, 300) ?? ''}`.trim();
  return new BraidError('connector.refused', `Google Cloud answered ${what} with ${reply.status}. ${said}`.trim());
}

type Token = { token: string; until: number };

/** Credentials are sent to Google’s own hosts alone, and to an endpoint that was set beside them. */
function rightHost(url: string, config: Config): void {
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:' && /(^|\.)googleapis\.com$/.test(hostname)) return;
  if (config.apiUrl && new URL(config.apiUrl).origin === new URL(url).origin) return;
  throw new BraidError('connector.refused', `The credential points to ${hostname}, which is not Google’s.`);
}

/** Asks as nobody: who asks is said with the request. */
export async function ask(config: Config, url: string, asked: RestAsk): Promise<RestReply> {
  rightHost(url, config);
  const { origin, pathname } = new URL(url);
  const send = restClient({ name: 'Google', base: origin, reach: { ownNetwork: config.ownNetwork } });
  return send('POST', pathname, asked);
}

async function exchange(config: Config, url: string, asked: RestAsk): Promise<Record<string, unknown>> {
  const reply = await ask(config, url, asked);
  if (reply.status === 200) return objectOf(reply.body);
  const body = objectOf(reply.body);
  const said =
    textOf(body.error_description, 300) ?? textOf(body.error, 300) ?? textOf(objectOf(body.error).message, 300);
  throw new BraidError('connector.refused', `Google refused the credential: ${said ?? reply.status}.`);
}

const tokenIn = (body: Record<string, unknown>, name = 'access_token'): string => {
  const token = textOf(body[name], 16_000);
  if (!token) throw new BraidError('connector.refused', 'Google gave no token for the credential.');
  return token;
};

export type AccountKey = Extract<Secrets['credential'], { type: 'service_account' }>;

/** A statement signed with the key (RFC 7523), as it is sent. */
export async function statementOf(key: AccountKey): Promise<{ form: Record<string, string> }> {
  const { SignJWT, importPKCS8 } = await import('jose');
  const now = Math.floor(clock.ms() / 1_000);
  let assertion: string;
  try {
    const pkcs8 = createPrivateKey(key.private_key).export({ type: 'pkcs8', format: 'pem' }) as string;
    assertion = await new SignJWT({ scope: SCOPE })
      .setProtectedHeader({ alg: 'RS256', ...(key.private_key_id ? { kid: key.private_key_id } : {}) })
      .setIssuer(key.client_email)
      .setAudience(key.token_uri)
      .setIssuedAt(now)
      .setExpirationTime(now + 3_600)
      .sign(await importPKCS8(pkcs8, 'RS256'));
  } catch (cause) {
    throw new BraidError('connector.refused', 'The private key of the service account can’t be read.', { cause });
  }
  return { form: { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion } };
}

async function byKey(config: Config, key: AccountKey): Promise<Token> {
  const body = await exchange(config, key.token_uri, await statementOf(key));
  return { token: tokenIn(body), until: clock.ms() + (Number(body.expires_in) || 3_600) * 1_000 };
}

/** By the token of another platform, exchanged (RFC 8693), and made the service account’s where that is configured. */
async function byFederation(
  config: Config,
  from: Extract<Secrets['credential'], { type: 'external_account' }>,
): Promise<Token> {
  const source = from.credential_source;
  const text = await readFile(source.file, 'utf8').catch((cause) => {
    throw new BraidError('connector.refused', `The token of the workload can’t be read from ${source.file}.`, {
      cause,
    });
  });
  const field = source.format?.type === 'json' ? (source.format.subject_token_field_name ?? 'access_token') : null;
  const subject = field ? textOf(objectOf(JSON.parse(text))[field], 16_000) : text.trim();
  const json = {
    audience: from.audience,
    grantType: 'urn:ietf:params:oauth:grant-type:token-exchange',
    requestedTokenType: 'urn:ietf:params:oauth:token-type:access_token',
    scope: SCOPE,
    subjectTokenType: from.subject_token_type,
    subjectToken: subject,
  };
  const first = await exchange(config, from.token_url, { json });
  const token = tokenIn(first);
  const until = clock.ms() + (Number(first.expires_in) || 3_600) * 1_000;
  if (!from.service_account_impersonation_url) return { token, until };
  const headers = { authorization: `Bearer ${token}` };
  const body = await exchange(config, from.service_account_impersonation_url, { json: { scope: [SCOPE] }, headers });
  const expires = Date.parse(textOf(body.expireTime, 40) ?? '');
  return { token: tokenIn(body, 'accessToken'), until: Number.isNaN(expires) ? until : expires };
}

const accountOf = (credential: Secrets['credential']): string | null =>
  credential.type === 'service_account'
    ? credential.client_email.toLowerCase()
    : (/serviceAccounts\/([^/:]+):/.exec(credential.service_account_impersonation_url ?? '')?.[1]?.toLowerCase() ??
      null);

export async function openClient(config: Config, { credential }: Secrets): Promise<Client> {
  let held: Token | null = null;
  const authorize = async (anew: boolean): Promise<Record<string, string>> => {
    if (anew || !held || held.until - 60_000 < clock.ms()) {
      held =
        credential.type === 'service_account'
          ? await byKey(config, credential)
          : await byFederation(config, credential);
    }
    return { authorization: `Bearer ${held.token}` };
  };
  await authorize(false);
  const reach = { ownNetwork: config.ownNetwork };
  const clientOf = (api: Api) => {
    const base = config.apiUrl || `https://${api}.googleapis.com`;
    return restClient({ name: 'Google Cloud', base, reach, authorize });
  };
  const clients = {
    iam: clientOf('iam'),
    cloudresourcemanager: clientOf('cloudresourcemanager'),
    logging: clientOf('logging'),
  };
  const send: Client['send'] = (api, method, path, ask) => clients[api](method, path, ask);
  const whole = wholeListings('Google Cloud');
  return {
    send,
    me: accountOf(credential),
    all: (api, path, of, { look, ...ask } = {}) =>
      whole<string>({
        what: `GET ${path}`,
        first: '',
        async read(pageToken) {
          const query = { ...ask.query, ...(pageToken ? { pageToken } : {}) };
          const reply = await send(api, 'GET', path, { ...ask, query });
          if (reply.status !== 200) throw refusedBy(`GET ${path}`, reply);
          const body = objectOf(reply.body);
          // A list of nothing is left out of Google’s answers.
          return { items: body[of] ?? [], next: textOf(body.nextPageToken, 4_000) };
        },
        resume: look && { look },
      }),
  };
}
