import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { endProcess, freePort, startNode } from '@/bench/lab/processes';
import { createToken } from '@/lib/access/create-token';
import { connectDatabase, disconnectDatabase } from '@/lib/db/client';
import { type Embedded, startEmbedded } from '@/lib/db/embedded';
import { migrate } from '@/lib/db/migrate';
import { apply } from '@/lib/policies/apply';
import { bundle, nodeArguments } from '@/lib/server/bundle';

export const benchCtx = { actor: { kind: 'cli' as const, name: 'cli:bench' } };

export interface Stage {
  home: string;
  server: Embedded;
  /** A bearer token that may ask and read. */
  token: string;
  /** As Braid's own role. */
  database: pg.Client;
  startPdp(options?: { port?: number; nodeArgs?: string[] }): Promise<{ process: ChildProcess; port: number }>;
  /** pid of the database's first process, whose children do the work. */
  postgresPid(): number;
  end(): Promise<void>;
}

/** A PostgreSQL of its own in a temporary folder, as Braid starts it (fsync and all), with a token and one policy set. */
export async function setStage(policy: string): Promise<Stage> {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-bench-'));
  fs.chmodSync(home, 0o755);
  const server = await startEmbedded(home);
  await migrate(server.url);
  connectDatabase(server.url);
  const database = new pg.Client(server.url);
  database.on('error', () => undefined);
  await database.connect();
  const { token } = await createToken(benchCtx, { name: 'bench', scopes: ['decide', 'read'] });
  await apply(benchCtx, { source: policy });
  let ended = false;
  // Interrupted, it leaves no server behind; without a checkpoint, nobody needs what it holds.
  process.once('exit', () => {
    if (ended) return;
    try {
      process.kill(postgresPid(), 'SIGQUIT');
    } catch {
      // it is not running
    }
    fs.rmSync(home, { recursive: true, force: true });
  });
  const postgresPid = () => Number(fs.readFileSync(path.join(server.dataDir, 'postmaster.pid'), 'utf8').split('\n')[0]);
  // As the supervisor starts it.
  const entry = await bundle('lib/server/pdp.ts');
  const pdps: ChildProcess[] = [];
  return {
    home,
    server,
    token,
    database,
    postgresPid,
    startPdp: async ({ port, nodeArgs = [] } = {}) => {
      const listen = port ?? (await freePort());
      const child = await startNode([...nodeArgs, ...nodeArguments(entry)], {
        DATABASE_URL: server.url,
        BRAID_HOME: home,
        BRAID_PDP_PORT: String(listen),
        BRAID_PROCESS: 'pdp',
        BRAID_LOG_LEVEL: process.env.BRAID_LOG_LEVEL ?? 'error',
      });
      pdps.push(child);
      return { process: child, port: listen };
    },
    end: async () => {
      ended = true;
      await Promise.all(pdps.map(endProcess));
      await database.end().catch(() => undefined);
      await disconnectDatabase();
      await server.stop();
      if (process.env.BENCH_KEEP) process.stdout.write(`Kept ${home}\n`);
      else fs.rmSync(home, { recursive: true, force: true });
    },
  };
}
