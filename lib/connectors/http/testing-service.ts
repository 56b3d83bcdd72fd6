import http from 'node:http';
import type { AddressInfo } from 'node:net';

// A small real HTTP service with state, for suites: accounts and sessions, in pages, with versions that are checked.

export interface Account {
  id: string;
  login: string;
  disabled: boolean;
}

interface Opened {
  id: string;
  account: string;
  status: 'active' | 'canceling' | 'terminated';
  version: number;
  created: number;
}

export interface TestService {
  url: string;
  accounts: Map<string, Account>;
  sessions: Map<string, Opened>;
  /** Every request as it came: method and raw path. */
  asked: string[];
  /** What the next requests are answered with, instead. */
  instead: { status: number; headers?: Record<string, string>; body?: unknown }[];
  add(id: string): void;
  open(account: string): Opened | undefined;
  stop(): Promise<void>;
}

const PAGE = 2;
export const TOKEN = 'service-token-7f3a';

export async function startService(): Promise<TestService> {
  const state: Omit<TestService, 'url' | 'stop'> = {
    accounts: new Map(),
    sessions: new Map(),
    asked: [],
    instead: [],
    add: (id) => void state.accounts.set(id, { id, login: `login of ${id}`, disabled: false }),
    open(account) {
      if (!state.accounts.has(account) || state.accounts.get(account)!.disabled) return undefined;
      const id = `s/${state.sessions.size + 1}?x`;
      const session: Opened = {
        id,
        account,
        status: 'active',
        version: 3,
        created: 1_700_000_000 + state.sessions.size,
      };
      state.sessions.set(id, session);
      return session;
    },
  };
  const server = http.createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    state.asked.push(`${request.method} ${request.url}`);
    const answer = (status: number, body?: unknown, headers = {}) =>
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(body === undefined ? '' : JSON.stringify(body));
    const other = state.instead.shift();
    if (other) return answer(other.status, other.body, other.headers);
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return answer(401, { error: 'who?' });
    const url = new URL(request.url!, 'http://service');
    const parts = url.pathname.split('/').slice(2).map(decodeURIComponent);
    const body = (text ? JSON.parse(text) : {}) as { version?: unknown; disabled?: boolean };
    return route(state, { method: request.method!, parts, query: url.searchParams, body }, answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return Object.assign(state, {
    url,
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  });
}

interface Asked {
  method: string;
  parts: string[];
  query: URLSearchParams;
  body: { version?: unknown; disabled?: boolean };
}

function route(
  state: Omit<TestService, 'url' | 'stop'>,
  asked: Asked,
  answer: (status: number, body?: unknown) => unknown,
) {
  const { method, parts, query, body } = asked;
  const [what, id, verb] = parts;
  const page = <T>(all: T[]) => {
    const from = Number(query.get('after') ?? 0);
    const here = all.slice(from, from + PAGE);
    return { data: here, page: from + PAGE < all.length ? { next: String(from + PAGE) } : {} };
  };
  if (method === 'GET' && what === 'accounts' && !id) return answer(200, page([...state.accounts.values()]));
  const account = state.accounts.get(id ?? '');
  if (what === 'accounts') {
    if (!account) return answer(404, {});
    if (method === 'PATCH') account.disabled = body.disabled === true;
    return answer(200, { account });
  }
  if (method === 'GET' && !id)
    return answer(200, page([...state.sessions.values()].filter((one) => one.status !== 'terminated')));
  const session = state.sessions.get(id ?? '');
  if (!session) return answer(404, {});
  if (method === 'POST' && verb === 'cancel') {
    if (body.version !== session.version) return answer(409, { error: 'version' });
    session.status = 'terminated';
    session.version++;
  }
  return answer(200, session);
}
