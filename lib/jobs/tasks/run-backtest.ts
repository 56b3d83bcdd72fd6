import type { Task } from '@/lib/jobs/work';
import { runBacktest as run } from '@/lib/policies/backtests/run-backtest';

/** A candidate set over stored decisions. */
export const runBacktest: Task = (payload, { signal }) => run(payload, signal);
