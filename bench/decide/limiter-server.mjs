// What a team would build instead: node:http and rate-limiter-flexible, one counter per identity. Plain JavaScript, so
// that nothing compiles it. It counts once where Braid keeps three meters, a trace, a ledger and a chain.
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { RateLimiterPostgres, RateLimiterRedis } from 'rate-limiter-flexible';

const LIMIT = { points: 900_000_000, duration: 86_400, keyPrefix: 'bench' };
const CONNECTIONS = 20;

async function limiter() {
  if (process.env.LIMITER === 'redis') {
    const Redis = createRequire(path.join(process.env.PEERS_DIR, 'package.json'))('ioredis');
    return new RateLimiterRedis({ ...LIMIT, storeClient: new Redis(process.env.LIMITER_URL) });
  }
  const { default: pg } = await import('pg');
  const storeClient = new pg.Pool({ connectionString: process.env.LIMITER_URL, max: CONNECTIONS });
  return new Promise((resolve, reject) => {
    const made = new RateLimiterPostgres({ ...LIMIT, storeClient, tableName: 'limits' }, (error) =>
      error ? reject(error) : resolve(made),
    );
  });
}

const counter = await limiter();
const server = http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    let decision = false;
    try {
      const asked = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      await counter.consume(asked.subject.id, 1);
      decision = true;
    } catch (error) {
      if (error instanceof Error) {
        response.writeHead(500, { 'Content-Length': 0 });
        return response.end();
      }
    }
    const text = JSON.stringify({ decision });
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
    response.end(text);
  });
});
server.listen(Number(process.env.LIMITER_PORT), '127.0.0.1', () => process.send('ready'));
process.on('disconnect', () => process.exit(0));
