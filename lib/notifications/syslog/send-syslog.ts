import dgram from 'node:dgram';
import type { Socket } from 'node:net';
import os from 'node:os';
import type { ConfigOf } from '@/lib/notifications/kinds-model';
import type { Parcel } from '@/lib/notifications/parcel-model';
import type { Outcome } from '@/lib/notifications/state';
import { framed, syslogsOf } from '@/lib/notifications/syslog/format';
import { BraidError } from '@/lib/platform/errors';
import { addressesOf, connect } from '@/lib/platform/outbound';

/** A collector that has read everything closes; one that keeps the line open is not waited for longer, ms. */
const CLOSE_MS = 1_000;
/** What fits into one datagram everywhere. */
const DATAGRAM = 60_000;

/**
 * Sends each notice as a message of its own. Syslog acknowledges nothing: over TCP and TLS it counts as taken when all was
 * written and the connection did not break; over UDP when it was sent.
 */
export async function sendSyslog(config: ConfigOf<'syslog'>, parcel: Parcel): Promise<Outcome> {
  const messages = parcel.notices.flatMap((notice) => syslogsOf(notice, parcel.base, os.hostname()));
  if (config.transport === 'udp') await datagrams(config, messages);
  else {
    const { ownNetwork, ca } = config;
    const socket = await connect(config.host, config.port, {
      ownNetwork,
      tls: config.transport === 'tls',
      ...(ca ? { ca } : {}),
    });
    await write(socket, messages.map(framed).join(''));
  }
  const how = config.transport === 'udp' ? 'sent, which nobody confirms' : 'written, and the connection stood';
  return { result: 'taken', answer: `${messages.length === 1 ? '1 message' : `${messages.length} messages`} ${how}` };
}

const write = (socket: Socket, text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(new Error('not written within 10 s')), 10_000);
    let ended = false;
    const done = (error?: Error) => {
      clearTimeout(timer);
      socket.destroy();
      if (error)
        reject(new BraidError('connector.unreachable', `The connection broke: ${error.message}.`, { cause: error }));
      else resolve();
    };
    socket.once('error', done);
    socket.once('close', () => done(ended ? undefined : new Error('closed before all was written')));
    socket.resume();
    socket.end(text, () => {
      ended = true;
      setTimeout(done, CLOSE_MS).unref();
    });
  });

async function datagrams(config: ConfigOf<'syslog'>, messages: string[]): Promise<void> {
  const [at] = await addressesOf(config.host, config.ownNetwork);
  const socket = dgram.createSocket(at!.family === 6 ? 'udp6' : 'udp4');
  try {
    for (const message of messages) {
      await new Promise<void>((resolve, reject) => {
        const bytes = Buffer.from(message).subarray(0, DATAGRAM);
        socket.send(bytes, config.port, at!.address, (error) => (error ? reject(error) : resolve()));
      });
    }
  } finally {
    socket.close();
  }
}
