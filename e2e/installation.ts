import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });

export const OPERATOR = { email: 'first@braid.example', password: 'correct horse battery' };

/** Two installations, so that two journeys go at a time: those of one house share its live state, one after the other. */
export const HOUSES = ['FIRST', 'SECOND'] as const;
export type House = (typeof HOUSES)[number];

export interface Installation {
  url: string;
  pdpUrl: string;
  home: string;
  supervisor: ChildProcess;
  /** What it has printed so far. */
  output: () => string;
  /** From the command to "ready", ms. */
  tookMs: number;
  /** Ctrl-C. */
  stop: () => Promise<void>;
}

/** A folder that PostgreSQL's own account may enter. */
export function newHome(): string {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-e2e-'));
  fs.chmodSync(home, 0o755);
  return home;
}

/** Starts the whole product in a folder of its own, as README's command does. */
export async function startBraid(home: string, settings: Record<string, string> = {}): Promise<Installation> {
  const [port, pdpPort] = [await freePort(), await freePort()];
  const began = performance.now();
  const supervisor = spawn(process.execPath, ['lib/server/braid.mjs', 'start'], {
    cwd: root,
    env: {
      ...process.env,
      PORT: String(port),
      BRAID_PDP_PORT: String(pdpPort),
      BRAID_HOME: home,
      DATABASE_URL: '',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('Ctrl-C stops')) resolve();
    };
    supervisor.stdout.on('data', read);
    supervisor.stderr.on('data', read);
    supervisor.once('exit', (code) => reject(new Error(`Braid ended with ${code}:\n${output}`)));
    setTimeout(() => reject(new Error(`Braid did not come up:\n${output}`)), 900_000).unref();
  });
  return {
    url: `http://127.0.0.1:${port}`,
    pdpUrl: `http://127.0.0.1:${pdpPort}`,
    home,
    supervisor,
    output: () => output,
    tookMs: performance.now() - began,
    stop: async () => {
      if (supervisor.exitCode !== null || supervisor.signalCode !== null) return;
      const gone = new Promise((resolve) => supervisor.once('exit', resolve));
      supervisor.kill('SIGINT');
      await gone;
    },
  };
}
