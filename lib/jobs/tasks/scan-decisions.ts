import { systemCtx } from '@/lib/access/model';
import { scanDecisions as scan } from '@/lib/findings/scan-decisions';

/** New decisions → findings. */
export const scanDecisions = async (): Promise<void> => {
  await scan(systemCtx('detection'));
};
