import fs from 'node:fs';
import path from 'node:path';
import { isAlive } from '@/lib/platform/alive';

/** Where the processes of a running installation can be reached; beside its data while its supervisor lives. */
export interface Running {
  pid: number;
  consoleUrl: string;
  pdpUrl: string;
}

const fileOf = (home: string): string => path.join(home, 'supervisor.json');

/** The installation running on `home`; undefined when none is, whatever a killed one left behind. */
export function runningOn(home: string): Running | undefined {
  try {
    const running = JSON.parse(fs.readFileSync(fileOf(home), 'utf8')) as Running;
    return isAlive(running.pid, 'braid') ? running : undefined;
  } catch {
    return undefined;
  }
}

/** Says that this process runs on `home`. Returns how to take that back. Throws what the file system throws. */
export function sayRunning(home: string, running: Running): () => void {
  fs.mkdirSync(home, { recursive: true });
  fs.writeFileSync(fileOf(home), JSON.stringify(running));
  return () => fs.rmSync(fileOf(home), { force: true });
}

const HOMES = ['.braid', '.braid-demo'];

/** A command without BRAID_HOME means the installation that runs here: the demo's, when only the demo runs. */
export function chooseHome(): void {
  if (process.env.BRAID_HOME || process.env.DATABASE_URL) return;
  const running = HOMES.find((home) => runningOn(path.resolve(home)));
  if (!running || running === HOMES[0]) return;
  process.env.BRAID_HOME = running;
  process.stderr.write(`braid: on the running demo (${running})\n`);
}
