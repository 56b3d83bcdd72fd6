// For tests only: a transmitter that knows nothing of Braid: node:http and node:crypto. It answers what a receiver asks when it
// makes a stream, and signs whatever it is told to, also what no transmitter should.
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

const text = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const AUD = 'https://braid.example';

export interface Foreign {
  url: string;
  /** What streams it was asked for, newest last. */
  streams: { delivery: { endpoint_url: string; authorization_header: string } }[];
  verifications: { stream_id: string; state: string }[];
  /** Handed over to whoever polls, until acknowledged. */
  queue: Map<string, string>;
  acks: string[];
  errors: Record<string, { err: string; description: string }>;
  claims: (event: string, payload: object, subject: object, more?: object) => Record<string, unknown>;
  sign: (claims: object, header?: object, key?: KeyObject) => string;
  push: (token: string, headers?: Record<string, string>) => Promise<{ status: number; body: { err?: string } }>;
  close: () => Promise<void>;
}

const bodyOf = async (request: http.IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

/** `keys`: shown instead of its own. */
export async function foreignTransmitter(keys?: object[]): Promise<Foreign> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'RS256', use: 'sig' };
  let serial = 0;
  const foreign = { streams: [], verifications: [], queue: new Map(), acks: [], errors: {} } as unknown as Foreign;
  const answers: Record<string, (body: string) => [number, unknown]> = {
    'GET /.well-known/ssf-configuration': () => [
      200,
      {
        issuer: foreign.url,
        jwks_uri: `${foreign.url}/jwks`,
        configuration_endpoint: `${foreign.url}/streams`,
        status_endpoint: `${foreign.url}/status`,
        verification_endpoint: `${foreign.url}/verify`,
        critical_subject_members: ['group'],
        spec_version: '1_0',
      },
    ],
    'GET /jwks': () => [200, { keys: keys ?? [jwk] }],
    'POST /streams': (body) => {
      const asked = JSON.parse(body) as Foreign['streams'][0];
      foreign.streams.push(asked);
      const delivery = { ...asked.delivery, endpoint_url: asked.delivery.endpoint_url ?? `${foreign.url}/poll` };
      return [201, { stream_id: 'f1', iss: foreign.url, aud: AUD, delivery, something_new: true }];
    },
    'POST /verify': (body) => {
      foreign.verifications.push(JSON.parse(body) as Foreign['verifications'][0]);
      return [204, undefined];
    },
    'POST /status': (body) => [200, JSON.parse(body)],
    'POST /poll': (body) => {
      const { ack, setErrs } = JSON.parse(body) as { ack: string[]; setErrs: Foreign['errors'] };
      foreign.acks.push(...ack);
      Object.assign(foreign.errors, setErrs);
      for (const jti of [...ack, ...Object.keys(setErrs)]) foreign.queue.delete(jti);
      return [200, { sets: Object.fromEntries(foreign.queue) }];
    },
  };
  const server = http.createServer(async (request, response) => {
    const body = await bodyOf(request);
    const [status, said] = answers[`${request.method} ${request.url?.split('?')[0]}`]?.(body) ?? [404, {}];
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(said === undefined ? '' : JSON.stringify(said));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  foreign.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  foreign.claims = (event, payload, subject, more = {}) => {
    serial += 1;
    const claims = {
      iss: foreign.url,
      aud: AUD,
      jti: `j${serial}-${foreign.url}`,
      iat: Math.floor(Date.now() / 1000),
      txn: `t${serial}`,
    };
    return { ...claims, sub_id: subject, events: { [event]: payload }, ...more };
  };
  foreign.sign = (claims, header = {}, key = privateKey) => {
    const body = `${text({ alg: 'RS256', typ: 'secevent+jwt', kid: 'k1', ...header })}.${text(claims)}`;
    return `${body}.${sign('sha256', Buffer.from(body), key).toString('base64url')}`;
  };
  foreign.push = async (token, headers = {}) => {
    const { delivery } = foreign.streams.at(-1)!;
    const answer = await fetch(delivery.endpoint_url, {
      method: 'POST',
      headers: {
        'content-type': 'application/secevent+jwt',
        accept: 'application/json',
        authorization: delivery.authorization_header,
        ...headers,
      },
      body: token,
    });
    const said = await answer.text();
    return { status: answer.status, body: said ? (JSON.parse(said) as { err?: string }) : {} };
  };
  foreign.close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return foreign;
}
