import { systemCtx } from '@/lib/access/model';
import { retain } from '@/lib/decisions/retain';

/** Drops the days that retention lets go, each with a checkpoint that accounts for it. */
export const retainLog = async (): Promise<void> => {
  await retain(systemCtx('retention'));
};
