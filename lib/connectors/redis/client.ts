import net from 'node:net';
import type { Config } from '@/lib/connectors/redis/manifest';
import { certificateTrouble } from '@/lib/platform/certificate';
import { BraidError } from '@/lib/platform/errors';
import { addressesOf } from '@/lib/platform/outbound';

const CONNECT_MS = 3_000;
const ANSWER_MS = 5_000;
export const CLIENT_NAME = 'braid-connector';

/** A reply as RESP 2 writes it: text, number, null or a list of those. */
export type Reply = string | number | null | Reply[];

export interface Login {
  user: string;
  password: string;
}

/** One node, connected when first asked and again after a loss. */
export interface Node {
  /** host:port */
  name: string;
  /** Throws `connector.unreachable`, `connector.refused`. */
  send(...args: string[]): Promise<Reply>;
  close(): void;
}

const NOT_NOW = /^(?:LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|READONLY|OOM)\b/;

/** A reply that refuses keeps Redis's own words; everything else is a node that can't be reached now. */
export function explain(error: unknown, node: string): BraidError {
  if (error instanceof BraidError) return error;
  const { message = '', code = '' } = error as { message?: string; code?: string };
  const reply = /^[A-Z]{2,20}(?: |$)/.test(message) && !NOT_NOW.test(message);
  const why = certificateTrouble(error) ?? (message || code || 'no answer');
  return reply
    ? new BraidError('connector.refused', `${node}: ${why}.`.slice(0, 500), { cause: error })
    : new BraidError('connector.unreachable', `${node} can't be reached: ${why}.`.slice(0, 500), { cause: error });
}

/** Refused because of who asks or what they may do, not because of what was asked. */
export const isRefusal = (error: unknown): error is BraidError =>
  error instanceof BraidError && error.code === 'connector.refused';

function splitNode(node: string): { host: string; port: number } {
  const at = node.lastIndexOf(':');
  return { host: node.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(node.slice(at + 1)) };
}

/** Opens one connection. Databases stand in networks of one's own; metadata services are refused all the same. */
async function openClient(node: string, config: Config, login: Login) {
  const { createClient } = await import('@redis/client');
  const { host, port } = splitNode(node);
  const [at] = await addressesOf(host, true);
  const tls =
    config.tls === 'disable'
      ? {}
      : {
          tls: true as const,
          rejectUnauthorized: config.tls === 'verify-full',
          ...(net.isIP(host) ? {} : { servername: host }),
          ...(config.ca ? { ca: config.ca } : {}),
        };
  const client = createClient({
    RESP: 2,
    username: login.user,
    password: login.password,
    disableClientInfo: true,
    disableOfflineQueue: true,
    socket: { host: at!.address, port, connectTimeout: CONNECT_MS, reconnectStrategy: false, ...tls },
  });
  client.on('error', () => undefined); // a lost connection is said by the command that meets it
  await client.connect();
  await client.sendCommand(['CLIENT', 'SETNAME', CLIENT_NAME]).catch(() => undefined); // not allowed to a canary
  return client;
}

type Raw = Awaited<ReturnType<typeof openClient>>;

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** `once`: a lost connection is not opened again (whoever is ended stays out). */
export function nodeOf(name: string, config: Config, login: Login, { once = false } = {}): Node {
  let opening: Promise<Raw> | undefined;
  const drop = () => {
    const known = opening;
    opening = undefined;
    known?.then((client) => client.isOpen && client.destroy()).catch(() => undefined);
  };
  const client = async (): Promise<Raw> => {
    if (opening) {
      const known = await opening.catch(() => undefined);
      if (known?.isReady) return known;
      if (once) throw new Error('the connection was ended');
      drop();
    }
    opening = openClient(name, config, login);
    return within(opening, CONNECT_MS + 1_000);
  };
  return {
    name,
    async send(...args) {
      try {
        return (await within((await client()).sendCommand(args), ANSWER_MS)) as unknown as Reply;
      } catch (error) {
        const known = explain(error, name);
        if (known.code === 'connector.unreachable' && !once) drop();
        throw known;
      }
    },
    close: drop,
  };
}
