// The console process: Next.js behind a plain HTTP server, so that it stops in order and with its supervisor.
import http from 'node:http';
import next from 'next';
import { env, projectRoot } from '@/lib/platform/env';
import { announceReady, onStop } from '@/lib/server/lifecycle';

const { PORT, BRAID_HOST } = env();
const dev = process.env.NODE_ENV === 'development';
const app = next({ dev, dir: projectRoot(), hostname: BRAID_HOST, port: PORT, quiet: true });
await app.prepare();
const handle = app.getRequestHandler();
const upgrade = app.getUpgradeHandler();
const server = http.createServer({ keepAliveTimeout: 65_000, requestTimeout: 300_000 }, (request, response) => {
  // Next would take the caller's own header over the socket's address: what is appended last is always what was seen here.
  const said = request.headers['x-forwarded-for'];
  request.headers['x-forwarded-for'] = [said, request.socket.remoteAddress].filter(Boolean).join(', ');
  void handle(request, response);
});
server.on('upgrade', (request, socket, head) => void upgrade(request, socket, head));
server.listen(PORT, BRAID_HOST, announceReady);

onStop(async () => {
  server.closeAllConnections(); // event streams would keep it open for ever
  await new Promise((resolve) => server.close(resolve));
  await app.close();
});
