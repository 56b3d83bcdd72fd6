// For tests only: receivers that really listen, and do what they are told to.
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';

export interface Got {
  headers: http.IncomingHttpHeaders;
  body: string;
  json: Record<string, unknown>;
}

type Answer = { status: number; headers?: Record<string, string>; body?: string } | 'silence' | 'hang up';

/** An HTTP receiver. `answers` are given in order, then 200 for ever. */
export async function hookReceiver(port = 0) {
  const got: Got[] = [];
  const answers: Answer[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      got.push({ headers: request.headers, body, json: JSON.parse(body) as Record<string, unknown> });
      const answer = answers.shift() ?? { status: 200, body: 'ok' };
      if (answer === 'silence') return;
      if (answer === 'hang up') return void request.socket.destroy();
      response.writeHead(answer.status, answer.headers).end(answer.body ?? '');
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const at = (server.address() as AddressInfo).port;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { got, answers, port: at, url: `http://127.0.0.1:${at}/hook`, close };
}

export interface Mail {
  from: string;
  to: string[];
  data: string;
}

/** As much of an SMTP server (RFC 5321) as takes a mail. `answers`: given instead of 250 to the end of DATA, in order. */
export async function mailReceiver() {
  const got: Mail[] = [];
  const answers: string[] = [];
  const server = net.createServer((socket) => {
    let mail: Mail = { from: '', to: [], data: '' };
    let inData = false;
    let buffer = '';
    const line = (text: string) => {
      if (inData) {
        if (text !== '.') {
          mail.data += `${text.replace(/^\.\./, '.')}\r\n`;
          return;
        }
        inData = false;
        const answer = answers.shift() ?? '250 2.0.0 queued';
        if (answer.startsWith('250')) got.push(mail);
        mail = { from: '', to: [], data: '' };
        return void socket.write(`${answer}\r\n`);
      }
      const [verb] = text.toUpperCase().split(/[ :]/);
      if (verb === 'MAIL') mail.from = /<(.*?)>/.exec(text)?.[1] ?? '';
      if (verb === 'RCPT') mail.to.push(/<(.*?)>/.exec(text)?.[1] ?? '');
      if (verb === 'DATA') inData = true;
      if (verb === 'QUIT') return void socket.end('221 bye\r\n');
      socket.write(verb === 'DATA' ? '354 go on\r\n' : '250 ok\r\n');
    };
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      buffer += chunk.toString('utf8');
      for (let end = buffer.indexOf('\r\n'); end >= 0; end = buffer.indexOf('\r\n')) {
        const text = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        line(text);
      }
    });
    socket.write('220 mail.test ESMTP\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { got, answers, port: (server.address() as AddressInfo).port, close: () => server.close() };
}

/** Messages by RFC 6587 octet counting. */
export function unframed(bytes: Buffer): string[] {
  const messages: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(bytes.subarray(at, space).toString('ascii'));
    messages.push(bytes.subarray(space + 1, space + 1 + length).toString('utf8'));
    at = space + 1 + length;
  }
  return messages;
}

/** A log collector over TCP. */
export async function logReceiver() {
  const got: string[] = [];
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    const chunks: Buffer[] = [];
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('end', () => {
      got.push(...unframed(Buffer.concat(chunks)));
      socket.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { got, port: (server.address() as AddressInfo).port, close: () => server.close() };
}
