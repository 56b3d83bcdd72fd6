import { pool } from '@/lib/db/client';
import type { Tx } from '@/lib/db/transaction';

export async function storedRetention(): Promise<unknown> {
  const { rows } = await pool().query<{ value: unknown }>(`select value from settings where key = 'retention'`);
  return rows[0]?.value ?? {};
}

export async function storeRetention(tx: Tx, value: object): Promise<void> {
  await tx.$executeRaw`insert into settings (key, value, updated_at) values ('retention', ${JSON.stringify(value)}::jsonb, now())
    on conflict (key) do update set value = excluded.value, updated_at = now()`;
}

export async function today(): Promise<string> {
  return (await pool().query<{ day: string }>(`select to_char(current_date, 'YYYY-MM-DD') as day`)).rows[0]!.day;
}

/** Days a table has rows or a partition of, oldest first. */
export async function daysOf(table: string): Promise<string[]> {
  const found = await pool().query<{ day: string }>(
    `select to_char(to_date(right(c.relname, 8), 'YYYYMMDD'), 'YYYY-MM-DD') as day
     from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = $1::regclass and c.relname ~ '_[0-9]{8}$'
     union select distinct to_char(day, 'YYYY-MM-DD') from ${table}_default order by 1`,
    [table],
  );
  return found.rows.map((row) => row.day);
}

export const countOf = async (tx: Tx, table: string, day: string): Promise<bigint> =>
  (await tx.$queryRawUnsafe<{ n: bigint }[]>(`select count(*) as n from ${table} where day = '${day}'`))[0]!.n;

/** Last record of each writer among a day's rows of these tables. */
export function lastRecords(
  tx: Tx,
  tables: readonly string[],
  day: string,
): Promise<{ writer: string; seq: bigint; hash: string }[]> {
  const all = tables.map(
    (table) => `select writer, seq, hash from ${table} where day = '${day}' and seq is not null and hash is not null`,
  );
  return tx.$queryRawUnsafe(
    `select distinct on (writer) writer, seq, encode(hash, 'hex') as hash from (${all.join(' union all ')}) q order by writer, seq desc`,
  );
}

/** Carries what a day's ledger entries came to over into the opening balances. */
export async function carryOpenings(tx: Tx, day: string): Promise<void> {
  await tx.$executeRawUnsafe(`insert into ledger_openings as o (exposure_id, revision, settled, held)
    select distinct on (exposure_id) exposure_id, revision, settled_now, held_now from ledger_entries where day = '${day}' order by exposure_id, revision desc
    on conflict (exposure_id) do update set revision = excluded.revision, settled = excluded.settled, held = excluded.held
    where excluded.revision > o.revision`);
}

/** Takes a day out of a table. Waits for no lock longer than `lockMs`: decisions must not queue behind it. */
export async function dropDay(tx: Tx, table: string, day: string, lockMs: number): Promise<void> {
  const partition = `${table}_${day.replaceAll('-', '')}`;
  await tx.$executeRawUnsafe(`set local lock_timeout = '${lockMs}ms'`);
  const found = await tx.$queryRawUnsafe<{ there: string | null }[]>(
    `select to_regclass('${partition}')::text as there`,
  );
  if (found[0]?.there) await tx.$executeRawUnsafe(`drop table "${partition}"`);
  else await tx.$executeRawUnsafe(`delete from ${table} where day = '${day}'`);
}

/** As `pg.Client#query` for the digest of the opening balances, inside a transaction. */
export const querying = (tx: Tx) => ({
  query: async (text: string, values: unknown[] = []) => ({
    rows: await tx.$queryRawUnsafe<unknown[]>(text, ...values),
  }),
});
