// What an event costs to store as what is stored grows: the same logs, read into 100 thousand, 1 and 10 million stored events.
// The first are real: read from logs as ever. What follows are copies of them, a day earlier each, of other identities' sessions.
import fs from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { type Kind, writeLog } from '@/bench/ingest/logs';
import { median } from '@/bench/lab/options';
import { systemCtx } from '@/lib/access/model';
import { connectDatabase, disconnectDatabase } from '@/lib/db/client';
import { loneClient } from '@/lib/db/lone-client';
import { importSource } from '@/lib/sessions/import';

/** Lines of each log that are read for one measurement, and days between two of them. */
const LINES = 50_000;
const DAY_MS = 86_400_000;
const KINDS: Kind[] = ['cloudtrail', 'pgbouncer'];

interface Reading {
  perSecond: number;
  /** Processor time an event, µs. */
  braidUs: number;
  postgresUs: number;
}

export interface Point {
  stored: number;
  sessions: number;
  gigabytes: number;
  loadSeconds: number;
  of: Record<string, Reading>;
}

interface Given {
  url: string;
  home: string;
  points: number[];
  rounds: number;
  /** Processor seconds of PostgreSQL so far. */
  postgresCpu: () => number;
  say: (line: string) => void;
}

const ctx = systemCtx('bench');

/** Reads a log whose times are `days` after the usual ones: nobody has read it before. */
async function readAnew(given: Given, kind: Kind, days: number): Promise<Reading> {
  const log = path.join(given.home, `${kind}-${days}.log`);
  await writeLog(kind, LINES, log, `${log}.csv`, days * DAY_MS);
  fs.rmSync(`${log}.csv`);
  const [own, server, start] = [process.cpuUsage(), given.postgresCpu(), process.hrtime.bigint()];
  const { events } = await importSource(ctx, { format: kind, paths: [log] });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const { user, system } = process.cpuUsage(own);
  fs.rmSync(log);
  if (events !== LINES) throw new Error(`${LINES} lines of ${kind} were written, ${events} stored`);
  return {
    perSecond: events / seconds,
    braidUs: (user + system) / events,
    postgresUs: ((given.postgresCpu() - server) / events) * 1e6,
  };
}

const listOf = async (database: pg.Client, table: string, without: string[] = []): Promise<string[]> =>
  (
    await database.query<{ name: string }>(
      `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
      [table],
    )
  ).rows.flatMap(({ name }) => (without.includes(name) ? [] : [`"${name}"`]));

const count = async (database: pg.Client): Promise<number> =>
  Number((await database.query('select count(*) as n from session_events')).rows[0].n);

/** Copies what was read from logs `times` over: keys, sessions and events, under ids and keys of their own. */
async function copy(database: pg.Client, upTo: number, say: (line: string) => void): Promise<void> {
  const [keys, sessions, events] = [
    await listOf(database, 'event_keys', ['hash']),
    await listOf(database, 'sessions', ['id', 'group_key', 'started_at', 'parent_id', 'first_event']),
    await listOf(database, 'session_events', ['id', 'session_id', 'event_id', 'at']),
  ];
  const own = Number((await database.query('select count(*) as n from seed_events')).rows[0].n);
  const before = Number((await database.query('select coalesce(max(n), 0) as n from copied')).rows[0].n);
  const wanted = before + Math.ceil((upTo - (await count(database))) / own);
  for (let n = before + 1; n <= wanted; n += 1) {
    const moved = (column: string) =>
      `overlay(md5(${column}::text || ' ${n}') placing substr(${column}::text, 1, 8) || substr(${column}::text, 10, 4) from 1 for 12)::uuid`;
    const earlier = `- interval '${n} days'`;
    await database.query('begin');
    await database.query(
      `insert into event_keys (hash, ${keys.join(', ')}) select sha256(hash || '${n}'::bytea), ${keys.join(', ')} from seed_keys`,
    );
    await database.query(
      `insert into sessions (id, group_key, started_at, ${sessions.join(', ')})
       select ${moved('id')}, group_key || ' ${n}', started_at ${earlier}, ${sessions.join(', ')} from seed_sessions`,
    );
    await database.query(
      `insert into session_events (id, session_id, event_id, at, ${events.join(', ')})
       select ${moved('id')}, ${moved('session_id')}, event_id || ' ${n}', at ${earlier}, ${events.join(', ')} from seed_events`,
    );
    await database.query('insert into copied values ($1)', [n]);
    await database.query('commit');
    if (n % 20 === 0) say(`  ${(n * own) / 1e6} million copied`);
  }
  await database.query('vacuum (analyze) session_events, sessions, event_keys');
}

export async function growth(given: Given): Promise<Point[]> {
  const { url, points, rounds, say } = given;
  connectDatabase(url);
  const database = loneClient(url);
  await database.connect();
  const found: Point[] = [];
  let days = 0;
  try {
    for (const kind of KINDS) await readAnew(given, kind, 0);
    await database.query(`create table seed_keys as select * from event_keys;
      create table seed_sessions as select * from sessions;
      create table seed_events as select * from session_events;
      create table copied (n int)`);
    for (const point of points) {
      const start = process.hrtime.bigint();
      if ((await count(database)) < point) await copy(database, point, say);
      const loadSeconds = Number(process.hrtime.bigint() - start) / 1e9;
      const stored = await count(database);
      const of: Record<string, Reading> = {};
      for (const kind of KINDS) {
        const readings: Reading[] = [];
        for (let round = 0; round < rounds; round += 1) {
          days += 1;
          readings.push(await readAnew(given, kind, days));
        }
        of[kind] = {
          perSecond: median(readings.map((one) => one.perSecond)),
          braidUs: median(readings.map((one) => one.braidUs)),
          postgresUs: median(readings.map((one) => one.postgresUs)),
        };
      }
      const size = await database.query(
        `select pg_database_size(current_database())::float8 / 1e9 as gb, (select count(*) from sessions)::int as sessions`,
      );
      found.push({ stored, sessions: size.rows[0].sessions, gigabytes: size.rows[0].gb, loadSeconds, of });
      const text = KINDS.map(
        (kind) =>
          `${kind} ${of[kind]!.braidUs.toFixed(1)} + ${of[kind]!.postgresUs.toFixed(1)} µs, ${Math.round(of[kind]!.perSecond)}/s`,
      );
      say(
        `${stored} stored (${size.rows[0].sessions} sessions, ${size.rows[0].gb.toFixed(1)} GB, ${Math.round(loadSeconds)} s to fill): ${text.join('; ')}`,
      );
    }
    return found;
  } finally {
    await database.end();
    await disconnectDatabase();
  }
}
