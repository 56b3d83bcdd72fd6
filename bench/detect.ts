// What detection finds and what it does not: recall and precision of each detector on labelled scenarios, fed in the order of
// time and looked at every minute as a live system does, and on the real captures that are there.
//   npm run bench detect -- --seed 1 --times 5
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ask } from '@/bench/detect/asked';
import { printCaptures, runCaptures } from '@/bench/detect/captures';
import { feed } from '@/bench/detect/feed';
import { vectorsOf } from '@/bench/detect/perturbed';
import { scenariosOf } from '@/bench/detect/scenarios';
import { printTally, printVectors, tallyOf } from '@/bench/detect/tally';
import { keepResult, machine } from '@/bench/lab/machine';
import { options } from '@/bench/lab/options';
import { connectDatabase, disconnectDatabase } from '@/lib/db/client';
import { startEmbedded } from '@/lib/db/embedded';
import { loneClient } from '@/lib/db/lone-client';
import { migrate } from '@/lib/db/migrate';

const asked = options(process.argv.slice(2), { seed: '1', times: '5', captures: 'true', keep: '' });
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-bench-detect-'));
fs.chmodSync(home, 0o755);
const server = await startEmbedded(path.join(home, 'server'));
const admin = loneClient({ connectionString: server.adminUrl });
await admin.connect();

/** A database of its own, migrated. */
async function within<T>(name: string, work: () => Promise<T>): Promise<T> {
  await admin.query(`create database ${name} owner braid`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  process.env.DATABASE_URL = url.toString();
  await migrate(url.toString());
  connectDatabase(url.toString());
  try {
    return await work();
  } finally {
    await disconnectDatabase();
    await admin.query(`drop database ${name} with (force)`);
  }
}

let wrong = 0;
try {
  const told = scenariosOf(Number(asked.seed), Number(asked.times));
  const seen = await within('bench_detect', () => feed(told));
  // What is decided is decided now: it has a clock and a database of its own.
  const decided = await within('bench_asked', () => ask(Number(asked.times)));
  const scenarios = [...told, ...decided.scenarios];
  const ofAsked = decided.found.map((one) => ({
    ...one,
    scenario: one.scenario < 0 ? -1 : one.scenario + told.length,
  }));
  const tally = tallyOf(scenarios, [...seen.found, ...ofAsked]);
  wrong += printTally(tally, seen);
  const held = vectorsOf(Number(asked.seed), 1 + Number(asked.times));
  const vectors = tallyOf(held, (await within('bench_vectors', () => feed(held))).found);
  printVectors(vectors);
  const captures = asked.captures === 'true' ? await runCaptures(within) : [];
  wrong += printCaptures(captures);
  if (asked.keep)
    keepResult('detect', { machine: await machine(admin), seed: Number(asked.seed), tally, vectors, captures });
} finally {
  await admin.end();
  await server.stop();
  fs.rmSync(home, { recursive: true, force: true });
}
process.exit(wrong === 0 ? 0 : 1);
