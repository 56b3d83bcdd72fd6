import type { IncomingHttpHeaders } from 'node:http';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { type Reach, reachable, request } from '@/lib/platform/outbound';

// JSON over HTTP to a system's management API: its rate limits, its refusals and its pages read the same way everywhere.

/** A listing of a large estate comes in pages; none is larger than this, bytes. */
const MOST_BYTES = 16 * 1024 * 1024;
const TIMEOUT_MS = 15_000;
const DEFAULT_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 3_600_000;

export interface RestReply {
  status: number;
  headers: IncomingHttpHeaders;
  /** JSON, or the text where it is none; undefined where there is none. */
  body: unknown;
}

export interface RestAsk {
  query?: Record<string, string | number | boolean | undefined>;
  json?: unknown;
  form?: Record<string, string>;
  headers?: Record<string, string>;
}

export interface RestOptions {
  /** What it is called in errors. */
  name: string;
  base: string;
  reach: Reach;
  /** Headers that say who asks; `anew`: what was held was refused. */
  authorize?(anew: boolean): Promise<Record<string, string>>;
  /** Milliseconds to wait, where the answer asks for patience in the system's own way; null: it does not. */
  waitOf?(reply: RestReply): number | null;
}

/** `path`: below the base, or a whole URL of the same origin (a link to the next page). */
export type Rest = (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  ask?: RestAsk,
) => Promise<RestReply>;

/** `Retry-After` in seconds or as a date. null: it says nothing. */
export function retryAfter(headers: IncomingHttpHeaders): number | null {
  const said = headers['retry-after'];
  if (!said) return null;
  const seconds = Number(said);
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(said) - clock.ms();
  return Number.isFinite(ms) ? Math.min(LONGEST_WAIT_MS, Math.max(0, ms)) : null;
}

function bodyOf(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text.slice(0, 2_000);
  }
}

function urlOf(base: string, path: string, query: RestAsk['query'], name: string): URL {
  const root = new URL(base);
  const url = /^https?:\/\//.test(path) ? new URL(path) : new URL(root.href.replace(/\/$/, '') + path);
  if (url.origin !== root.origin)
    throw new BraidError('connector.refused', `${name} pointed to ${url.host}: not followed.`);
  for (const [key, value] of Object.entries(query ?? {}))
    if (value !== undefined) url.searchParams.set(key, `${value}`);
  return url;
}

/** Any status that is not about rate or a failing server is an answer. Throws `connector.limited`, `connector.unreachable`, `connector.refused`. */
export function restClient(options: RestOptions): Rest {
  const { name, base, reach } = options;
  reachable(base, reach);
  return async (method, path, ask = {}) => {
    const url = urlOf(base, path, ask.query, name);
    const body = ask.form
      ? new URLSearchParams(ask.form).toString()
      : ask.json === undefined
        ? undefined
        : JSON.stringify(ask.json);
    const type = ask.form ? 'application/x-www-form-urlencoded' : 'application/json';
    const once = async (anew: boolean): Promise<RestReply> => {
      const answer = await request(url.href, {
        timeoutMs: TIMEOUT_MS,
        ...reach,
        method,
        mostBytes: MOST_BYTES,
        headers: {
          accept: 'application/json',
          'user-agent': 'braid',
          ...(body === undefined ? {} : { 'content-type': type }),
          ...(await options.authorize?.(anew)),
          ...ask.headers,
        },
        ...(body === undefined ? {} : { body }),
      });
      return { status: answer.status, headers: answer.headers, body: bodyOf(answer.body) };
    };
    let reply = await once(false);
    if (reply.status === 401 && options.authorize) reply = await once(true);
    const wait =
      options.waitOf?.(reply) ?? (reply.status === 429 ? (retryAfter(reply.headers) ?? DEFAULT_WAIT_MS) : null);
    const patient = wait ?? (reply.status === 503 ? retryAfter(reply.headers) : null);
    if (patient !== null) {
      throw new BraidError('connector.limited', `${name} asks to be asked less often.`, {
        detail: { retryAfterMs: patient },
      });
    }
    if (reply.status >= 500)
      throw new BraidError('connector.unreachable', `${name} answered ${method} ${url.pathname} with ${reply.status}.`);
    return reply;
  };
}

/** `rel="next"` of a Link header. null: there is none. */
export function nextLink(headers: IncomingHttpHeaders): string | null {
  for (const part of [headers.link ?? []]
    .flat()
    .join(',')
    .split(/,(?=\s*<)/)) {
    const found = /<([^>]{1,4000})>[^,]*rel="?next"?/.exec(part)?.[1];
    if (found) return found;
  }
  return null;
}
