// For tests only: receivers that speak TLS, with a certificate of localhost that nothing else trusts.
import net, { type AddressInfo } from 'node:net';
import tls from 'node:tls';

export const CERT = `-----BEGIN CERTIFICATE-----
MIIBmjCCAUGgAwIBAgIUYWKBIp0NBcryMZzZdNYjvDNNyvIwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjE3MjU0M1oYDzIxMjYxMDI5
MTcyNTQzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAS4tDATuj+RPOh4we1+q5UKIaISnPZGk+MtZWZB/uypZERS0xMXO4I0
gZSvVwh+PD5/LqwjPVuTj0vgQHxVyhdfo28wbTAdBgNVHQ4EFgQUYjwUfshxZ8Z2
7rYBoR4FhkBcidkwHwYDVR0jBBgwFoAUYjwUfshxZ8Z27rYBoR4FhkBcidkwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDRwAwRAIgdt9Z+iKsLiJJ3DWSlFOrq5jroxdf/1dwsBO+c2ntwAMCICoE
bMBgM3w0K42tEBH1a9pw5fXHoJq+IZI/P2ETh1uT
-----END CERTIFICATE-----
`;
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgMxGH3GURnddpAGux
KBfKPvBZqcPKTCX817aQFwFCKmGhRANCAAS4tDATuj+RPOh4we1+q5UKIaISnPZG
k+MtZWZB/uypZERS0xMXO4I0gZSvVwh+PD5/LqwjPVuTj0vgQHxVyhdf
-----END PRIVATE KEY-----
`;

const port = (server: net.Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));

/** A collector that takes syslog over TLS (RFC 5425). */
export async function tlsCollector() {
  const got: string[] = [];
  const server = tls.createServer({ key: KEY, cert: CERT, allowHalfOpen: true }, (socket) => {
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      text += chunk.toString('utf8');
    });
    socket.on('end', () => {
      got.push(text);
      socket.end();
    });
  });
  server.on('tlsClientError', () => undefined);
  return { got, port: await port(server), close: () => server.close() };
}

/** As much of an SMTP server as takes a mail after STARTTLS (RFC 3207); before it, it takes none. */
export async function startTlsMailbox() {
  const got: { secured: boolean; data: string }[] = [];
  const serve = (socket: net.Socket, secured: boolean) => {
    let buffer = '';
    let data: string | null = null;
    const answer = (line: string) => {
      if (data !== null) {
        if (line !== '.') data += `${line}\r\n`;
        else {
          got.push({ secured, data });
          data = null;
          socket.write('250 queued\r\n');
        }
        return;
      }
      const verb = line.toUpperCase().split(/[ :]/)[0];
      if (verb === 'EHLO') socket.write(secured ? '250 localhost\r\n' : '250-localhost\r\n250 STARTTLS\r\n');
      else if (verb === 'STARTTLS') {
        socket.removeAllListeners('data');
        socket.write('220 go on\r\n');
        const safe = new tls.TLSSocket(socket, { isServer: true, key: KEY, cert: CERT });
        safe.on('error', () => undefined);
        serve(safe, true);
      } else if (verb === 'QUIT') socket.end('221 bye\r\n');
      else if (!secured && verb === 'MAIL') socket.write('530 Must issue a STARTTLS command first\r\n');
      else if (verb === 'DATA') {
        data = '';
        socket.write('354 go on\r\n');
      } else socket.write('250 ok\r\n');
    };
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      buffer += chunk.toString('utf8');
      for (let end = buffer.indexOf('\r\n'); end >= 0; end = buffer.indexOf('\r\n')) {
        const line = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        answer(line);
      }
    });
  };
  const server = net.createServer((socket) => {
    socket.write('220 localhost\r\n');
    serve(socket, false);
  });
  return { got, port: await port(server), close: () => server.close() };
}
