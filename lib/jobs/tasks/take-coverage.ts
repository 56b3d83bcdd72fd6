import { systemCtx } from '@/lib/access/model';
import { take } from '@/lib/coverage/take';

/** The weekly snapshot. */
export const takeCoverage = async (): Promise<void> => {
  await take(systemCtx('weekly snapshot'));
};
