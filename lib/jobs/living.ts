import pg from 'pg';
import { databaseUrl, pool } from '@/lib/db/client';
import { every, type Loop } from '@/lib/jobs/every';
import { log } from '@/lib/platform/log';

/** Class of the advisory locks that say "this worker lives": PostgreSQL drops them with the connection, however its process died. */
const CLASS = 1_651_535_980;
const PASS_MS = 5_000;

/** Jobs whose worker no longer lives may run again at once. A worker that has just begun may not have said that it lives yet. */
const FREE = `with dead as materialized (
  select id from (select distinct locked_by as id from graphile_worker.jobs
     where locked_by is not null and locked_at < now() - interval '5 seconds') q where pg_try_advisory_xact_lock($1, hashtext(id))
), freed as materialized (
  select array_agg(id) as ids from dead having count(*) > 0
) select ids, graphile_worker.force_unlock_workers(ids) from freed`;

/**
 * Says as long as it runs that the workers in `ids` live, and frees the jobs of workers that died: otherwise the queue of a
 * killed worker would wait four hours.
 */
export function keepLiving(ids: ReadonlySet<string>): Loop {
  let client: pg.Client | undefined;
  let said = new Set<string>();
  const sayLiving = async () => {
    if (!client) {
      const fresh = new pg.Client({ connectionString: databaseUrl(), connectionTimeoutMillis: 5_000, keepAlive: true });
      fresh.on('error', (error) =>
        log.warn({ error: error.message }, 'lost the connection that says this worker lives'),
      );
      fresh.once('end', () => {
        if (client === fresh) client = undefined;
      });
      await fresh.connect();
      client = fresh;
      said = new Set();
    }
    const missing = [...ids].filter((id) => !said.has(id));
    if (missing.length === 0) return;
    await client.query('select pg_try_advisory_lock($1, hashtext(id)) from unnest($2::text[]) as q(id)', [
      CLASS,
      missing,
    ]);
    for (const id of missing) said.add(id);
  };
  const loop = every('free-dead-workers', PASS_MS, async () => {
    await sayLiving();
    const { rows } = await pool().query<{ ids: string[] }>(FREE, [CLASS]);
    if (rows[0]) log.warn({ workers: rows[0].ids }, 'freed the jobs of workers that died');
  });
  return {
    stop: async () => {
      await loop.stop();
      const open = client;
      client = undefined;
      // Nothing of this process runs any more: what it could not give back is free.
      await open?.query('select graphile_worker.force_unlock_workers($1::text[])', [[...ids]]);
      await open?.end();
    },
  };
}
