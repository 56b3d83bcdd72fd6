// Events a second of an import, beside COPY of the same lines into a jsonb table on the same server in the same run: what
// storing alone costs there. `node --import tsx bench/ingest.ts [PgBouncer log]`; without a log it writes one of 100,000 lines.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { systemCtx } from '@/lib/access/model';
import { connectDatabase, disconnectDatabase } from '@/lib/db/client';
import { startEmbedded } from '@/lib/db/embedded';
import { migrate } from '@/lib/db/migrate';
import { importSource } from '@/lib/sessions/import';
import { readSource } from '@/lib/sessions/read-source';

const SESSIONS = 50_000;
const ROUNDS = 3;

/** 20 roles, a connection every 10 ms that lasts up to 20 s: about a thousand open at any time. */
function writeLog(file: string): void {
  const from = Date.UTC(2024, 0, 1);
  const lines: { at: number; text: string }[] = [];
  for (let n = 0; n < SESSIONS; n++) {
    const who = `C-0x${(n % 4000).toString(16)}: app/role_${n % 20}@10.0.${n % 7}.${n % 250}:${10_000 + (n % 50_000)}`;
    const at = from + n * 10;
    lines.push({ at, text: `${who} login attempt: db=app user=role_${n % 20} tls=no` });
    lines.push({ at: at + ((n * 7919) % 20_000), text: `${who} closing because: client close request (age=1s)` });
  }
  lines.sort((a, b) => a.at - b.at);
  const text = lines.map(({ at, text: rest }) => {
    const iso = new Date(at).toISOString();
    return `${iso.slice(0, 10)} ${iso.slice(11, 23)} UTC [1] LOG ${rest}`;
  });
  fs.writeFileSync(file, `${text.join('\n')}\n`);
}

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e9;
};

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-bench-ingest-'));
fs.chmodSync(home, 0o755);
const log = process.argv[2] ?? path.join(home, 'pool.log');
if (!process.argv[2]) writeLog(log);
const server = await startEmbedded(path.join(home, 'server'));
const admin = new pg.Client({ connectionString: server.adminUrl });
await admin.connect();
try {
  const csv = path.join(home, 'lines.csv');
  const out = fs.createWriteStream(csv, { mode: 0o644 });
  let lines = 0;
  for await (const records of readSource(log, { shape: 'lines' })) {
    for (const each of records) {
      lines++;
      out.write(`"${JSON.stringify('record' in each ? each.record : each.reason).replaceAll('"', '""')}"\n`);
    }
  }
  await new Promise<void>((resolve) => out.end(() => resolve()));
  const rows: { import: number; copy: number; events: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await admin.query(`drop database if exists bench_${round} with (force)`);
    await admin.query(`create database bench_${round} owner braid`);
    const url = new URL(server.url);
    url.pathname = `/bench_${round}`;
    await migrate(url.toString());
    connectDatabase(url.toString());
    await admin.query('drop table if exists lines');
    await admin.query('create table lines (line jsonb)');
    const copy = await seconds(() => admin.query(`copy lines from '${csv}' (format csv)`));
    let events = 0;
    const took = await seconds(async () => {
      const result = await importSource(systemCtx('bench'), { format: 'pgbouncer', paths: [log] });
      events = result.events;
    });
    await disconnectDatabase();
    rows.push({ import: took, copy, events });
    process.stdout.write(
      `round ${round + 1}: import ${Math.round(events / took)} events/s (${took.toFixed(1)} s), COPY ${Math.round(lines / copy)} lines/s (${copy.toFixed(2)} s), ratio ${((events / took / (lines / copy)) * 100).toFixed(1)} %\n`,
    );
  }
  const best = rows.reduce((a, b) => (a.import / a.copy < b.import / b.copy ? a : b));
  process.stdout.write(
    `best: ${Math.round(best.events / best.import)} events/s, ${((best.events / best.import / (lines / best.copy)) * 100).toFixed(1)} % of COPY into jsonb\n`,
  );
} finally {
  await admin.end();
  await server.stop();
  fs.rmSync(home, { recursive: true, force: true });
}
