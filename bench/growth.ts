// What a decision costs as the log grows: the same load on 10 thousand, 1 million and 10 million stored decisions, with
// Cerbos, which stores none, asked in the same rounds.
//   npm run bench growth -- --points 10000,1000000,10000000 --identities 100000

import { POLICY, question } from '@/bench/decide/case';
import { startPeers } from '@/bench/decide/peers';
import { prepareGrowth } from '@/bench/growth/records';
import { httpRequest, startCaller } from '@/bench/lab/caller';
import { keepResult, machine } from '@/bench/lab/machine';
import { median, options } from '@/bench/lab/options';
import { cpuSeconds, endProcess } from '@/bench/lab/processes';
import { setStage } from '@/bench/lab/stage';
import { loneClient } from '@/lib/db/lone-client';

const CONNECTIONS = 64;
const HOT = 100;
const say = (line: string) => process.stdout.write(`${line}\n`);

interface Reading {
  perSecond: number;
  p50: number;
  p99: number;
  serverUs: number;
  postgresUs: number;
  toCerbos: number | null;
}

interface Point {
  stored: number;
  identities: number;
  gigabytes: number;
  loadSeconds: number;
  /** Over a hundred identities, and over all of them. */
  hot: Reading;
  all: Reading;
}

const asked = options(process.argv.slice(2), {
  points: '10000,1000000,10000000',
  identities: '100000',
  rounds: '5',
  seconds: '3',
  json: '',
});
const wanted = asked.points.split(',').map(Number);
const identities = Number(asked.identities);
const stage = await setStage(POLICY);
const caller = await startCaller();
const began = new Date().toISOString();
const peers = await startPeers(['cerbos'], { stage, caller, say });
const admin = loneClient(stage.server.adminUrl.replace(/\/postgres$/, '/braid'));
await admin.connect();

try {
  const where = await machine(stage.database);
  const pdp = await stage.startPdp();
  const stored = async () => Number((await stage.database.query('select count(*) as n from decisions')).rows[0].n);

  /** Requests of `count` identities from `first` on, each from a session of its own. */
  const requests = (first: number, count: number): string[] =>
    Array.from({ length: count }, (_, n) => {
      const body = question(first + n, Number.MAX_SAFE_INTEGER);
      return httpRequest(
        { ...body, context: { amount: 12.5, braid: { session: { id: `s${first + n}` } } } },
        stage.token,
        true,
      );
    });
  const ask = (list: string[], seconds: number) =>
    caller.ask({ ports: [pdp.port], connections: CONNECTIONS, seconds, requests: list, keyed: true });

  const hot = requests(0, HOT);
  const read = async (list: string[]): Promise<Reading> => {
    await ask(list, 1);
    const readings: Reading[] = [];
    for (let round = 0; round < Number(asked.rounds); round++) {
      const spent = () => [cpuSeconds(pdp.process.pid!), cpuSeconds(stage.postgresPid(), true)] as const;
      const before = spent();
      const heard = await ask(list, Number(asked.seconds));
      const after = spent();
      const cerbos = await peers[0]?.ask(
        { name: 'growth', connections: CONNECTIONS, identities: HOT, pdps: 1, keyed: false },
        Number(asked.seconds),
      );
      const us = (at: 0 | 1) => ((after[at] - before[at]) / heard.answers) * 1e6;
      readings.push({
        perSecond: heard.perSecond,
        p50: heard.p50,
        p99: heard.p99,
        serverUs: us(0),
        postgresUs: us(1),
        toCerbos: cerbos ? heard.perSecond / cerbos.perSecond : null,
      });
    }
    const of = (name: keyof Reading) => median(readings.map((one) => one[name] ?? Number.NaN));
    return {
      perSecond: of('perSecond'),
      p50: of('p50'),
      p99: of('p99'),
      serverUs: of('serverUs'),
      postgresUs: of('postgresUs'),
      toCerbos: peers.length ? of('toCerbos') : null,
    };
  };

  const points: Point[] = [];
  let known = 0;
  for (const point of wanted) {
    // Identities come by asking: each has a session, exposures and a first decision of its own.
    const target = Math.min(identities, point);
    for (let from = known; from < target; from += 20_000) {
      const some = requests(from, Math.min(20_000, target - from));
      for (let asks = 0; asks < some.length; ) asks += (await ask(some.slice(asks), 5)).answers;
    }
    known = Math.max(known, target);
    const missing = point - (await stored());
    const grower = missing > 0 ? await prepareGrowth(stage.server.url) : null;
    const loadSeconds = grower ? await grower.grow(missing, say) : 0;
    await grower?.end();
    await admin.query('vacuum (analyze) decisions, ledger_entries, idempotency_keys, exposures, sessions');
    await admin.query('checkpoint');
    const size = await stage.database.query('select pg_database_size(current_database()) as size');
    const made: Point = {
      stored: await stored(),
      identities: known,
      gigabytes: Number(size.rows[0].size) / 1e9,
      loadSeconds,
      hot: await read(hot),
      all: await read(requests(0, Math.min(known, 100_000))),
    };
    points.push(made);
    const line = ({ perSecond, p50, p99, serverUs, postgresUs, toCerbos }: Reading) =>
      `${perSecond.toFixed(0)}/s, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(1)} ms, ${serverUs.toFixed(0)} + ${postgresUs.toFixed(0)} µs${toCerbos === null ? '' : `, ${toCerbos.toFixed(2)}× Cerbos`}`;
    say(`${made.stored} decisions, ${made.identities} identities, ${made.gigabytes.toFixed(1)} GB`);
    say(`  over ${HOT} identities: ${line(made.hot)}`);
    say(`  over all of them: ${line(made.all)}`);
  }
  const file = keepResult(
    'growth',
    { at: began, machine: where, connections: CONNECTIONS, points },
    asked.json || undefined,
  );
  say(`Written to ${file}.`);
} catch (error) {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exitCode = 1;
} finally {
  for (const peer of peers) await peer.end();
  await endProcess(caller.process);
  await admin.end().catch(() => undefined);
  await stage.end();
}
process.exit();
