import type pg from 'pg';
import { SEALED_COLUMNS, type SealedRow } from '@/lib/audit/entry-text';
import { databaseUrl, pool } from '@/lib/db/client';
import { loneClient } from '@/lib/db/lone-client';

// What the proof reads. A day at a time, each in a short transaction of its own: a proof of years must not hold back the
// partition of tomorrow. Bodies are fetched by their place, so that only narrow keys are sorted.

export interface WriterRow {
  id: string;
  kind: string;
  seq: bigint;
  hash: Buffer;
  links: { id: string; seq: string; hash: string }[];
}

export const writerRows = async (): Promise<WriterRow[]> =>
  (await pool().query<WriterRow>('select id, kind, seq, hash, links from writers order by started_at, id')).rows;

export const writerIds = async (): Promise<Set<string>> =>
  new Set((await pool().query<{ id: string }>('select id from writers')).rows.map((row) => row.id));

const TABLES = ['decisions', 'ledger_entries', 'audit_entries'] as const;

/** Days of which there are records, in order. Those of the default partitions are looked for in their rows. */
export async function days(): Promise<string[]> {
  const named = await pool().query<{ day: string }>(
    `select distinct to_char(to_date(right(c.relname, 8), 'YYYYMMDD'), 'YYYY-MM-DD') as day
     from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = any($1::text[]::regclass[]) and c.relname ~ '_[0-9]{8}$'`,
    [TABLES],
  );
  const all = new Set(named.rows.map((row) => row.day));
  for (const table of TABLES) {
    const found = await pool().query<{ day: string }>(
      `select distinct to_char(day, 'YYYY-MM-DD') as day from ${table}_default`,
    );
    for (const row of found.rows) all.add(row.day);
  }
  return [...all].sort();
}

export interface RecordKey {
  writer: string;
  seq: bigint;
  kind: 'decision' | 'entry' | 'audit';
  /** Place of the row in its partition. */
  at: string;
}

export type DecisionBody = Record<string, unknown> & { id: string; trace: string; hash: Buffer };
export type EntryBody = Record<string, unknown> & { exposure_id: string; revision: bigint; hash: Buffer | null };
export type AuditBody = SealedRow & { hash: Buffer };

export interface Bodies {
  decisions: Map<string, DecisionBody>;
  entries: Map<string, EntryBody>;
  audit: Map<string, AuditBody>;
}

const KEYS_AT_ONCE = 1_000;

/** Microseconds beyond the millisecond: none is ever written, so one that is there was put there. */
const AT_REST = '(extract(microseconds from at)::int % 1000) as at_rest';

/** Stretches of chains: only records in one of them are read. */
export interface Stretch {
  writer: string;
  from: bigint;
  to: bigint;
}

/** Keys of a day's records in chain order, a page at a time, with their bodies. `day` is YYYY-MM-DD. */
export async function* dayPages(
  day: string,
  stretches?: Stretch[],
): AsyncGenerator<{ keys: RecordKey[]; bodies: Bodies }> {
  const of = (table: string) =>
    stretches
      ? `${table} t where day = '${day}' and exists (select 1 from unnest($1::uuid[], $2::bigint[], $3::bigint[]) as s(w, a, b)
           where t.writer = s.w and t.seq between s.a and s.b)`
      : `${table} where day = '${day}' and seq is not null`;
  const values = stretches && [
    stretches.map((one) => one.writer),
    stretches.map((one) => one.from),
    stretches.map((one) => one.to),
  ];
  const client = await pool().connect();
  try {
    await client.query('begin transaction isolation level repeatable read read only');
    await client.query(
      `declare record_keys no scroll cursor for
      select writer, seq, 'decision' as kind, ctid::text as at from ${of('decisions')}
      union all select writer, seq, 'entry', ctid::text from ${of('ledger_entries')}
      union all select writer, seq, 'audit', ctid::text from ${of('audit_entries')}
      order by 1, 2, 3`,
      values,
    );
    for (;;) {
      const { rows: keys } = await client.query<RecordKey>(`fetch ${KEYS_AT_ONCE} from record_keys`);
      if (keys.length === 0) break;
      yield { keys, bodies: await bodiesOf(client, day, keys) };
    }
    await client.query('commit');
  } finally {
    await client.query('rollback').catch(() => undefined);
    client.release();
  }
}

async function bodiesOf(client: pg.ClientBase, day: string, keys: RecordKey[]): Promise<Bodies> {
  const read = async <T>(kind: RecordKey['kind'], table: string, columns: string): Promise<Map<string, T>> => {
    const places = keys.filter((key) => key.kind === kind).map((key) => key.at);
    if (places.length === 0) return new Map();
    const found = await client.query<T & { place: string }>(
      `select ctid::text as place, ${columns} from ${table} where day = '${day}' and ctid = any($1::tid[])`,
      [places],
    );
    return new Map(found.rows.map((row) => [row.place, row]));
  };
  return {
    decisions: await read('decision', 'decisions', `*, ${AT_REST}`),
    entries: await read('entry', 'ledger_entries', `*, ${AT_REST}`),
    audit: await read('audit', 'audit_entries', `${SEALED_COLUMNS}, hash`),
  };
}

/** The stored hash at one place of a chain; a look through everything, for the rare place that was passed before it was asked for. */
export async function hashAt(writer: string, seq: bigint): Promise<string | null> {
  const found = await pool().query<{ hash: string }>(
    `select encode(hash, 'hex') as hash from decisions where writer = $1 and seq = $2
     union all select encode(hash, 'hex') from ledger_entries where writer = $1 and seq = $2 and hash is not null
     union all select encode(hash, 'hex') from audit_entries where writer = $1 and seq = $2 limit 1`,
    [writer, seq],
  );
  return found.rows[0]?.hash ?? null;
}

export const unsealedCount = async (): Promise<number> =>
  (await pool().query<{ n: number }>('select count(*)::int as n from audit_entries where seq is null')).rows[0]!.n;

/** A connection of its own for the running sums, which live in temporary tables. */
export async function openLedger(): Promise<pg.Client> {
  const client = loneClient({
    connectionString: databaseUrl(),
    types: pool().options.types,
    application_name: 'braid verify',
  });
  await client.connect();
  return client;
}
