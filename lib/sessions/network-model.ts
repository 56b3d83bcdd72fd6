import { isIPv4, isIPv6 } from 'node:net';

export interface Network {
  /** IP address in its shortest usual form, without port and zone. null: there is none. */
  address: string | null;
  port: number | null;
  /** The address is there and is none (035.249.253.232, 999.1.1.1, a host name): kept so, for `attributes`. */
  refused: string | null;
}

const NONE: Network = { address: null, port: null, refused: null };
const REFUSED_MOST = 200;

const portOf = (text: string | undefined): number | null => {
  const port = text === undefined ? Number.NaN : Number(text);
  return Number.isInteger(port) && port >= 0 && port <= 65_535 ? port : null;
};

/**
 * An address as logs write it: `v4`, `v4:port`, `v6`, `[v6]:port`, with a zone (`fe80::1%eth0`), a prefix length of one host
 * (`10.0.0.1/32`) or mapped (`::ffff:10.0.0.1`, which is 10.0.0.1). Empty, `-`, `[local]` and the like are no address and no
 * mistake. Octets with leading zeros are refused: some read them as octal.
 */
export function readNetwork(value: unknown): Network {
  if (typeof value !== 'string') return NONE;
  const text = value.slice(0, 300).trim();
  if (text === '' || text === '-' || /^(?:\[local\]|local|unix.*|none|null|unknown|n\/a|@)$/i.test(text)) return NONE;
  const v4 = /^([0-9.]{7,15})(?::(\d{1,5})|\/32)?$/.exec(text);
  if (v4) {
    return isIPv4(v4[1]!)
      ? { address: v4[1]!, port: portOf(v4[2]), refused: null }
      : { address: null, port: null, refused: text.slice(0, REFUSED_MOST) };
  }
  const v6 =
    /^([0-9a-f:.]{2,45})(?:%[\w.-]{1,40})?(?:\/128)?$/i.exec(text) ??
    /^\[([0-9a-f:.]{2,45})(?:%[\w.-]{1,40})?\](?::(\d{1,5}))?$/i.exec(text);
  if (v6 && isIPv6(v6[1]!)) return { address: shortest(v6[1]!), port: portOf(v6[2]), refused: null };
  return { address: null, port: null, refused: text.slice(0, REFUSED_MOST) };
}

/** RFC 5952. An IPv4 address mapped into IPv6 is that IPv4 address. */
function shortest(v6: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(v6);
  if (mapped) return mapped[1]!;
  const plain = new URL(`http://[${v6}]`).hostname.slice(1, -1);
  const hex = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(plain);
  if (!hex) return plain;
  const [high, low] = [Number.parseInt(hex[1]!, 16), Number.parseInt(hex[2]!, 16)];
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

/** 10/8, 172.16/12, 192.168/16, loopback, link-local, carrier-grade NAT and their IPv6 likes: no place on the public network. */
export function isPrivate(address: string): boolean {
  const before = asked.get(address);
  if (before !== undefined) return before;
  if (asked.size >= ASKED_MOST) asked.clear();
  const answer = privately(address);
  asked.set(address, answer);
  return answer;
}

/** The same few addresses are asked about again and again. */
const asked = new Map<string, boolean>();
const ASKED_MOST = 10_000;

function privately(address: string): boolean {
  if (address.includes(':')) return /^(?:::1?$|f[cd]|fe[89ab])/i.test(address);
  const [a, b] = address.split('.').map(Number) as [number, number];
  return (
    a === 10 ||
    a === 127 ||
    a === 0 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b < 128)
  );
}

/** The network an address is in, as one site or tenant has it: its /24 (IPv4) or /48 (IPv6). */
export function siteOf(address: string): string {
  if (!address.includes(':')) return `${address.split('.').slice(0, 3).join('.')}.0/24`;
  const [head = '', tail] = address.toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  const rest = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - groups.length - rest.length)).fill('0');
  const first = [...groups, ...zeros, ...rest].slice(0, 3).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${first.join(':')}::/48`;
}
