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
  void handle(request, response);
});
server.on('upgrade', (request, socket, head) => void upgrade(request, socket, head));
server.listen(PORT, BRAID_HOST, announceReady);

onStop(async () => {
  server.closeAllConnections(); // event streams would keep it open for ever
  await new Promise((resolve) => server.close(resolve));
  await app.close();
});
