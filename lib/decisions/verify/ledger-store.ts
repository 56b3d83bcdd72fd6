import type pg from 'pg';

// Adds the ledger up, a day at a time, in temporary tables of one connection. Nothing of it passes through this process.

/** `run`: what each exposure had come to after the days seen. `loose`: entries whose predecessor is not in sight yet. */
export async function beginSums(client: pg.Client): Promise<void> {
  await client.query(`set work_mem = '64MB'`);
  await client.query(`create temp table run (exposure_id uuid primary key, revision bigint not null, settled bigint not null, held bigint not null,
    entries bigint not null, opening bigint not null)`);
  await client.query(
    'create temp table loose (exposure_id uuid not null, revision bigint not null, settled bigint not null, held bigint not null)',
  );
  await client.query('insert into run select exposure_id, revision, settled, held, 0, revision from ledger_openings');
}

export interface LedgerFault {
  exposure_id: string;
  revision: bigint;
  why: 'sum' | 'missing';
}

/**
 * One day: each entry must be the one before it plus what it changed. Where the one before is of another day, it is the last
 * of the days seen, or it is looked for at the end (two transactions around midnight). What an opening balance holds
 * already, because its successor was dropped with the day before, is not counted again.
 */
export async function sumDay(
  client: pg.Client,
  day: string,
  limit: number,
): Promise<{ entries: number; faults: LedgerFault[] }> {
  await client.query('drop table if exists of_day');
  await client.query(`create temp table of_day as
    select exposure_id, revision, settled, held, settled_now, held_now,
      lag(revision) over w as prev, lag(settled_now) over w as prev_settled, lag(held_now) over w as prev_held,
      lead(revision) over w is null as last
    from ledger_entries l where day = '${day}'
      and not exists (select 1 from run r where r.exposure_id = l.exposure_id and l.revision <= r.opening) window w as (partition by exposure_id order by revision)`);
  const { rows } = await client.query<{ n: number }>('select count(*)::int as n from of_day');
  const faults = await client.query<LedgerFault>(
    `select d.exposure_id, d.revision, 'sum' as why from of_day d left join run r on r.exposure_id = d.exposure_id
     where case when d.prev = d.revision - 1 then d.settled_now <> d.prev_settled + d.settled or d.held_now <> d.prev_held + d.held
                when coalesce(r.revision, 0) = d.revision - 1 then d.settled_now <> coalesce(r.settled, 0) + d.settled or d.held_now <> coalesce(r.held, 0) + d.held
                else false end limit $1`,
    [limit],
  );
  await client.query(`insert into loose select d.exposure_id, d.revision, d.settled_now - d.settled, d.held_now - d.held
    from of_day d left join run r on r.exposure_id = d.exposure_id
    where d.prev is distinct from d.revision - 1 and coalesce(r.revision, 0) <> d.revision - 1`);
  await client.query(`insert into run as r select d.exposure_id, d.revision, d.settled_now, d.held_now, c.n, 0
    from of_day d join (select exposure_id, count(*) as n from of_day group by 1) c using (exposure_id) where d.last
    on conflict (exposure_id) do update set entries = r.entries + excluded.entries,
      revision = greatest(r.revision, excluded.revision),
      settled = case when excluded.revision > r.revision then excluded.settled else r.settled end,
      held = case when excluded.revision > r.revision then excluded.held else r.held end`);
  return { entries: rows[0]!.n, faults: faults.rows };
}

/** Entries whose predecessor was in no day beside them: is it anywhere, and does the sum go on from it? */
export async function looseFaults(client: pg.Client, limit: number): Promise<LedgerFault[]> {
  const found = await client.query<LedgerFault>(
    `select l.exposure_id, case when p.revision is null then l.revision - 1 else l.revision end as revision,
       case when p.revision is null then 'missing' else 'sum' end as why
     from loose l left join ledger_entries p on p.exposure_id = l.exposure_id and p.revision = l.revision - 1
     left join ledger_openings o on o.exposure_id = l.exposure_id and o.revision >= l.revision - 1
     where (p.revision is null and o.exposure_id is null) or p.settled_now <> l.settled or p.held_now <> l.held limit $1`,
    [limit],
  );
  return found.rows;
}

export interface CounterFault {
  id: string;
  meter: string | null;
  key: string | null;
  settled: bigint | null;
  held: bigint | null;
  log_settled: bigint | null;
  log_held: bigint | null;
  revision: bigint | null;
  log_revision: bigint;
  entries: bigint;
}

/** Counters that are not what the log comes to. Entries written since the sums were taken are added in the same statement. */
export async function counterFaults(client: pg.Client, since: string, limit: number): Promise<CounterFault[]> {
  const found = await client.query<CounterFault>(
    `select coalesce(e.id, r.exposure_id) as id, e.meter, e.key, e.settled, e.held, e.revision,
       coalesce(r.settled, 0) + coalesce(n.settled, 0) as log_settled, coalesce(r.held, 0) + coalesce(n.held, 0) as log_held,
       coalesce(r.revision, 0) + coalesce(n.n, 0) as log_revision, coalesce(r.entries, 0) + coalesce(r.opening, 0) + coalesce(n.n, 0) as entries
     from exposures e full join run r on r.exposure_id = e.id
     left join lateral (select sum(x.settled)::bigint as settled, sum(x.held)::bigint as held, count(*) as n from ledger_entries x
       where e.revision > coalesce(r.revision, 0) and x.exposure_id = e.id and x.revision > coalesce(r.revision, 0) and x.day >= $1::date) n on true
     where e.id is null or e.settled <> coalesce(r.settled, 0) + coalesce(n.settled, 0) or e.held <> coalesce(r.held, 0) + coalesce(n.held, 0)
       or e.revision <> coalesce(r.revision, 0) + coalesce(n.n, 0) or e.revision <> coalesce(r.entries, 0) + coalesce(r.opening, 0) + coalesce(n.n, 0)
     limit $2`,
    [since, limit],
  );
  return found.rows;
}

export interface Opening {
  exposure_id: string;
  revision: bigint;
  settled: bigint;
  held: bigint;
}

/** A connection, or a transaction that offers itself as one. */
export interface Querying {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** Opening balances in order, a page at a time. */
export async function openingsAfter(client: Querying, after: string, limit: number): Promise<Opening[]> {
  const found = await client.query(
    'select exposure_id, revision, settled, held from ledger_openings where exposure_id > $1::uuid order by exposure_id limit $2::int',
    [after, limit],
  );
  return found.rows as Opening[];
}
