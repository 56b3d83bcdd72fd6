import type pg from 'pg';

export interface RecordSize {
  decisions: number;
  /** Bytes of a decision's row and of the ledger entries it made, as stored; the median over decisions. */
  medianBytes: number;
  /** Of which its trace. */
  medianTraceBytes: number;
  /** Growth of the whole database, indexes and dead rows and all, per decision. */
  diskBytes: number;
}

export const databaseBytes = async (database: pg.Client): Promise<number> =>
  Number((await database.query('select pg_database_size(current_database()) as size')).rows[0].size);

/** Sizes of the decisions written since `before` (databaseBytes) was read, of which there are more than `sinceDecisions`. */
export async function recordSize(database: pg.Client, before: number, sinceDecisions: number): Promise<RecordSize> {
  await database.query('checkpoint').catch(() => undefined); // only a superuser may
  const count = Number((await database.query('select count(*) as n from decisions')).rows[0].n);
  const { rows } = await database.query(
    `with recent as (select id, pg_column_size(d.*) as bytes, pg_column_size(d.trace) as trace from decisions d order by id desc limit 20000),
          entries as (select decision_id, sum(pg_column_size(l.*)) as bytes from ledger_entries l
                      where decision_id in (select id from recent) group by decision_id)
     select percentile_cont(0.5) within group (order by recent.bytes + coalesce(entries.bytes, 0)) as record,
            percentile_cont(0.5) within group (order by recent.trace) as trace
     from recent left join entries on entries.decision_id = recent.id`,
  );
  const grown = (await databaseBytes(database)) - before;
  return {
    decisions: count - sinceDecisions,
    medianBytes: Math.round(Number(rows[0].record)),
    medianTraceBytes: Math.round(Number(rows[0].trace)),
    diskBytes: Math.round(grown / Math.max(1, count - sinceDecisions)),
  };
}
