import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { seal } from '@/lib/audit/seal';
import { hint } from '@/lib/db/hint';
import { type Tx, transaction } from '@/lib/db/transaction';
import { keep } from '@/lib/decisions/checkpoint/keep';
import type { Dropped } from '@/lib/decisions/checkpoint/model';
import { writeCheckpoint } from '@/lib/decisions/checkpoint/write';
import { retention } from '@/lib/decisions/retention';
import { expired, type Retention, TABLES_OF } from '@/lib/decisions/retention/model';
import * as store from '@/lib/decisions/retention/store';
import { openingsDigest } from '@/lib/decisions/verify/ledger';
import { log } from '@/lib/platform/log';

/** Longest wait for the lock that dropping takes, ms; a proof that is reading makes it wait for the next pass. */
const LOCK_MS = 300;

/**
 * Drops the days that are older than the retention setting, oldest first, each in one transaction with a signed checkpoint
 * that accounts for it: how many rows, the last record of every chain among them, and the digest of the opening balances,
 * from which the ledger still adds up. A table somebody is reading is left for the next pass. Answers what was dropped.
 */
export async function retain(ctx: Ctx): Promise<{ table: string; day: string }[]> {
  authorise(ctx, 'report.take');
  await seal();
  const keeping = await retention(ctx);
  const today = await store.today();
  const gone: { table: string; day: string }[] = [];
  for (const kind of Object.keys(TABLES_OF) as (keyof Retention)[]) {
    const tables = TABLES_OF[kind];
    const days = [...new Set((await Promise.all(tables.map(store.daysOf))).flat())].sort();
    for (const day of expired(days, today, keeping[kind])) {
      if (!(await dropped(ctx, tables, day))) break;
      gone.push(...tables.map((table) => ({ table, day })));
    }
  }
  return gone;
}

async function dropped(ctx: Ctx, tables: readonly string[], day: string): Promise<boolean> {
  try {
    const taken = await transaction((tx) => dropAccountedFor(tx, ctx, tables, day), { timeoutMs: 600_000 });
    keep(taken);
    return true;
  } catch (error) {
    if (!/lock timeout|55P03/.test(String((error as Error).message))) throw error;
    log.info({ tables, day }, 'a day that is to be dropped is being read: it waits for the next pass');
    return false;
  }
}

async function dropAccountedFor(tx: Tx, ctx: Ctx, tables: readonly string[], day: string) {
  const detail: Dropped[] = [];
  const chained = tables.filter((table) => table !== 'session_events');
  const floors = chained.length ? await store.lastRecords(tx, chained, day) : [];
  if (tables.includes('ledger_entries')) await store.carryOpenings(tx, day);
  for (const [index, table] of tables.entries())
    detail.push({
      table,
      day,
      rows: (await store.countOf(tx, table, day)).toString(),
      floors: index === 0 ? floors.map((floor) => ({ ...floor, seq: floor.seq.toString() })) : [],
      openings: table === 'ledger_entries' ? await openingsDigest(store.querying(tx)) : null,
    });
  const taken = await writeCheckpoint(tx, 'drop', detail);
  await record(tx, ctx, {
    action: 'audit.drop',
    target: { type: 'day', id: day, name: tables.join(', ') },
    detail: { checkpoint: taken.seq.toString(), rows: Object.fromEntries(detail.map((one) => [one.table, one.rows])) },
  });
  await hint(tx, 'audit', []);
  for (const table of tables) await store.dropDay(tx, table, day, LOCK_MS);
  return taken;
}
