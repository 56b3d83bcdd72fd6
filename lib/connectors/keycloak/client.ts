import { refusalOf } from '@/lib/connectors/answer-model';
import type { Config, Secrets } from '@/lib/connectors/keycloak/manifest';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { outboundFetch } from '@/lib/platform/outbound-fetch';

export interface TokenAnswer {
  access_token: string;
  expires_in?: number;
  refresh_token?: string;
}

/** What Braid speaks with one realm. Roles named in refusals are client roles of `realm-management`. */
export interface Client {
  /** JSON of a path below /admin/realms/{realm}; null: 404. Throws `connector.refused`, `.unreachable`, `.limited`. */
  get<T>(path: string, role: string): Promise<T | null>;
  /** false: 404. */
  send(method: 'PUT' | 'POST' | 'DELETE', path: string, role: string, body?: unknown): Promise<boolean>;
  /** A client's login by its secret; null: refused with the error Keycloak gives for a wrong secret or a disabled client. */
  login(clientId: string, secret: string, scope?: string): Promise<TokenAnswer | null>;
  /** Ends a token that Braid itself obtained (RFC 7009). */
  drop(clientId: string, secret: string, token: string): Promise<void>;
  /** Status of a GET with this bearer, at a path below /realms/{realm}. */
  statusOf(path: string, bearer: string): Promise<number>;
  /** The first second, since 1970, that is after everything Keycloak has issued so far, by its own clock. */
  nextSecond(): number;
  /** Names of the `realm-management` roles that Braid's own token carries. */
  ownRoles(): Promise<string[]>;
}

/** Ends the token this long before it expires, ms. */
const SPARE_MS = 10_000;

interface Claims {
  exp?: number;
  resource_access?: Record<string, { roles?: string[] }>;
}

const claimsOf = (token: string): Claims => {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Claims;
  } catch {
    return {};
  }
};

export async function openClient(config: Config, secrets: Secrets): Promise<Client> {
  const fetch = outboundFetch({ ownNetwork: config.ownNetwork, ...(config.ca ? { ca: config.ca } : {}) });
  const realm = `${config.url}/realms/${encodeURIComponent(config.realm)}`;
  const admin = `${config.url}/admin/realms/${encodeURIComponent(config.realm)}`;
  const nope = (answer: Response, said: string) =>
    refusalOf(answer.status, answer.headers.get('retry-after'), clock.ms(), said);

  const form = (path: string, values: Record<string, string>) =>
    fetch(`${realm}/protocol/openid-connect/${path}`, { method: 'POST', body: new URLSearchParams(values) });

  async function login(clientId: string, secret: string, scope?: string): Promise<TokenAnswer | null> {
    const answer = await form('token', {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: secret,
      ...(scope ? { scope } : {}),
    });
    if (answer.ok) return (await answer.json()) as TokenAnswer;
    const { error } = (await answer.json().catch(() => ({}))) as { error?: string };
    if (error === 'invalid_client' || error === 'unauthorized_client') return null;
    if (answer.status === 404) throw nope(answer, `There is no realm ${config.realm} at ${config.url}.`);
    throw nope(answer, `The login of ${clientId} was answered ${answer.status} ${error ?? ''}.`);
  }

  /** How far Keycloak's clock is ahead of Braid's. */
  let aheadMs = 0;
  let held: { token: string; until: number } | undefined;
  let minting: Promise<string> | undefined;

  async function mint(): Promise<string> {
    const got = await login(config.clientId, secrets.clientSecret);
    if (!got)
      throw new BraidError(
        'connector.refused',
        `Keycloak refused the login of ${config.clientId}: its secret is another one, it is disabled, or it has no service account.`,
      );
    held = { token: got.access_token, until: clock.ms() + (got.expires_in ?? 60) * 1_000 - SPARE_MS };
    return held.token;
  }

  const bearer = async (): Promise<string> => {
    if (held && clock.ms() < held.until) return held.token;
    minting ??= mint().finally(() => {
      minting = undefined;
    });
    return minting;
  };

  async function ask(method: string, path: string, role: string, body?: unknown, again = true): Promise<Response> {
    const answer = await fetch(`${admin}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await bearer()}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const date = Date.parse(answer.headers.get('date') ?? '');
    if (Number.isFinite(date)) aheadMs = date - clock.ms();
    if (answer.ok || answer.status === 404) return answer;
    if (answer.status === 401 && again) {
      held = undefined;
      return ask(method, path, role, body, false);
    }
    const said =
      answer.status === 403
        ? `${config.clientId} lacks ${role}: give its service account the role ${role} of realm-management.`
        : `${method} ${path.split('?')[0]} was answered ${answer.status}.`;
    throw nope(answer, said);
  }

  await bearer();
  return {
    async get<T>(path: string, role: string) {
      const answer = await ask('GET', path, role);
      return answer.ok ? ((await answer.json()) as T) : null;
    },
    send: async (method, path, role, body) => (await ask(method, path, role, body)).ok,
    login,
    async drop(clientId, secret, token) {
      await form('revoke', { client_id: clientId, client_secret: secret, token });
    },
    async statusOf(path, token) {
      return (await fetch(`${realm}${path}`, { headers: { authorization: `Bearer ${token}` } })).status;
    },
    nextSecond: () => Math.floor((clock.ms() + Math.max(aheadMs, 0)) / 1_000) + 1,
    async ownRoles() {
      held = undefined;
      return claimsOf(await bearer()).resource_access?.['realm-management']?.roles ?? [];
    },
  };
}
