import { systemCtx } from '@/lib/access/model';
import { checkpoint } from '@/lib/decisions/checkpoint';
import { list } from '@/lib/decisions/checkpoint/list';
import { clock } from '@/lib/platform/clock';

const DUE_MS = 10 * 60_000;

/** The signed checkpoint over all heads, every ten minutes. */
export const takeCheckpoint = async (): Promise<void> => {
  await checkpoint(systemCtx('checkpoint'), 'schedule');
};

/** One that was due while Braid was off, or the first. */
export const takeCheckpointIfDue = async (): Promise<void> => {
  const { items } = await list(systemCtx('checkpoint'), { limit: 1 });
  if (!items[0] || clock.ms() - Date.parse(items[0].at) >= DUE_MS) await takeCheckpoint();
};
