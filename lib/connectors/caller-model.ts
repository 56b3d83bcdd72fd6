import { readNetwork } from '@/lib/sessions/network-model';

export interface Caller {
  /** Where the call came from. null: nobody says. */
  network: string | null;
  /** What stands in its place and is no network of a caller: a host name, a malformed address, a loopback. */
  written: string | null;
}

/** An address a service logged of its caller. Its own loopback (`::1`) says that the service called itself. */
export function callerOf(value: unknown): Caller {
  const { address, refused } = readNetwork(value);
  const own = address !== null && (address === '::1' || address.startsWith('127.'));
  return own ? { network: null, written: address } : { network: address, written: refused };
}
