import { systemCtx } from '@/lib/access/model';
import { checkpoint } from '@/lib/decisions/checkpoint';
import { list } from '@/lib/decisions/checkpoint/list';
import { clock } from '@/lib/platform/clock';

const DUE_MS = 10 * 60_000;

/** The signed checkpoint over all heads, ten minutes after the last, whoever took that; or the first. */
export const takeCheckpointIfDue = async (): Promise<void> => {
  const ctx = systemCtx('checkpoint');
  const { items } = await list(ctx, { limit: 1 });
  if (!items[0] || clock.ms() - Date.parse(items[0].at) >= DUE_MS) await checkpoint(ctx, 'schedule');
};
