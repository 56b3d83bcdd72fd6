import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Case } from '@/bench/decide/case';
import { CERBOS_POLICY, requests } from '@/bench/decide/case';
import { hotRow } from '@/bench/decide/hot-row';
import { installPeers, onPath, peersDir } from '@/bench/decide/packages';
import type { Caller, Heard } from '@/bench/lab/caller';
import { endProcess, freePort, startNode, startProgram } from '@/bench/lab/processes';
import type { Stage } from '@/bench/lab/stage';
import { loneClient } from '@/lib/db/lone-client';

/** Something that is asked the same as Braid, in the same round. */
export interface Peer {
  name: string;
  /** Its own processes, whose CPU time is told per decision. */
  pids: number[];
  ask(one: Case, seconds: number): Promise<Heard>;
  end(): Promise<void>;
}

export const PEER_NAMES = ['cerbos', 'limiter-postgres', 'limiter-redis', 'pgbench'] as const;
export type PeerName = (typeof PEER_NAMES)[number];

interface Setting {
  stage: Stage;
  caller: Caller;
  say(line: string): void;
}

/** Starts every peer that can be had here, and says which can't and why. */
export async function startPeers(wanted: readonly PeerName[], setting: Setting): Promise<Peer[]> {
  const { missing, why } = installPeers();
  const url = await peersDatabase(setting.stage);
  const peers: Peer[] = [];
  for (const name of wanted) {
    try {
      if (name === 'cerbos') peers.push(missing.has('cerbos') ? fail(why) : await cerbos(setting));
      if (name === 'limiter-postgres') peers.push(await limiter(setting, 'postgres', url));
      if (name === 'limiter-redis') peers.push(missing.has('ioredis') ? fail(why) : await redis(setting));
      if (name === 'pgbench') peers.push(await hotRow(url, setting.stage.home));
    } catch (error) {
      setting.say(`Without ${name}: ${(error as Error).message}`);
    }
  }
  return peers;
}

function fail(why: string): never {
  throw new Error(why);
}

/** A database of their own on the same server, so that they share its settings and its disk. */
async function peersDatabase({ server }: Stage): Promise<string> {
  const admin = loneClient(server.adminUrl);
  await admin.connect();
  await admin.query('create database peers owner braid');
  await admin.end();
  const url = new URL(server.url);
  url.pathname = '/peers';
  return url.toString();
}

const over = (caller: Caller, port: number) => (one: Case, seconds: number) =>
  caller.ask({ ports: [port], connections: one.connections, seconds, requests: requests(one.identities, 'none') });

async function cerbos({ stage, caller }: Setting): Promise<Peer> {
  const dir = path.join(stage.home, 'cerbos');
  fs.mkdirSync(path.join(dir, 'policies'), { recursive: true });
  fs.writeFileSync(path.join(dir, 'policies', 'account.yaml'), CERBOS_POLICY);
  const [port, grpc] = [await freePort(), await freePort()];
  const config = {
    server: { httpListenAddr: `127.0.0.1:${port}`, grpcListenAddr: `127.0.0.1:${grpc}` },
    storage: { driver: 'disk', disk: { directory: path.join(dir, 'policies'), watchForChanges: false } },
    telemetry: { disabled: true },
  };
  fs.writeFileSync(path.join(dir, 'config.yaml'), JSON.stringify(config)); // JSON is YAML
  // The package's launcher is a node process around the binary; the binary is what is asked.
  const name = `@cerbos/cerbos-${process.platform}-${process.arch}`;
  const manifest = createRequire(path.join(peersDir, 'node_modules', 'cerbos', 'package.json')).resolve(
    `${name}/package.json`,
  );
  const file = path.join(path.dirname(manifest), `cerbos-${process.platform}-${process.arch}`);
  const child = await startProgram(
    file,
    ['server', `--config=${path.join(dir, 'config.yaml')}`, '--log-level=error'],
    port,
  );
  return { name: 'cerbos', pids: [child.pid!], ask: over(caller, port), end: () => endProcess(child) };
}

async function limiter(
  { caller }: Setting,
  kind: 'postgres' | 'redis',
  url: string,
  also: { pids: number[]; end(): Promise<void> } = { pids: [], end: async () => undefined },
): Promise<Peer> {
  const port = await freePort();
  const child = await startNode([path.join(import.meta.dirname, 'limiter-server.mjs')], {
    LIMITER: kind,
    LIMITER_URL: url,
    LIMITER_PORT: String(port),
    PEERS_DIR: peersDir,
  });
  return {
    name: `limiter-${kind}`,
    pids: [child.pid!, ...also.pids],
    ask: over(caller, port),
    end: async () => {
      await endProcess(child);
      await also.end();
    },
  };
}

/** Redis keeps its counters in memory and writes nothing here: as fast as it can be. */
async function redis(setting: Setting): Promise<Peer> {
  const file = onPath('redis-server', 'valkey-server');
  if (!file) throw new Error('redis-server is not installed');
  const port = await freePort();
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const { stdout } = await promisify(execFile)(file, ['--version']);
  setting.say(`Redis: ${stdout.trim()}`);
  const child = await startProgram(file, [...flags, '--loglevel', 'warning'], port);
  return limiter(setting, 'redis', `redis://127.0.0.1:${port}`, {
    pids: [child.pid!],
    end: () => endProcess(child),
  });
}
