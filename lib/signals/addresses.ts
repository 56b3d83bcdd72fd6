import { env } from '@/lib/platform/env';

/** `iss` of all Braid sends: its public address, without a slash at the end. */
export const issuer = (): string => env().BRAID_URL.replace(/\/+$/, '');

const at = (path: string): string => `${issuer()}/api/ssf/${path}`;

/** Where what of Shared Signals is. */
export const addresses = () => ({
  jwks: at('jwks'),
  streams: at('streams'),
  status: at('status'),
  addSubject: at('subjects/add'),
  removeSubject: at('subjects/remove'),
  verify: at('verify'),
  token: at('token'),
});

export const pollAddress = (streamId: string): string => at(`poll/${streamId}`);
/** Where a transmitter pushes to. */
export const receiveAddress = (sourceId: string): string => at(`receive/${sourceId}`);
