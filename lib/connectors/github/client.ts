import type { Octokit } from '@octokit/core';
import type { Config, Secrets } from '@/lib/connectors/github/manifest';
import { type Look, type Page, wholeListings } from '@/lib/connectors/read-whole';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { reachable } from '@/lib/platform/outbound';
import { outboundFetch } from '@/lib/platform/outbound-fetch';
import { objectOf } from '@/lib/sessions/loose-model';

type Params = Record<string, unknown>;

export interface Reply {
  status: number;
  headers: Record<string, string | number | undefined>;
  data: unknown;
}

/** One way of being known to GitHub. Any status below 500 that is not a refusal by rate is an answer. */
export interface Caller {
  send(route: string, params?: Params): Promise<Reply>;
  /**
   * A list to its end. Throws `connector.refused` naming the route where it is not answered with 200, or is cut. `look`:
   * what was read of it before GitHub asked for patience is gone on from.
   */
  all(route: string, params?: Params, look?: Look): Promise<unknown[]>;
  /** A list as far as `most` entries. */
  some(route: string, params: Params, most: number): Promise<{ items: unknown[]; cut: boolean }>;
}

export interface Client {
  /** As Braid's app within the organization. */
  organization: Caller;
  /** As Braid's app itself. */
  app: Caller;
  /** As another app whose key is held. */
  appOf(appId: string): Caller | undefined;
  /** With a token that is held, or as nobody. */
  bearer(token: string | null): Caller;
}

/** Primary limits tell when they end, secondary ones how long to wait; both come as 403 or 429. Milliseconds. */
function waitOf({ status, headers, data }: Reply): number | null {
  if (status !== 403 && status !== 429) return null;
  const after = Number(headers['retry-after']);
  if (after > 0) return after * 1_000;
  const reset = Number(headers['x-ratelimit-reset']);
  if (`${headers['x-ratelimit-remaining']}` === '0' && reset > 0) return Math.max(1_000, reset * 1_000 - clock.ms());
  const said = (data as { message?: unknown } | null)?.message;
  const limited = status === 429 || /secondary rate limit/i.test(typeof said === 'string' ? said : '');
  return limited ? 60_000 : null;
}

const PAGE = 100;

/** A route with its places filled: what is read at two of them is not one listing. */
const wayOf = (route: string, params: Params): string => route.replace(/\{(\w+)\}/g, (_, name) => `${params[name]}`);

export function refusedBy(route: string, { status, data }: Reply): BraidError {
  const said = (data as { message?: unknown } | null)?.message;
  const text = typeof said === 'string' ? `: ${said.slice(0, 200)}` : '';
  return new BraidError('connector.refused', `GitHub answered ${route} with ${status}${text}.`);
}

function callerOf(octokit: Octokit): Caller {
  const send = async (route: string, params: Params = {}): Promise<Reply> => {
    const reply = await octokit.request(route, params).then(
      ({ status, headers, data }): Reply => ({ status, headers, data }),
      (error: { status?: number; response?: Reply; message?: string }): Reply => {
        if (error instanceof BraidError) throw error;
        const cause = (error as { cause?: unknown }).cause;
        if (cause instanceof BraidError) throw cause;
        if (error.response) {
          const { headers, data } = error.response;
          return { status: error.response.status, headers, data };
        }
        throw new BraidError('connector.unreachable', `GitHub can’t be reached: ${error.message ?? 'no answer'}.`, {
          cause: error,
        });
      },
    );
    const retryAfterMs = waitOf(reply);
    if (retryAfterMs !== null) {
      const message = 'GitHub asks to be asked less often.';
      throw new BraidError('connector.limited', message, { detail: { retryAfterMs } });
    }
    if (reply.status >= 500) {
      throw new BraidError('connector.unreachable', `GitHub answered ${route} with ${reply.status}.`);
    }
    return reply;
  };
  const whole = wholeListings('GitHub');
  const pageOf = async (route: string, params: Params, page: number): Promise<Page<number>> => {
    const reply = await send(route, { ...params, per_page: PAGE, page });
    if (reply.status !== 200) throw refusedBy(route, reply);
    const data = reply.data as unknown[] | { repositories?: unknown; installations?: unknown } | null;
    const items = Array.isArray(data) ? data : (data?.repositories ?? data?.installations);
    return { items, next: Array.isArray(items) && items.length === PAGE ? page + 1 : null };
  };
  const idOf = (item: unknown) => objectOf(item).id ?? objectOf(item).credential_id ?? JSON.stringify(item);
  const some: Caller['some'] = async (route, params, most) => {
    const items: unknown[] = [];
    let next: number | null = 1;
    while (next !== null && items.length < most) {
      const page: Page<number> = await pageOf(route, params, next);
      if (!Array.isArray(page.items))
        throw new BraidError('connector.refused', `GitHub answered ${route} without a list.`);
      items.push(...page.items);
      next = page.next;
    }
    return { items: items.slice(0, most), cut: next !== null || items.length > most };
  };
  return {
    send,
    some,
    all: (route, params = {}, look) =>
      whole({
        what: wayOf(route, params),
        first: 1,
        read: (page) => pageOf(route, params, page),
        resume: look && { look, sameAt: (next) => next - 1, idOf },
      }),
  };
}

/** Finds the app's installation in the organization and connects as it. Throws `connector.refused` where there is none. */
export async function openClient(config: Config, secrets: Secrets): Promise<Client & { installationId: number }> {
  reachable(config.baseUrl, config);
  const [{ Octokit }, { createAppAuth }] = await Promise.all([import('@octokit/core'), import('@octokit/auth-app')]);
  const common = {
    baseUrl: config.baseUrl.replace(/\/$/, ''),
    userAgent: 'braid',
    request: { fetch: outboundFetch({ ownNetwork: config.ownNetwork, timeoutMs: 15_000 }) },
  };
  const as = (auth: { appId: number | string; privateKey: string; installationId?: number }) =>
    callerOf(new Octokit({ ...common, authStrategy: createAppAuth, auth }));
  const own = { appId: config.appId, privateKey: secrets.privateKey };
  const app = as(own);
  const found = await app.send('GET /orgs/{org}/installation', { org: config.organization });
  if (found.status === 401) {
    throw new BraidError('connector.refused', `GitHub does not know app ${config.appId} by this private key.`);
  }
  const installationId = (found.data as { id?: unknown }).id;
  if (found.status !== 200 || typeof installationId !== 'number') {
    throw new BraidError(
      'connector.refused',
      `App ${config.appId} is not installed in ${config.organization}: install it there first.`,
    );
  }
  return {
    app,
    installationId,
    organization: as({ ...own, installationId }),
    appOf: (appId) => (secrets.appKeys[appId] ? as({ appId, privateKey: secrets.appKeys[appId] }) : undefined),
    bearer: (token) => callerOf(new Octokit({ ...common, ...(token ? { auth: token } : {}) })),
  };
}
