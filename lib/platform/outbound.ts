import dns from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';
import { certificateTrouble } from '@/lib/platform/certificate';
import { BraidError } from '@/lib/platform/errors';

// Every call to an address that somebody typed in goes through here: the address is checked when it is connected to, so that
// a name that answers differently the second time gains nothing; no redirect is followed; time and size have an end.

export interface Reach {
  /** May it be an address of one's own networks: loopback, private, carrier-grade? Metadata services never. */
  ownNetwork: boolean;
  /** From the first look-up to the last byte, milliseconds. Default 10 000. */
  timeoutMs?: number;
  /** PEM of an authority to trust instead of the public ones. */
  ca?: string;
}

export interface Outgoing extends Reach {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  headers: Record<string, string>;
  body?: string;
  /** Most of the answer that is kept, bytes; the rest is not read. Default 16 384. */
  mostBytes?: number;
}

export interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  /** At most `mostBytes` of it. */
  body: string;
}

type Range = [address: string, bits: number, family: 'ipv4' | 'ipv6'];

function listOf(ranges: Range[]): net.BlockList {
  const list = new net.BlockList();
  for (const range of ranges) list.addSubnet(...range);
  return list;
}

/** Nobody's receiver: this host under another name, link-local and the clouds' metadata services, multicast, reserved. */
const NEVER = listOf([
  ['0.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['168.63.129.16', 32, 'ipv4'],
  ['100.100.100.200', 32, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['224.0.0.0', 4, 'ipv4'],
  ['240.0.0.0', 4, 'ipv4'],
  ['::', 128, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
  ['fd00:ec2::254', 128, 'ipv6'],
  ['64:ff9b::', 96, 'ipv6'],
  ['2002::', 16, 'ipv6'],
]);

const OWN = listOf([
  ['127.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['::1', 128, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
]);

/** Why this address is not connected to; null: it may be. An IPv4 address inside an IPv6 one is judged as what it is. */
export function refusal(address: string, ownNetwork: boolean): string | null {
  const family = net.isIPv6(address) ? 'ipv6' : 'ipv4';
  if (NEVER.check(address, family)) return `${address} is never connected to: link-local, metadata or reserved`;
  if (!ownNetwork && OWN.check(address, family))
    return `${address} is in a network of your own: say so in the settings if that is meant`;
  return null;
}

const refused = (host: string, why: string) =>
  new BraidError('connector.refused', net.isIP(host) ? `${why}.` : `${host}: ${why}.`);

/** A host as a URL writes it, without the brackets of an IPv6 address. */
const bare = (host: string): string => host.replace(/^\[|\]$/g, '');

/** The addresses of a name that may be connected to. Throws `connector.refused`, `connector.unreachable`. */
export async function addressesOf(host: string, ownNetwork: boolean): Promise<dns.LookupAddress[]> {
  const name = bare(host);
  const found = net.isIP(name)
    ? [{ address: name, family: net.isIP(name) }]
    : await dns.promises.lookup(name, { all: true }).catch((cause: NodeJS.ErrnoException) => {
        throw new BraidError('connector.unreachable', `${name}: no such host (${cause.code ?? cause.message}).`, {
          cause,
        });
      });
  const allowed = found.filter(({ address }) => refusal(address, ownNetwork) === null);
  if (allowed.length > 0) return allowed;
  throw refused(name, refusal(found[0]?.address ?? '0.0.0.0', ownNetwork) ?? 'no address');
}

const lookupFor =
  (ownNetwork: boolean): net.LookupFunction =>
  (host, options, callback) => {
    addressesOf(host, ownNetwork).then(
      (allowed) => {
        const fits = allowed.filter(({ family }) => !options.family || family === options.family);
        const usable = fits.length > 0 ? fits : allowed;
        if (options.all) callback(null, usable);
        else callback(null, usable[0]!.address, usable[0]!.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, []),
    );
  };

const TIMEOUT_MS = 10_000;

const unreachable = (what: string, error: Error & { code?: string; errors?: Error[] }): BraidError => {
  if (error instanceof BraidError) return error;
  const inner = (error.errors?.[0] ?? error) as Error & { code?: string };
  const why = certificateTrouble(inner) ?? (inner.message || inner.code || 'no connection');
  return new BraidError('connector.unreachable', `${what}: ${why}.`, { cause: error });
};

/** One HTTP request. Any status is an answer; throws `connector.refused` (the address) and `connector.unreachable`. */
export function request(to: string, outgoing: Outgoing): Promise<Answer> {
  const url = new URL(to);
  const { ownNetwork, timeoutMs = TIMEOUT_MS, mostBytes = 16_384, ca, method, body } = outgoing;
  const literal = net.isIP(bare(url.hostname)) ? refusal(bare(url.hostname), ownNetwork) : null;
  if (literal) return Promise.reject(refused(bare(url.hostname), literal));
  return new Promise<Answer>((resolve, reject) => {
    const sent = (url.protocol === 'https:' ? https : http).request(url, {
      method,
      agent: false,
      lookup: lookupFor(ownNetwork),
      ...(ca ? { ca } : {}),
      headers: { ...outgoing.headers, ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) },
    });
    const timer = setTimeout(() => sent.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
    const fail = (error: Error) => {
      clearTimeout(timer);
      reject(unreachable(url.host, error));
    };
    sent.on('error', fail);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const done = () => {
        clearTimeout(timer);
        const text = Buffer.concat(chunks).subarray(0, mostBytes).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
      };
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size < mostBytes) return;
        done();
        sent.destroy();
      });
      response.on('end', done);
      response.on('error', fail);
      response.on('close', () => fail(new Error('the connection broke within the answer')));
    });
    sent.end(body);
  });
}

/**
 * Agents for a vendor's SDK that speaks HTTP by itself: the same checks of addresses at connect time. What the SDK sends and
 * how long it waits stays its own. An address written as a number is checked with `reachable`, as no name is looked up then.
 */
export function agentsFor({ ownNetwork, ca }: Reach): { http: http.Agent; https: https.Agent } {
  const options = { keepAlive: true, maxSockets: 16, lookup: lookupFor(ownNetwork) };
  return { http: new http.Agent(options), https: new https.Agent({ ...options, ...(ca ? { ca } : {}) }) };
}

/** Throws `connector.refused` where a URL's host is an address that is not connected to. Names are checked when connected to. */
export function reachable(to: string, { ownNetwork }: Reach): void {
  const host = bare(new URL(to).hostname);
  const why = net.isIP(host) ? refusal(host, ownNetwork) : null;
  if (why) throw refused(host, why);
}

/** A TCP connection, with TLS where asked for. The caller ends it. Throws like `request`. */
export function connect(host: string, port: number, reach: Reach & { tls: boolean }): Promise<net.Socket> {
  const name = bare(host);
  const { ownNetwork, timeoutMs = TIMEOUT_MS, ca } = reach;
  const literal = net.isIP(name) ? refusal(name, ownNetwork) : null;
  if (literal) return Promise.reject(refused(name, literal));
  return new Promise((resolve, reject) => {
    const lookup = lookupFor(ownNetwork);
    const options = { host: name, port, lookup };
    const socket = reach.tls
      ? tls.connect({ ...options, ...(net.isIP(name) ? {} : { servername: name }), ...(ca ? { ca } : {}) })
      : net.connect(options);
    const timer = setTimeout(() => socket.destroy(new Error(`no connection within ${timeoutMs / 1000} s`)), timeoutMs);
    const fail = (error: Error) => {
      clearTimeout(timer);
      reject(unreachable(`${name}:${port}`, error));
    };
    socket.once('error', fail);
    socket.once(reach.tls ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      socket.off('error', fail);
      resolve(socket);
    });
  });
}
