import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import { projectRoot } from '@/lib/platform/env';

const started = new Set<ChildProcess>();
// Whatever ends the benchmark ends what it started.
process.on('exit', () => {
  for (const one of started) one.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

/** A port nobody listens on. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** Starts a node process and waits for its first message. Rejects when it ends before. */
export function startNode(args: string[], env: Record<string, string> = {}): Promise<ChildProcess> {
  const child = spawn(process.execPath, args, {
    cwd: projectRoot(),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  started.add(child);
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve(child));
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      started.delete(child);
      reject(new Error(`${args.at(-1)} ended at start (${signal ?? `code ${code}`})`));
    });
  });
}

/** Starts a program and waits until it accepts connections on `port`, at most 15 s. */
export async function startProgram(file: string, args: string[], port: number): Promise<ChildProcess> {
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  started.add(child);
  let ended: string | undefined;
  child.once('error', (error) => {
    ended = error.message;
  });
  child.once('exit', (code, signal) => {
    started.delete(child);
    ended = `${file} ended (${signal ?? `code ${code}`})`;
  });
  for (let tries = 0; tries < 150; tries++) {
    if (ended) throw new Error(ended);
    if (await accepts(port)) return child;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  child.kill('SIGKILL');
  throw new Error(`${file} did not listen on ${port}`);
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

/** Ends a process in order, or after 5 s in any case. */
export function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const hard = setTimeout(() => child.kill('SIGKILL'), 5_000);
    child.once('exit', () => {
      clearTimeout(hard);
      resolve();
    });
    child.kill('SIGTERM');
  });
}

/** CPU seconds spent so far by a process and, where asked, its children, also those that have ended. NaN where the system does not say. */
export function cpuSeconds(pid: number, withChildren = false): number {
  const read = (id: string) => {
    const fields = fs.readFileSync(`/proc/${id}/stat`, 'utf8').split(') ')[1]!.split(' ');
    const ticks = (from: number) => (Number(fields[from]) + Number(fields[from + 1])) / 100;
    return { parent: fields[1], own: ticks(11), ended: ticks(13) };
  };
  try {
    const root = read(String(pid));
    if (!withChildren) return root.own;
    let sum = root.own + root.ended;
    for (const id of fs.readdirSync('/proc')) {
      if (!/^\d+$/.test(id)) continue;
      try {
        const { parent, own } = read(id);
        if (parent === String(pid)) sum += own;
      } catch {
        // ended meanwhile
      }
    }
    return sum;
  } catch {
    return Number.NaN;
  }
}
