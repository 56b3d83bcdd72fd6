// Events a second end to end (read, cut, normalised, correlated, sessions and findings committed), beside COPY of the same lines
// into a jsonb table on the same server in the same run: what storing alone costs there.
//   npm run bench ingest -- --lines 200000 --rounds 3 --logs cloudtrail,pgbouncer --keep
//   npm run bench ingest -- --large 2 --keep      a file of 2 GB, read by a process that may keep 256 MB
//   npm run bench ingest -- --growth --keep       what an event costs with 100 thousand, 1 and 10 million stored
//   npm run bench ingest -- --live --keep         from a post to an open page, at 5,000 events/s, in the whole product
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { growth } from '@/bench/ingest/growth';
import { large } from '@/bench/ingest/large';
import { live } from '@/bench/ingest/live';
import { type Kind, writeLog } from '@/bench/ingest/logs';
import { keepResult, machine } from '@/bench/lab/machine';
import { median, options } from '@/bench/lab/options';
import { cpuSeconds } from '@/bench/lab/processes';
import { systemCtx } from '@/lib/access/model';
import { connectDatabase, disconnectDatabase } from '@/lib/db/client';
import { startEmbedded } from '@/lib/db/embedded';
import { loneClient } from '@/lib/db/lone-client';
import { migrate } from '@/lib/db/migrate';
import { importSource } from '@/lib/sessions/import';

// The worker has this much room for what lives short; so has the measurement.
const ROOM = ['--min-semi-space-size=128', '--max-semi-space-size=128'];
if (!process.execArgv.includes(ROOM[0]!)) {
  const { status } = spawnSync(process.execPath, [...process.execArgv, ...ROOM, ...process.argv.slice(1)], {
    stdio: 'inherit',
  });
  process.exit(status ?? 1);
}

const asked = options(process.argv.slice(2), {
  lines: '200000',
  rounds: '3',
  logs: 'cloudtrail,pgbouncer',
  keep: '',
  large: '',
  growth: '',
  points: '100000,1000000,10000000',
  live: '',
  rate: '5000',
  seconds: '30',
});
const lines = Number(asked.lines);
const say = (line: string) => process.stdout.write(`${line}\n`);

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e9;
};

interface Round {
  events: number;
  perSecond: number;
  copyPerSecond: number;
  ratio: number;
  cpuSeconds: number;
  /** Of PostgreSQL: for the import, and for the COPY. */
  postgresSeconds: number;
  copySeconds: number;
  /** Processor time of a COPY for each of all that an import takes: it holds still on a busy machine. */
  cpuRatio: number;
  residentMb: number;
}

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-bench-ingest-'));
fs.chmodSync(home, 0o755);

if (asked.live) {
  const read = await live(home, Number(asked.rate), Number(asked.seconds), say);
  say(
    `${Math.round(read.perSecond)} events/s taken of ${read.asked} asked, ${read.refused} refused; ${read.marked} marked, ${read.lost} never shown; from post to page p50 ${read.p50} ms, p95 ${read.p95} ms, p99 ${read.p99} ms, at most ${read.most} ms`,
  );
  if (asked.keep) keepResult('ingest-live', { at: new Date().toISOString(), ...read });
  process.exit(read.lost === 0 && read.refused === 0 && read.p99 <= 1000 ? 0 : 1);
}

const server = await startEmbedded(path.join(home, 'server'));
const admin = loneClient({ connectionString: server.adminUrl });
await admin.connect();

const postgresPid = Number(fs.readFileSync(path.join(server.dataDir, 'postmaster.pid'), 'utf8').split('\n')[0]);
/** CPU seconds of PostgreSQL so far. A backend that ends hands its own over to the postmaster. */
const postgresCpu = (): number => cpuSeconds(postgresPid, true);

async function newDatabase(name: string): Promise<string> {
  await admin.query(`create database ${name} owner braid`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  await migrate(url.toString());
  return url.toString();
}

async function round(kind: Kind, log: string, csv: string, name: string): Promise<Round> {
  connectDatabase(await newDatabase(name));
  await admin.query('drop table if exists lines');
  await admin.query('create table lines (line jsonb)');
  await admin.query('checkpoint');
  let spent = postgresCpu();
  const copy = await seconds(() => admin.query(`copy lines from '${csv}' (format csv)`));
  const copySeconds = postgresCpu() - spent;
  await admin.query('checkpoint');
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 50);
  const cpu = process.cpuUsage();
  spent = postgresCpu();
  let events = 0;
  const took = await seconds(async () => {
    events = (await importSource(systemCtx('bench'), { format: kind, paths: [log] })).events;
  });
  const { user, system } = process.cpuUsage(cpu);
  const postgresSeconds = postgresCpu() - spent;
  clearInterval(watch);
  await disconnectDatabase();
  await admin.query(`drop database ${name} with (force)`);
  return {
    events,
    perSecond: events / took,
    copyPerSecond: lines / copy,
    ratio: events / took / (lines / copy),
    cpuSeconds: (user + system) / 1e6,
    postgresSeconds,
    copySeconds,
    cpuRatio: copySeconds / lines / (((user + system) / 1e6 + postgresSeconds) / events),
    residentMb: most / 1e6,
  };
}

async function readLarge(): Promise<void> {
  const gigabytes = asked.large === 'true' ? 2 : Number(asked.large);
  const read = await large(await newDatabase('bench_large'), home, gigabytes, say);
  const [first, half, last] = [read.tenths[0]!, read.tenths[4]!, read.tenths[9]!].map((one) =>
    Math.round(one.residentMb),
  );
  say(
    `  ${read.events} events in ${Math.round(read.seconds)} s; resident at 10, 50, 100 %: ${first}, ${half}, ${last} MB`,
  );
  if (asked.keep) keepResult('ingest-large', { at: new Date().toISOString(), machine: await machine(admin), ...read });
}

const results: Record<
  string,
  { rounds: Round[]; perSecond: number; ratio: number; cpuRatio: number; bytesALine: number }
> = {};
try {
  if (asked.large) await readLarge();
  else if (asked.growth) {
    const points = await growth({
      url: await newDatabase('bench_growth'),
      home,
      points: asked.points.split(',').map(Number),
      rounds: Number(asked.rounds),
      postgresCpu,
      say,
    });
    if (asked.keep)
      keepResult('ingest-growth', { at: new Date().toISOString(), machine: await machine(admin), points });
  } else
    for (const kind of asked.logs.split(',') as Kind[]) {
      const log = path.join(home, `${kind}.log`);
      const csv = path.join(home, `${kind}.csv`);
      await writeLog(kind, lines, log, csv);
      const bytesALine = fs.statSync(log).size / lines;
      say(`${kind}: ${lines} lines, ${Math.round(fs.statSync(log).size / 1e6)} MB`);
      const rounds: Round[] = [];
      for (let n = 1; n <= Number(asked.rounds); n++) {
        const one = await round(kind, log, csv, `bench_${kind}_${n}`);
        rounds.push(one);
        say(
          `  round ${n}: ${Math.round(one.perSecond)} events/s, COPY ${Math.round(one.copyPerSecond)} lines/s: ${(one.ratio * 100).toFixed(1)} %; ${((one.cpuSeconds / one.events) * 1e6).toFixed(1)} + ${((one.postgresSeconds / one.events) * 1e6).toFixed(1)} µs of processor an event, COPY ${((one.copySeconds / lines) * 1e6).toFixed(1)} a line: ${(one.cpuRatio * 100).toFixed(1)} %; ${Math.round(one.residentMb)} MB`,
        );
      }
      const [perSecond, ratio] = [median(rounds.map((one) => one.perSecond)), median(rounds.map((one) => one.ratio))];
      const cpuRatio = median(rounds.map((one) => one.cpuRatio));
      results[kind] = { rounds, perSecond, ratio, cpuRatio, bytesALine };
      say(
        `  median: ${Math.round(perSecond)} events/s, ${(ratio * 100).toFixed(1)} % of COPY into jsonb; ${(cpuRatio * 100).toFixed(1)} % by processor time`,
      );
      fs.rmSync(log);
      fs.rmSync(csv);
    }
  if (asked.keep && !asked.large && !asked.growth)
    keepResult('ingest', { at: new Date().toISOString(), machine: await machine(admin), lines, results });
} finally {
  await admin.end();
  await server.stop();
  fs.rmSync(home, { recursive: true, force: true });
}
