// Requests per second and latency of the decision point beside a node:http echo that does nothing, in the same run, so
// that the ratio survives a noisy machine; and CPU time per decision, which survives it better.
// `npx tsx bench/quick.ts [seconds per cell] [connections,…] [rounds] [identities,…]`. Needs nothing but npm.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { POLICY, question } from '@/bench/decide/case';
import { type Cell, load } from '@/bench/lab/load';
import { createToken } from '@/lib/access/create-token';
import { connectDatabase, disconnectDatabase } from '@/lib/db/client';
import { startEmbedded } from '@/lib/db/embedded';
import { migrate } from '@/lib/db/migrate';
import { verify } from '@/lib/decisions/verify';
import { projectRoot } from '@/lib/platform/env';
import { apply } from '@/lib/policies/apply';
import { bundle, nodeArguments } from '@/lib/server/bundle';

const SECONDS = Number(process.argv[2] ?? 3);
const CONNECTIONS = (process.argv[3] ?? '1,64,256').split(',').map(Number);
const ROUNDS = Number(process.argv[4] ?? 3);
const IDENTITIES = (process.argv[5] ?? '100,1').split(',').map(Number);
const TARGET = '/access/v1/evaluation';
const ctx = { actor: { kind: 'cli' as const, name: 'cli:bench' } };

const requestOf = (target: string, token: string, identities: number) => (n: number) => {
  const body = JSON.stringify(question(n, identities));
  return `POST ${target} HTTP/1.1\r\nHost: pdp\r\nContent-Type: application/json\r\nAuthorization: Bearer ${token}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
};

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** CPU seconds of a process; of one and its children for the database. NaN where the system does not say. */
function cpuSeconds(pid: number, withChildren = false): number {
  const ticks = (id: string) => {
    const fields = fs.readFileSync(`/proc/${id}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return { parent: fields[1], spent: Number(fields[11]) + Number(fields[12]) };
  };
  try {
    if (!withChildren) return ticks(String(pid)).spent / 100;
    return fs
      .readdirSync('/proc')
      .filter((id) => /^\d+$/.test(id))
      .reduce((sum, id) => {
        try {
          const { parent, spent } = ticks(id);
          return id === String(pid) || parent === String(pid) ? sum + spent / 100 : sum;
        } catch {
          return sum; // ended meanwhile
        }
      }, 0);
  } catch {
    return Number.NaN;
  }
}

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
  const { token } = await createToken(ctx, { name: 'bench', scopes: ['decide'] });
  await apply(ctx, { source: POLICY });
  const ports = { pdp: 4790 + (process.pid % 100), echo: 4690 + (process.pid % 100) };
  const children = [
    await child(
      [...(process.env.BENCH_NODE_ARGS?.split(' ') ?? []), ...nodeArguments(await bundle('lib/server/pdp.ts'))],
      {
        DATABASE_URL: server.url,
        BRAID_HOME: home,
        BRAID_PDP_PORT: String(ports.pdp),
        BRAID_PROCESS: 'pdp',
        BRAID_LOG_LEVEL: 'error',
      },
    ),
    await child(['-e', ECHO], { ECHO_PORT: String(ports.echo) }),
  ];
  const [pdp] = children;
  const postgres = Number(fs.readFileSync(path.join(home, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
  const ask = (port: number, target: string, connections: number, identities: number, seconds = SECONDS) =>
    load({ port, connections, seconds, request: requestOf(target, token, identities) });
  let refused = 0;
  try {
    await ask(ports.pdp, TARGET, 64, 100); // warm
    console.log('connections  identities   decisions/s   p50 ms   p99 ms   echo/s   of echo   pdp µs   pg µs');
    for (const connections of CONNECTIONS)
      for (const identities of IDENTITIES) {
        const cells: (Cell & { pdpUs: number; pgUs: number; echo: number })[] = [];
        for (let round = 0; round < ROUNDS; round++) {
          const before = [cpuSeconds(pdp!.pid!), cpuSeconds(postgres, true)];
          const cell = await ask(ports.pdp, TARGET, connections, identities);
          const spent = (before_: number, now: number) => ((now - before_) / cell.answers) * 1e6;
          const pdpUs = spent(before[0]!, cpuSeconds(pdp!.pid!));
          const pgUs = spent(before[1]!, cpuSeconds(postgres, true));
          refused += cell.refused;
          const echo = (await ask(ports.echo, '/', connections, identities, Math.min(2, SECONDS))).perSecond;
          cells.push({ ...cell, pdpUs, pgUs, echo });
        }
        const of = (pick: (cell: (typeof cells)[number]) => number) => median(cells.map(pick));
        const row = [
          connections,
          identities,
          of((c) => c.perSecond).toFixed(0),
          of((c) => c.p50).toFixed(2),
          of((c) => c.p99).toFixed(2),
          of((c) => c.echo).toFixed(0),
          of((c) => c.perSecond / c.echo).toFixed(3),
          of((c) => c.pdpUs).toFixed(0),
          of((c) => c.pgUs).toFixed(0),
        ];
        console.log(row.map((value, i) => String(value).padStart([11, 12, 14, 9, 9, 9, 10, 9, 8][i]!)).join(''));
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
