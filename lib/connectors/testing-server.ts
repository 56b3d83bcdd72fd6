import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

// Real servers for the suites of connectors: each on a free port, in a folder of its own, gone when the suite is.

export interface TestServer {
  port: number;
  /** Ports beyond the first, as many as were asked for. */
  ports: number[];
  folder: string;
  pid: number;
  /** What it has written so far, both streams. */
  output(): string;
  stop(): Promise<void>;
}

export interface Wanted {
  /** What to say is missing, e.g. "redis-server (Debian: redis-server)". */
  title: string;
  command: string;
  args(at: { port: number; ports: number[]; folder: string }): string[];
  env?(at: { port: number; ports: number[]; folder: string }): Record<string, string>;
  /** Files it needs before it starts. */
  prepare?(at: { port: number; ports: number[]; folder: string }): void | Promise<void>;
  /** Ports beyond the first. */
  morePorts?: number;
  /** Runs it as this system account where the suite is root (servers that refuse to be root's). */
  user?: string;
  /** Is it up? Default: its port takes a connection. */
  ready?(at: { port: number; output: string }): Promise<boolean>;
  /** Milliseconds until it must be up. Default 30 000. */
  withinMs?: number;
}

/** Where a program is, or undefined. A path is taken as it is. */
export function findProgram(name: string): string | undefined {
  if (name.includes('/')) return fs.existsSync(name) ? name : undefined;
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin', '/sbin'];
  return folders.map((folder) => path.join(folder, name)).find((file) => fs.existsSync(file));
}

export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<net.Server>((resolve, reject) => {
          const server = net.createServer().once('error', reject);
          server.listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as net.AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

const takesConnections = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(socket.destroy() !== undefined));
    socket.once('error', () => resolve(false));
  });

async function end(child: ChildProcess): Promise<void> {
  const signal = (name: NodeJS.Signals) => {
    try {
      process.kill(-child.pid!, name);
    } catch {
      child.kill(name);
    }
  };
  const gone = () => child.exitCode !== null || child.signalCode !== null;
  signal('SIGTERM');
  for (let waited = 0; !gone() && waited < 10_000; waited += 50) await sleep(50);
  if (!gone()) signal('SIGKILL');
}

/** Starts a server and waits until it is up. Throws with its last words where it does not come up, or is not installed. */
export async function startServer(wanted: Wanted): Promise<TestServer> {
  const program = findProgram(wanted.command);
  if (!program) throw new Error(`${wanted.title} is not installed: this suite runs against the real server`);
  const [port, ...ports] = (await freePorts(1 + (wanted.morePorts ?? 0))) as [number, ...number[]];
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-system-'));
  fs.chmodSync(folder, 0o755);
  const at = { port, ports, folder };
  await wanted.prepare?.(at);
  const account = wanted.user && process.getuid?.() === 0 ? accountOf(wanted.user) : undefined;
  if (account) execFileSync('chown', ['-R', `${account.uid}:${account.gid}`, folder]);
  let output = '';
  const child = spawn(program, wanted.args(at), {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...wanted.env?.(at) },
    ...(account ?? {}),
  });
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-20_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const stop = async () => {
    await end(child);
    fs.rmSync(folder, { recursive: true, force: true });
  };
  const leave = () => child.pid && process.kill(-child.pid, 'SIGKILL');
  process.once('exit', leave);
  child.once('exit', () => process.off('exit', leave));
  const up = wanted.ready ?? (() => takesConnections(port));
  const deadline = performance.now() + (wanted.withinMs ?? 30_000);
  while (!(await up({ port, output }).catch(() => false))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      await stop();
      throw new Error(`${wanted.title} did not come up:\n${output.slice(-2_000)}`);
    }
    await sleep(100);
  }
  return { port, ports, folder, pid: child.pid!, output: () => output, stop };
}

function accountOf(user: string): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
