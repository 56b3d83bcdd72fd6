import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Case } from '@/bench/decide/case';
import { onPath } from '@/bench/decide/packages';
import type { Peer } from '@/bench/decide/peers';
import type { Heard } from '@/bench/lab/caller';
import { loneClient } from '@/lib/db/lone-client';

/** Of the server's 300; the rest belongs to the others. */
const MAX_CONNECTIONS = 200;

/**
 * One UPDATE of one row, committed: what counting in a table costs without any decision about it. With pgbench where it is
 * installed; otherwise this process asks with `pg`.
 */
export async function hotRow(url: string, home: string): Promise<Peer> {
  const client = loneClient(url);
  await client.connect();
  await client.query('create table hot (id int primary key, n bigint not null) with (fillfactor = 50)');
  await client.query('insert into hot select id, 0 from generate_series(1, 100) id');
  await client.end();
  const file = onPath('pgbench');
  const dir = path.join(home, 'pgbench');
  fs.mkdirSync(dir);
  return {
    name: file ? 'pgbench' : 'hot row with pg',
    pids: [],
    ask: (one, seconds) => (file ? withPgbench(file, dir, url, one, seconds) : withClients(url, one, seconds)),
    end: async () => undefined,
  };
}

async function withPgbench(file: string, dir: string, url: string, one: Case, seconds: number): Promise<Heard> {
  const script = path.join(dir, `${one.identities}.sql`);
  fs.writeFileSync(script, `\\set id random(1, ${one.identities})\nupdate hot set n = n + 1 where id = :id;\n`);
  const prefix = path.join(dir, 'log');
  const clients = Math.min(one.connections, MAX_CONNECTIONS);
  const args = [
    '-n',
    '-M',
    'prepared',
    '-f',
    script,
    '-c',
    String(clients),
    '-j',
    '1',
    '-T',
    String(Math.ceil(seconds)),
  ];
  const { stdout } = await promisify(execFile)(file, [...args, '-l', `--log-prefix=${prefix}`, url]);
  const latencies: number[] = [];
  for (const name of fs.readdirSync(dir).filter((each) => each.startsWith('log.'))) {
    const log = path.join(dir, name);
    for (const line of fs.readFileSync(log, 'utf8').split('\n'))
      if (line) latencies.push(Number(line.split(' ')[2]) / 1000);
    fs.rmSync(log);
  }
  return heard(latencies, Number(/tps = ([\d.]+)/.exec(stdout)?.[1]));
}

async function withClients(url: string, one: Case, seconds: number): Promise<Heard> {
  const latencies: number[] = [];
  const began = performance.now();
  const until = began + seconds * 1000;
  const count = Math.min(one.connections, MAX_CONNECTIONS);
  const ask = async (index: number) => {
    const client = loneClient(url);
    await client.connect();
    for (let n = index; performance.now() < until; n += count) {
      const sent = performance.now();
      await client.query({
        name: 'bump',
        text: 'update hot set n = n + 1 where id = $1',
        values: [1 + (n % one.identities)],
      });
      latencies.push(performance.now() - sent);
    }
    await client.end();
  };
  await Promise.all(Array.from({ length: count }, (_, index) => ask(index)));
  return heard(latencies, (latencies.length * 1000) / (performance.now() - began));
}

function heard(latencies: number[], perSecond: number): Heard {
  latencies.sort((a, b) => a - b);
  const at = (part: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))] ?? 0;
  const answers = latencies.length;
  return { perSecond, p50: at(0.5), p99: at(0.99), answers, allowed: answers, refused: 0 };
}
