import type { ChildProcess } from 'node:child_process';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Chance } from '@/bench/lab/chance';
import { freePort } from '@/bench/lab/processes';
import type { Stage } from '@/bench/lab/stage';
import { postgresBinaries, runAs } from '@/lib/db/binaries';
import { startEmbedded } from '@/lib/db/embedded';

export const WAYS = ['pdp', 'postgres', 'backend', 'immediate', 'frozen'] as const;
/** `pdp`: kill -9 of a decision point. `postgres`: of the database's first process. `backend`: of one connection's process,
 * which restarts them all. `immediate`: shut down without a checkpoint. `frozen`: a decision point stopped for a while, not killed. */
export type Way = (typeof WAYS)[number];

export interface Ruin {
  ports: number[];
  /** Starts the decision points. */
  raise(): Promise<void>;
  /** Whether there was something to strike. */
  strike(way: Way): Promise<boolean>;
  struck: Record<Way, number>;
  /** Waits until everything killed is up again. */
  settle(): Promise<void>;
}

const FROZEN_MS = 1_500;

/** Three decision points on fixed ports, and what can happen to them and to their database. */
export async function prepareRuin(stage: Stage, chance: Chance, count = 3): Promise<Ruin> {
  const ports = await Promise.all(Array.from({ length: count }, () => freePort()));
  const living = new Map<number, ChildProcess>();
  const rising = new Map<number, Promise<void>>();
  const struck: Record<Way, number> = { pdp: 0, postgres: 0, backend: 0, immediate: 0, frozen: 0 };

  const up = async (port: number): Promise<void> => {
    for (let tries = 1; ; tries++) {
      try {
        const { process: child } = await stage.startPdp({ port });
        living.set(port, child);
        return;
      } catch (error) {
        if (tries === 20) throw error;
        await new Promise((resolve) => setTimeout(resolve, 300)); // its database is down as well
      }
    }
  };
  const rise = (port: number): Promise<void> => {
    const started = up(port).finally(() => rising.delete(port));
    rising.set(port, started);
    return started;
  };
  const target = (): [number, ChildProcess] | undefined => {
    const all = [...living.entries()].filter(([port, child]) => !rising.has(port) && child.exitCode === null);
    return all.length ? chance.one(all) : undefined;
  };
  const kill = async (): Promise<boolean> => {
    const found = target();
    if (!found) return false;
    const [port, child] = found;
    living.delete(port);
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    void rise(port);
    return true;
  };
  const freeze = async (): Promise<boolean> => {
    const found = target();
    if (!found) return false;
    found[1].kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, chance.wait(FROZEN_MS)));
    found[1].kill('SIGCONT');
    return true;
  };
  const strikes: Record<Way, () => Promise<boolean>> = {
    pdp: kill,
    frozen: freeze,
    postgres: () => fellPostgres(stage, (pid) => process.kill(pid, 'SIGKILL')),
    immediate: () => fellPostgres(stage, () => stopAtOnce(stage.server.dataDir)),
    backend: () => killBackend(stage, chance),
  };
  return {
    ports,
    struck,
    raise: async () => {
      await Promise.all(ports.map(rise));
    },
    strike: async (way) => {
      const done = await strikes[way]();
      if (done) struck[way]++;
      return done;
    },
    settle: async () => {
      while (rising.size) await Promise.all(rising.values());
    },
  };
}

async function stopAtOnce(dataDir: string): Promise<void> {
  const binaries = await postgresBinaries();
  await promisify(execFile)(binaries.pgCtl, ['-D', dataDir, '-m', 'immediate', '-w', 'stop'], runAs.options(binaries));
}

/** Ends the server, waits as long as it takes for its processes to be gone, and starts it on the same port. */
async function fellPostgres(stage: Stage, end: (pid: number) => unknown): Promise<boolean> {
  const pid = stage.postgresPid();
  await end(pid);
  for (let tries = 0; tries < 100 && fs.existsSync(`/proc/${pid}`); tries++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  for (let tries = 1; ; tries++) {
    try {
      await startEmbedded(stage.home);
      return true;
    } catch (error) {
      if (tries === 40) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250)); // the old server's children still hold its memory
    }
  }
}

async function killBackend(stage: Stage, chance: Chance): Promise<boolean> {
  const root = String(stage.postgresPid());
  const backends = fs.readdirSync('/proc').filter((id) => {
    if (!/^\d+$/.test(id)) return false;
    try {
      const title = fs.readFileSync(path.join('/proc', id, 'cmdline'), 'utf8');
      return (
        fs
          .readFileSync(path.join('/proc', id, 'stat'), 'utf8')
          .split(') ')[1]!
          .split(' ')[1] === root && /braid braid/.test(title)
      );
    } catch {
      return false;
    }
  });
  if (!backends.length) return false;
  process.kill(Number(chance.one(backends)), 'SIGKILL');
  await new Promise((resolve) => setTimeout(resolve, 300));
  return true;
}
