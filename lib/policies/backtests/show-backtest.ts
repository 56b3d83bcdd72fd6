import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { BraidError } from '@/lib/platform/errors';
import { backtestRow, backtestRows, type StoredBacktest } from '@/lib/policies/backtests/store';
import { type Backtest, type BacktestResult, draftNameSchema } from '@/lib/policies/life-model';

/** One backtest: how far it is, and what it found once it is done. Throws `not_found`. */
export async function showBacktest(ctx: Ctx, query: { id: string }): Promise<Backtest> {
  authorise(ctx, 'console.read');
  const row = /^[0-9a-f-]{36}$/.test(query.id) ? await backtestRow(query.id) : null;
  if (!row) throw new BraidError('not_found', 'There is no such backtest.');
  return rowOf(row);
}

/** The newest backtests of a set, without what they found. */
export async function listBacktests(ctx: Ctx, query: { name: string }): Promise<Backtest[]> {
  authorise(ctx, 'console.read');
  const { name } = draftNameSchema.parse(query);
  return (await backtestRows(name)).map((row) => rowOf({ ...row, source: '', result: null }));
}

const rowOf = (row: StoredBacktest): Backtest => ({
  id: row.id,
  set: row.policySet,
  hash: row.hash,
  state: row.state as Backtest['state'],
  done: row.done,
  total: row.total,
  error: row.error,
  requestedAt: row.requestedAt.toISOString(),
  requestedBy: row.requestedBy,
  finishedAt: row.finishedAt?.toISOString() ?? null,
  result: row.result as unknown as BacktestResult | null,
});
