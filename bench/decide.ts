// Requests per second and latency of the decision point beside a node:http echo that does nothing, in the same run, so
// that the ratio survives a noisy machine. `npx tsx bench/decide.ts [seconds per cell]`. Needs nothing but npm.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { connectDatabase, disconnectDatabase } from '@/lib/db/client';
import { startEmbedded } from '@/lib/db/embedded';
import { migrate } from '@/lib/db/migrate';
import { verify } from '@/lib/decisions/verify';
import { projectRoot } from '@/lib/platform/env';
import { newId, newSecret, sha256Hex } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';

const SECONDS = Number(process.argv[2] ?? 3);
const ROUNDS = 3;
const CONNECTIONS = [1, 64, 256];
const ctx = { actor: { kind: 'cli' as const, name: 'cli:bench' } };

const POLICY = `set: bench
default: allow
meters:
  per_account: { sum: context.amount, unit: EUR, scale: 2, per: resource.id, over: 24h }
  per_identity: { sum: context.amount, unit: EUR, scale: 2, per: identity, over: 24h }
  calls: { count: true, per: identity, over: 1h }
rules:
  - id: account
    limit: { meter: per_account, max: 900000000 }
  - id: identity
    limit: { meter: per_identity, max: 900000000 }
  - id: calls
    limit: { meter: calls, max: 900000000 }
  - id: maintenance
    step_up: sessions.exists(s, s.id != session.id && "maintenance" in s.tags)
`;

/** Answers that were no decision (503): counted, so that a number is never better than it was. */
let refused = 0;

interface Cell {
  perSecond: number;
  p50: number;
  p99: number;
}

const question = (n: number, identities: number): string =>
  JSON.stringify({
    subject: { type: 'service_account', id: `bench-${n % identities}` },
    action: { name: 'payment.create' },
    resource: { type: 'account', id: `account-${n % identities}` },
    context: { amount: 12.5, braid: { session: { id: `s${n % 5}`, region: 'eu-west' } } },
  });

/** A closed loop of `connections` callers. */
async function measure(
  port: number,
  target: string,
  connections: number,
  token: string,
  identities: number,
): Promise<Cell> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const latencies: number[] = [];
  let n = 0;
  const until = performance.now() + SECONDS * 1000;
  const one = () =>
    new Promise<void>((resolve, reject) => {
      const body = question(n++, identities);
      const began = performance.now();
      const request = http.request(
        {
          port,
          path: target,
          method: 'POST',
          agent,
          headers: {
            'Content-Type': 'application/json',
            'Content-Length': Buffer.byteLength(body),
            Authorization: `Bearer ${token}`,
          },
        },
        (response) => {
          if (response.statusCode !== 200 && response.statusCode !== 503)
            reject(new Error(`status ${response.statusCode}`));
          if (response.statusCode === 503) refused++;
          response.resume().on('end', () => {
            latencies.push(performance.now() - began);
            resolve();
          });
        },
      );
      request.on('error', reject).end(body);
    });
  const began = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < until) await one();
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  agent.destroy();
  latencies.sort((a, b) => a - b);
  const at = (part: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))]!;
  return { perSecond: latencies.length / seconds, p50: at(0.5), p99: at(0.99) };
}

const median = (cells: Cell[]): Cell => {
  const of = (pick: (cell: Cell) => number) => cells.map(pick).sort((a, b) => a - b)[Math.floor(cells.length / 2)]!;
  return { perSecond: of((c) => c.perSecond), p50: of((c) => c.p50), p99: of((c) => c.p99) };
};

const ECHO = `require('node:http').createServer((q, r) => { const c = []; q.on('data', (d) => c.push(d)).on('end', () => { JSON.parse(Buffer.concat(c)); r.setHeader('Content-Type', 'application/json'); r.end('{"decision":true}'); }); }).listen(+process.env.ECHO_PORT, '127.0.0.1', () => process.send('ready'))`;

function child(args: string[], env: Record<string, string>) {
  const started = spawn(process.execPath, args, {
    cwd: projectRoot(),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return new Promise<typeof started>((resolve, reject) => {
    started.once('message', () => resolve(started));
    started.once('exit', (code) => reject(new Error(`ended with ${code}`)));
  });
}

async function run(): Promise<void> {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-bench-'));
  fs.chmodSync(home, 0o755);
  const server = await startEmbedded(home);
  await migrate(server.url);
  connectDatabase(server.url);
  const token = `brd_${newSecret(24)}`;
  const client = new pg.Client(server.url);
  await client.connect();
  await client.query(
    'insert into api_tokens (id, name, scopes, hash, prefix, created_by) values ($1, $2, $3, $4, $5, $6)',
    [newId(), 'bench', ['decide'], sha256Hex(token), 'brd_', 'bench'],
  );
  await client.end();
  await apply(ctx, { source: POLICY });
  const ports = { pdp: 4790 + (process.pid % 100), echo: 4690 + (process.pid % 100) };
  const children = [
    await child(['--import', 'tsx', 'lib/server/pdp.ts'], {
      DATABASE_URL: server.url,
      BRAID_HOME: home,
      BRAID_PDP_PORT: String(ports.pdp),
      BRAID_PROCESS: 'pdp',
      BRAID_LOG_LEVEL: 'error',
    }),
    await child(['-e', ECHO], { ECHO_PORT: String(ports.echo) }),
  ];
  try {
    await measure(ports.pdp, '/access/v1/evaluation', 64, token, 100); // warm
    console.log('connections  identities   decisions/s   p50 ms   p99 ms   echo/s   of echo');
    for (const connections of CONNECTIONS)
      for (const identities of [100, 1]) {
        const pdp: Cell[] = [];
        const echo: Cell[] = [];
        for (let round = 0; round < ROUNDS; round++) {
          pdp.push(await measure(ports.pdp, '/access/v1/evaluation', connections, token, identities));
          echo.push(await measure(ports.echo, '/', connections, token, identities));
        }
        const [a, b] = [median(pdp), median(echo)];
        const row = [
          connections,
          identities,
          a.perSecond.toFixed(0),
          a.p50.toFixed(2),
          a.p99.toFixed(2),
          b.perSecond.toFixed(0),
          (a.perSecond / b.perSecond).toFixed(3),
        ];
        console.log(row.map((value, i) => String(value).padStart([11, 12, 14, 9, 9, 9, 10][i]!)).join(''));
      }
    if (refused) console.log(`${refused} answers were 503`);
    const proof = await verify(ctx);
    console.log(
      `${proof.decisions} decisions, ${proof.ledgerEntries} ledger entries: ${proof.ok ? 'verified' : proof.problems.join('; ')}`,
    );
  } finally {
    for (const one of children) one.kill('SIGTERM');
    await disconnectDatabase();
    await server.stop();
    fs.rmSync(home, { recursive: true, force: true });
  }
}

await run();
process.exit(0);
