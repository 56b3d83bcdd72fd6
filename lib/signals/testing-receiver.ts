// For tests only: a receiver that knows nothing of Braid but the standards: fetch, node:http and node:crypto.
import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Claims {
  iss: string;
  jti: string;
  iat: number;
  aud: string | string[];
  txn: string;
  sub_id: Record<string, unknown>;
  events: Record<string, Record<string, unknown>>;
  sub?: unknown;
  exp?: unknown;
}

const part = (text: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Record<string, unknown>;

/** Checks a token with node:crypto alone, as RFC 8417, SSF 1.0 and the interoperability profile want it. Throws what is wrong. */
export async function verified(url: string, token: string): Promise<Claims> {
  const [head, body, signature] = token.split('.') as [string, string, string];
  const header = part(head);
  const claims = part(body) as unknown as Claims;
  const metadata = (await (await fetch(`${url}/.well-known/ssf-configuration`)).json()) as {
    issuer: string;
    jwks_uri: string;
  };
  const { keys } = (await (await fetch(metadata.jwks_uri)).json()) as { keys: (JsonWebKey & { kid: string })[] };
  const jwk = keys.find(({ kid }) => kid === header.kid);
  if (!jwk) throw new Error('no such key');
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  const wrong = [
    header.typ === 'secevent+jwt' ? '' : 'typ',
    header.alg === 'RS256' ? '' : 'alg',
    (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048 ? '' : 'modulus',
    verify('sha256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url')) ? '' : 'signature',
    claims.iss === metadata.issuer ? '' : 'iss',
    'sub' in claims || 'exp' in claims ? 'sub or exp' : '',
    claims.iat <= Date.now() / 1000 + 5 ? '' : 'iat',
    Object.keys(claims.events).length === 1 ? '' : 'events',
    claims.sub_id && claims.jti && claims.txn && claims.aud ? '' : 'missing',
  ].filter(Boolean);
  if (wrong.length > 0) throw new Error(`wrong: ${wrong.join(', ')}`);
  return claims;
}

export const eventOf = ({ events }: Claims): [string, Record<string, unknown>] => Object.entries(events)[0]!;

/** An OAuth client of a Braid. */
export async function clientOf(url: string, given: { clientId: string; clientSecret: string }, scope?: string) {
  const answer = await fetch(`${url}/api/ssf/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${given.clientId}:${given.clientSecret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope ? { scope } : {}) }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  return async (method: string, path: string, body?: unknown) => {
    const got = await fetch(path.startsWith('http') ? path : `${url}/api/ssf/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await got.text();
    // biome-ignore lint/suspicious/noExplicitAny: a receiver looks at whatever it got
    return { status: got.status, headers: got.headers, body: (text ? JSON.parse(text) : undefined) as any };
  };
}

/** Where tokens are pushed to. `answers` are given in order, then 202. */
export async function pushReceiver() {
  const got: { token: string; headers: http.IncomingHttpHeaders }[] = [];
  const answers: { status: number; body?: object }[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      got.push({ token: Buffer.concat(chunks).toString('utf8'), headers: request.headers });
      const { status, body } = answers.shift() ?? { status: 202 };
      response.writeHead(status, { 'content-type': 'application/json' }).end(body ? JSON.stringify(body) : '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { got, answers, url: `http://127.0.0.1:${port}/events`, close };
}

export async function until<T>(
  look: () => Promise<T | undefined | false> | T | undefined | false,
  ms = 40_000,
): Promise<T> {
  for (let waited = 0; ; waited += 50) {
    const found = await look();
    if (found) return found;
    if (waited > ms) throw new Error('it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
