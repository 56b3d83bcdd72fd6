import { z } from 'zod';
import { BraidError } from '@/lib/platform/errors';

// What Braid knows of a provider's clients is written by people, a line each: which there are, and what is held of them.

export const HELD_KINDS = ['secret', 'access_token', 'refresh_token', 'registration'] as const;
export type HeldKind = (typeof HELD_KINDS)[number];

/** Something held of a client. A registration has the address at which it is managed (RFC 7592). */
export interface Held {
  client: string;
  kind: HeldKind;
  value: string;
  uri?: string;
}

export const clientsSchema = z
  .array(z.strictObject({ id: z.string().max(300), grants: z.array(z.string().max(100)).max(20) }))
  .max(200);
export type ConfiguredClient = z.infer<typeof clientsSchema>[number];

export const holdsSchema = z.array(z.strictObject({ client: z.string().max(300), kind: z.enum(HELD_KINDS) })).max(200);

const lines = (text: string): [number, string[]][] =>
  text
    .split(/\r?\n/)
    .map((line, at): [number, string[]] => [at + 1, line.trim().split(/\s+/).filter(Boolean)])
    .filter(([, words]) => words.length > 0 && !words[0]!.startsWith('#'));

const invalid = (path: string, message: string) =>
  new BraidError('input.invalid', `${path}: ${message}.`, { detail: [{ path, message }] });

/** `report-worker client_credentials refresh_token`: a client and the grants it has. */
export const readClients = (text: string): ConfiguredClient[] =>
  lines(text).map(([, [id, ...grants]]) => ({ id: id!, grants }));

export const writeClients = (clients: readonly ConfiguredClient[]): string =>
  clients.map((one) => [one.id, ...one.grants].join(' ')).join('\n');

/** `report-worker refresh_token <token>`, `report-worker registration <token> <address>`. Throws `input.invalid` by line, never with what stands there. */
export function readHeld(text: string): Held[] {
  return lines(text).map(([line, [client, kind, value, uri, ...more]]) => {
    const known = HELD_KINDS.find((one) => one === kind);
    if (!known) throw invalid('held', `line ${line} needs one of ${HELD_KINDS.join(', ')} after the client`);
    if (!value) throw invalid('held', `line ${line} ends before the ${known}`);
    const managed = known === 'registration';
    if (managed && !/^https?:\/\/\S+$/.test(uri ?? ''))
      throw invalid('held', `line ${line} needs the client's configuration address after its registration token`);
    if ((!managed && uri) || more.length) throw invalid('held', `line ${line} has more words than it may`);
    return { client: client!, kind: known, value, ...(managed ? { uri: uri! } : {}) };
  });
}

export const writeHeld = (held: readonly Held[]): string =>
  held.map(({ client, kind, value, uri }) => [client, kind, value, uri].filter(Boolean).join(' ')).join('\n');
