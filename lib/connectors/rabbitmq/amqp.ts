import type { Socket } from 'node:net';
import type { CanarySession } from '@/lib/connectors/contract';
import type { Config } from '@/lib/connectors/rabbitmq/manifest';
import { BraidError } from '@/lib/platform/errors';
import { connect } from '@/lib/platform/outbound';

// As much of AMQP 0-9-1 as a login needs: start, tune, open, and a channel to see that the connection is served.

const ANSWER_MS = 5_000;
const METHOD = 1;
const END = 0xce;
const START = '10.10';
const TUNE = '10.30';
const OPENED = '10.41';
const CLOSE = '10.50';
const CHANNEL_OPENED = '20.11';

const short = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);
const long = (value: number): Buffer => {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value);
  return out;
};
const shortText = (value: string): Buffer =>
  Buffer.concat([Buffer.from([Buffer.byteLength(value)]), Buffer.from(value)]);
const longText = (value: Buffer): Buffer => Buffer.concat([long(value.length), value]);
const field = (name: string, kind: string, value: Buffer): Buffer =>
  Buffer.concat([shortText(name), Buffer.from(kind), value]);

function frame(channel: number, method: string, ...args: Buffer[]): Buffer {
  const [group, id] = method.split('.').map(Number) as [number, number];
  const payload = Buffer.concat([short(group), short(id), ...args]);
  return Buffer.concat([Buffer.from([METHOD]), short(channel), long(payload.length), payload, Buffer.from([END])]);
}

interface Said {
  method: string;
  body: Buffer;
}

/** Methods as they come; anything after the connection was lost is `closed`. */
function listen(socket: Socket): { next(): Promise<Said> } {
  let rest = Buffer.alloc(0);
  let over = false;
  const said: Said[] = [];
  let wake = () => {};
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 8) {
      const size = rest.readUInt32BE(3);
      if (size > 1 << 20 || rest.length < size + 8) break;
      const payload = rest.subarray(7, 7 + size);
      if (rest[0] === METHOD)
        said.push({ method: `${payload.readUInt16BE(0)}.${payload.readUInt16BE(2)}`, body: payload.subarray(4) });
      rest = rest.subarray(size + 8);
    }
    wake();
  });
  const end = () => {
    over = true;
    wake();
  };
  socket.on('error', end).on('close', end);
  return {
    async next() {
      const late = setTimeout(end, ANSWER_MS);
      while (!said.length && !over)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      clearTimeout(late);
      return said.shift() ?? { method: 'closed', body: Buffer.alloc(0) };
    },
  };
}

const closing = (body: Buffer): { code: number; why: string } => ({
  code: body.readUInt16BE(0),
  why: body.subarray(3, 3 + (body[2] ?? 0)).toString('utf8'),
});

const PROPERTIES = longText(
  Buffer.concat([
    field('product', 'S', longText(Buffer.from('braid connector'))),
    // Without it a refused login is a lost connection, which says nothing.
    field('capabilities', 'F', longText(field('authentication_failure_close', 't', Buffer.from([1])))),
  ]),
);

/** Logs in as the canary does. null: the broker refused the login or lets this user open no connection. */
export async function enterAmqp(config: Config, user: string, password: string): Promise<CanarySession | null> {
  if (!config.amqp) throw new BraidError('connector.unsupported', 'The connector has no AMQP address to log in at.');
  const url = new URL(config.amqp);
  const tls = url.protocol === 'amqps:';
  const { ownNetwork, ca } = config;
  const port = Number(url.port) || (tls ? 5671 : 5672);
  const socket = await connect(url.hostname, port, { ownNetwork, tls, timeoutMs: ANSWER_MS, ...(ca ? { ca } : {}) });
  const heard = listen(socket);
  const unexpected = (said: Said): BraidError => {
    socket.destroy();
    const why = said.method === CLOSE ? closing(said.body).why : `method ${said.method}`;
    return new BraidError(
      'connector.unreachable',
      `The login at ${url.host} was not answered as AMQP says: ${why}.`.slice(0, 500),
    );
  };
  socket.write(Buffer.from('AMQP\0\0\x09\x01', 'latin1'));
  const start = await heard.next();
  if (start.method !== START) throw unexpected(start);
  const response = Buffer.from(`\0${user}\0${password}`);
  socket.write(frame(0, '10.11', PROPERTIES, shortText('PLAIN'), longText(response), shortText('en_US')));
  const tune = await heard.next();
  if (tune.method === CLOSE && closing(tune.body).code === 403) {
    socket.destroy();
    return null;
  }
  if (tune.method !== TUNE) throw unexpected(tune);
  socket.write(frame(0, '10.31', tune.body.subarray(0, 6), short(0)));
  const vhost = decodeURIComponent(url.pathname.slice(1)) || '/';
  socket.write(frame(0, '10.40', shortText(vhost), shortText(''), Buffer.from([0])));
  const opened = await heard.next();
  if (opened.method === CLOSE && /connection limit/i.test(closing(opened.body).why)) {
    socket.destroy();
    return null;
  }
  if (opened.method !== OPENED) throw unexpected(opened);
  let channel = 0;
  return {
    async alive() {
      if (socket.destroyed) return false;
      channel++;
      socket.write(frame(channel, '20.10', shortText('')));
      return (await heard.next()).method === CHANNEL_OPENED;
    },
    async close() {
      socket.destroy();
    },
  };
}
