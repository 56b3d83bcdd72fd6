import { z } from 'zod';
import { systemCtx } from '@/lib/access/model';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { toBraidError } from '@/lib/platform/errors';
import { backtest } from '@/lib/policies/backtests/backtest';
import * as store from '@/lib/policies/backtests/store';

const payloadSchema = z.strictObject({ id: z.uuid(), limit: z.number().int() });

/** Runs a backtest that was asked for, telling how far it is. Idempotent: one that is over stays as it is. */
export async function runBacktest(payload: unknown, signal: AbortSignal): Promise<void> {
  const { id, limit } = payloadSchema.parse(payload);
  const row = await store.backtestRow(id);
  if (!row || row.state === 'done' || row.state === 'failed') return;
  const ctx = systemCtx('backtest');
  const [from, to] = [row.fromAt.toISOString(), row.toAt.toISOString()];
  try {
    await store.noteProgress(id, 0);
    const result = await backtest(ctx, { source: row.source, from, to, limit }, async (count) => {
      signal.throwIfAborted();
      await store.noteProgress(id, count);
    });
    await store.finish(id, result.decisions, result);
  } catch (error) {
    if (signal.aborted) throw error; // run again by the next worker
    await store.fail(id, toBraidError(error).publicMessage);
    if (toBraidError(error).code === 'internal') throw error;
  }
  await transaction((tx) => hint(tx, 'policy', [id]));
}
