import { refusalOf } from '@/lib/connectors/answer-model';
import type { Action, Description, Paging } from '@/lib/connectors/http/description-model';
import { fillBody, fillPath, type Values } from '@/lib/connectors/http/fill-evaluate';
import type { Config, Secrets } from '@/lib/connectors/http/manifest';
import { type Condition, holds, select, textAt } from '@/lib/connectors/http/select-evaluate';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { outboundFetch } from '@/lib/platform/outbound-fetch';

const MOST_PAGES = 500;
const MOST_ITEMS = 50_000;
const SPARE_MS = 10_000;

interface Call {
  request: string;
  body?: unknown;
  headers?: Record<string, string> | undefined;
  status?: number[] | undefined;
  where?: Condition | undefined;
}

export interface Heard {
  status: number;
  body: unknown;
}

export interface Client {
  /**
   * The answer, whatever its status. Throws `connector.unreachable` for 5xx, `.limited`, and `.refused` for 401 and 403, where
   * neither the call nor `besides` expects them.
   */
  ask(call: Call, values?: Values, besides?: number[]): Promise<Heard>;
  /** Every item of a listing, page after page. Throws `connector.refused` where it has no list or can’t be read to its end. */
  list(call: Call & { items: string; next?: Paging | undefined }): Promise<unknown[]>;
  /** `already`: it was so before. Throws where the answer is neither that nor a success. */
  act(action: Action, values: Values): Promise<'done' | 'already'>;
}

export const succeeded = (call: Call, { status, body }: Heard): boolean =>
  (call.status ? call.status.includes(status) : status >= 200 && status < 300) &&
  (!call.where || holds(body, call.where));

export const unexpected = (request: string, status: number): BraidError =>
  new BraidError('connector.refused', `${request.split('?')[0]} was answered ${status}.`);

const wordsOf = (call: Call): string => call.request.split('?')[0]!;

/** The headers that show who asks; a token of client credentials is kept until shortly before it expires. */
function authOf(description: Description, secret: string, fetch: typeof globalThis.fetch) {
  const { auth } = description;
  if ('bearer' in auth) return async () => ({ authorization: `Bearer ${secret}` });
  if ('basic' in auth)
    return async () => ({ authorization: `Basic ${Buffer.from(`${auth.basic.user}:${secret}`).toString('base64')}` });
  if ('header' in auth) return async () => ({ [auth.header.name]: `${auth.header.prefix ?? ''}${secret}` });
  const { token, client, scope, audience } = auth.oauth;
  let held: { token: string; until: number } | undefined;
  return async () => {
    if (held && clock.ms() < held.until) return { authorization: `Bearer ${held.token}` };
    const answer = await fetch(token, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${encodeURIComponent(client)}:${encodeURIComponent(secret)}`).toString('base64')}`,
      },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        ...(scope ? { scope } : {}),
        ...(audience ? { audience } : {}),
      }),
    });
    const got = (await answer.json().catch(() => ({}))) as { access_token?: unknown; expires_in?: unknown };
    if (!answer.ok || typeof got.access_token !== 'string')
      throw refusalOf(
        answer.status,
        answer.headers.get('retry-after'),
        clock.ms(),
        `The token endpoint answered ${answer.status}.`,
      );
    const lives = typeof got.expires_in === 'number' ? got.expires_in * 1_000 : 60_000;
    held = { token: got.access_token, until: clock.ms() + lives - SPARE_MS };
    return { authorization: `Bearer ${held.token}` };
  };
}

const withQuery = (request: string, name: string, value: string): string =>
  `${request}${request.includes('?') ? '&' : '?'}${encodeURIComponent(name)}=${encodeURIComponent(value)}`;

/** The request for the page after this one; null: there is none. */
export function nextPage(
  { base }: Pick<Description, 'base'>,
  first: string,
  next: Paging | undefined,
  heard: unknown,
  had: { pages: number; items: number; here: number },
): string | null {
  if (!next || had.here === 0) return null;
  if ('cursor' in next) {
    const cursor = textAt(heard, next.cursor);
    return cursor && cursor !== '0' ? withQuery(first, next.query, cursor) : null;
  }
  if ('page' in next) return withQuery(first, next.page, String(next.first + had.pages));
  if ('offset' in next) return withQuery(first, next.offset, String(had.items));
  const link = textAt(heard, next.link);
  if (!link) return null;
  const url = new URL(link, `${base}/`);
  // A link is followed below the base only: elsewhere the credential has no business.
  if (!url.href.startsWith(`${base}/`))
    throw new BraidError('connector.refused', 'The link to the next page leads away from the base.');
  return `GET ${url.href.slice(base.length)}`;
}

export function openClient(description: Description, config: Config, secrets: Secrets): Client {
  const fetch = outboundFetch({ ownNetwork: config.ownNetwork, ...(config.ca ? { ca: config.ca } : {}) });
  const auth = authOf(description, secrets.secret, fetch);

  async function ask(call: Call, values: Values = {}, besides: number[] = []): Promise<Heard> {
    const filled = fillPath(call.request, values);
    const [method, path] = [filled.slice(0, filled.indexOf(' ')), filled.slice(filled.indexOf(' ') + 1)];
    const body = call.body === undefined ? undefined : JSON.stringify(fillBody(call.body, values));
    const answer = await fetch(`${description.base}${path}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...description.headers,
        ...call.headers,
        ...(await auth()),
      },
      ...(body === undefined ? {} : { body }),
    });
    const told = call.status?.includes(answer.status) || besides.includes(answer.status);
    const nope = () =>
      refusalOf(
        answer.status,
        answer.headers.get('retry-after'),
        clock.ms(),
        `${wordsOf(call)} was answered ${answer.status}.`,
      );
    if (!told && (answer.status >= 500 || [401, 403, 429].includes(answer.status))) throw nope();
    const text = await answer.text();
    try {
      return { status: answer.status, body: text ? JSON.parse(text) : null };
    } catch {
      return { status: answer.status, body: null };
    }
  }

  return {
    ask,
    async list(call) {
      const items: unknown[] = [];
      let request: string | null = call.request;
      for (let pages = 1; request && pages <= MOST_PAGES && items.length < MOST_ITEMS; pages++) {
        const heard = await ask({ ...call, request });
        if (!succeeded(call, heard))
          throw new BraidError('connector.refused', `${wordsOf(call)} was answered ${heard.status}.`);
        const here = select(heard.body, call.items);
        // A list that is not there is no empty list: who is not in it would be concluded gone.
        if (here !== null && !Array.isArray(here))
          throw new BraidError('connector.refused', `${wordsOf(call)}: at ${call.items} there is no list.`);
        items.push(...(here ?? []));
        const had = { pages, items: items.length, here: here?.length ?? 0 };
        const following = nextPage(description, call.request, call.next, heard.body, had);
        request = following === request ? null : following;
      }
      if (request)
        throw new BraidError(
          'connector.refused',
          `${wordsOf(call)} has more than ${MOST_PAGES} pages or ${MOST_ITEMS} items: it can’t be read whole.`,
        );
      return items;
    },
    async act(action, values) {
      const heard = await ask(action, values, action.already);
      if (action.already?.includes(heard.status)) return 'already';
      if (succeeded(action, heard)) return 'done';
      throw new BraidError(
        'connector.refused',
        `${wordsOf(action)} was answered ${heard.status}${action.where ? ', or not as described' : ''}.`,
      );
    },
  };
}
