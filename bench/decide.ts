// Braid and its peers side by side: asked the same by the same load generator, one after the other within each round, so
// that the ratio of a round survives a noisy machine. Durability is on for all that store.
//   npm run bench decide -- --rounds 5 --seconds 3 --cases 64,256 --peers cerbos --json file.json
// With bare numbers it is the quick look at the decision point alone (bench/quick.ts).
import { CASES, type Case, POLICY, requests } from '@/bench/decide/case';
import { PEER_NAMES, type Peer, type PeerName, startPeers } from '@/bench/decide/peers';
import { printTable, type Reading, rowsOf } from '@/bench/decide/table';
import { startCaller } from '@/bench/lab/caller';
import { keepResult, machine } from '@/bench/lab/machine';
import { options } from '@/bench/lab/options';
import { cpuSeconds, endProcess } from '@/bench/lab/processes';
import { databaseBytes, recordSize } from '@/bench/lab/record-size';
import { benchCtx, setStage } from '@/bench/lab/stage';
import { verify } from '@/lib/decisions/verify';

const WARM_SECONDS = 1.5;
const say = (line: string) => process.stdout.write(`${line}\n`);

interface Braid extends Peer {
  pdps: number;
}

async function run(): Promise<void> {
  const asked = options(process.argv.slice(2), {
    rounds: '5',
    seconds: '3',
    cases: '',
    peers: PEER_NAMES.join(','),
    json: '',
  });
  const rounds = Number(asked.rounds);
  const seconds = Number(asked.seconds);
  const cases = CASES.filter((one) => matches(one, asked.cases));
  const stage = await setStage(POLICY);
  const caller = await startCaller();
  const began = new Date();
  let peers: Peer[] = [];
  try {
    const where = await machine(stage.database);
    const twins = [await stage.startPdp(), await stage.startPdp()];
    const one: Braid = {
      name: 'braid',
      pdps: 1,
      pids: [twins[0]!.process.pid!],
      ask: (each, secs) =>
        caller.ask({
          ports: twins.slice(0, each.pdps).map((twin) => twin.port),
          connections: each.connections,
          seconds: secs,
          requests: requests(each.identities, stage.token, each.keyed),
          keyed: each.keyed,
        }),
      end: async () => undefined,
    };
    const two: Braid = { ...one, pdps: 2, pids: twins.map((twin) => twin.process.pid!) };
    const wanted = asked.peers.split(',').filter((name): name is PeerName => PEER_NAMES.includes(name as PeerName));
    peers = await startPeers(wanted, { stage, caller, say });
    for (const peer of [one, two, ...peers])
      for (const identities of [100, 1])
        await peer.ask({ name: 'warm', connections: 64, identities, pdps: 2, keyed: false }, WARM_SECONDS);
    const counted = async () => Number((await stage.database.query('select count(*) as n from decisions')).rows[0].n);
    const before = { bytes: await databaseBytes(stage.database), decisions: await counted() };
    const readings: Reading[] = [];
    for (let round = 0; round < rounds; round++) {
      say(`round ${round + 1} of ${rounds} …`);
      for (const each of cases) {
        const all: Peer[] = [each.pdps === 2 ? two : one, ...peers];
        // Whoever is first changes with the round: nobody always runs behind the same neighbour.
        const order = all.map((_, at) => all[(at + round) % all.length]!);
        for (const peer of order) readings.push(await read(peer, each, round, seconds, stage.postgresPid()));
      }
    }
    const rows = rowsOf(readings, cases);
    printTable(rows, say);
    const size = await recordSize(stage.database, before.bytes, before.decisions);
    say(
      `\nA decision's record: ${size.medianBytes} B (median; trace ${size.medianTraceBytes} B), ${size.diskBytes} B on disk with indexes and dead rows, over ${size.decisions} decisions.`,
    );
    const proof = await verify(benchCtx);
    say(
      proof.ok
        ? `${proof.decisions} decisions and ${proof.ledgerEntries} ledger entries verified.`
        : `NOT VERIFIED: ${proof.problems.join('; ')}`,
    );
    const file = keepResult(
      'decide',
      { at: began.toISOString(), machine: where, rounds, seconds, rows, size, verified: proof.ok, readings },
      asked.json || undefined,
    );
    say(`Written to ${file}.`);
    if (!proof.ok) process.exitCode = 1;
  } finally {
    for (const peer of peers) await peer.end();
    await endProcess(caller.process);
    await stage.end();
  }
}

/** `64` names every case of 64 connections, `64x100` one more narrowly. */
function matches(one: Case, filter: string): boolean {
  if (!filter) return true;
  return filter.split(',').some((part) => {
    const [connections, identities] = part.split('x');
    return (
      Number(connections) === one.connections && (identities === undefined || Number(identities) === one.identities)
    );
  });
}

async function read(peer: Peer, each: Case, round: number, seconds: number, postgres: number): Promise<Reading> {
  const spent = () => ({
    own: peer.pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0),
    postgres: cpuSeconds(postgres, true),
  });
  const before = spent();
  const heard = await peer.ask(each, seconds);
  const after = spent();
  const per = (seconds_: number) => (seconds_ / Math.max(1, heard.answers)) * 1e6;
  return {
    ...heard,
    peer: peer.name,
    case: each.name,
    round,
    serverUs: per(after.own - before.own),
    postgresUs: per(after.postgres - before.postgres),
  };
}

if (/^\d/.test(process.argv[2] ?? '')) await import('@/bench/quick');
else {
  await run();
  process.exit();
}
