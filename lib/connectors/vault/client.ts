import type { Config, Secrets } from '@/lib/connectors/vault/manifest';
import { BraidError } from '@/lib/platform/errors';
import { outboundFetch } from '@/lib/platform/outbound-fetch';
import { type Loose, objectOf, textOf } from '@/lib/sessions/loose-model';

export interface Answered {
  status: number;
  /** `data` where the answer has one, else all of it. */
  data: Loose;
  /** `auth` of a login. */
  auth: Loose;
  errors: string[];
}

export interface Client {
  /**
   * One call below `/v1/`. Statuses 200–299, 400 and 404 are answers; throws `connector.refused` (403, naming the path),
   * `connector.limited` (429) and `connector.unreachable` (5xx, sealed).
   */
  call(method: 'GET' | 'LIST' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Answered>;
  /** Reads with somebody else's token, or with none. Any status is an answer. */
  as(token: string | null, method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answered>;
  /** Keeps its own token alive where that can be renewed. */
  renew(): Promise<void>;
}

const RETRY_AFTER_MS = 5_000;

/** At most this many calls at once: a listing is one call per token. */
const ABREAST = 8;

/** Maps with a bounded number of calls under way; order kept. */
export async function abreast<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const at = next++;
      results[at] = await work(items[at]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(ABREAST, items.length) }, lane));
  return results;
}

const NO_TOKEN = /invalid accessor|invalid lease/;

const join = (url: string, path: string): string => `${url.replace(/\/+$/, '')}/v1/${path}`;

function toAnswered(status: number, text: string): Answered {
  let body: Loose = {};
  try {
    body = objectOf(JSON.parse(text || '{}'));
  } catch {
    // A proxy in front of it answered with something else; the status says enough.
  }
  const errors = (Array.isArray(body.errors) ? body.errors : []).map((one) => String(one).trim().slice(0, 300));
  const data = 'data' in body ? objectOf(body.data) : body;
  return { status, data, auth: objectOf(body.auth), errors };
}

function judged(answer: Answered & { retryAfter: string | null }, path: string, where: string): Answered {
  const said = answer.errors[0] ?? `status ${answer.status}`;
  if (answer.status === 429) {
    const retryAfterMs = Number(answer.retryAfter) * 1_000 || RETRY_AFTER_MS;
    throw new BraidError('connector.limited', `${where} asks to be called less often.`, { detail: { retryAfterMs } });
  }
  if (answer.status >= 500 || answer.status === 472 || answer.status === 473)
    throw new BraidError('connector.unreachable', `${where} can’t answer now (${said}).`);
  // An accessor that names no token (any more): 400 here, 403 in some versions. It is an answer.
  if (answer.status === 403 && NO_TOKEN.test(said)) return answer;
  if (answer.status === 403) throw new BraidError('connector.refused', `${where} refused ${path}: ${said}.`);
  if (answer.status >= 300 && ![400, 404].includes(answer.status))
    throw new BraidError('connector.refused', `${where} answered ${path} with ${said}.`);
  return answer;
}

/** A client with a token of its own: the one given, or one an AppRole is logged in for, and again when it has ended. */
export async function openClient(config: Config, secrets: Secrets): Promise<Client> {
  const where = `Vault at ${new URL(config.url).host}`;
  const send = outboundFetch({ ownNetwork: config.ownNetwork, ...(config.ca ? { ca: config.ca } : {}) });
  const raw = async (token: string | null, method: string, path: string, body?: unknown) => {
    const listing = method === 'LIST';
    const answer = await send(`${join(config.url, path)}${listing ? '?list=true' : ''}`, {
      method: listing ? 'GET' : method,
      headers: {
        'x-vault-request': 'true',
        'content-type': 'application/json',
        ...(token ? { 'x-vault-token': token } : {}),
        ...(config.namespace ? { 'x-vault-namespace': config.namespace } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { ...toAnswered(answer.status, await answer.text()), retryAfter: answer.headers.get('retry-after') };
  };
  const login = async (): Promise<string> => {
    if (!secrets.roleId) return secrets.token;
    const path = `auth/${config.mount}/login`;
    const answer = judged(
      await raw(null, 'POST', path, { role_id: secrets.roleId, secret_id: secrets.secretId }),
      path,
      where,
    );
    const token = textOf(answer.auth.client_token, 4096);
    if (!token)
      throw new BraidError('connector.refused', `${where} did not let Braid’s AppRole in: ${answer.errors[0] ?? ''}`);
    return token;
  };
  let token = await login();
  return {
    async call(method, path, body) {
      let answer = await raw(token, method, path, body);
      // 403 is also what a token that has ended is told: log in anew, once, where there is a login.
      if (
        answer.status === 403 &&
        secrets.roleId &&
        (await raw(token, 'GET', 'auth/token/lookup-self')).status === 403
      ) {
        token = await login();
        answer = await raw(token, method, path, body);
      }
      return judged(answer, path, where);
    },
    as: (other, method, path, body) => raw(other, method, path, body),
    async renew() {
      await raw(token, 'POST', 'auth/token/renew-self', {}).catch(() => undefined);
    },
  };
}
