import { systemCtx } from '@/lib/access/model';
import { scanSessions as scan } from '@/lib/findings/scan-sessions';

/** Live and newly stored sessions → findings. */
export const scanSessions = async (): Promise<void> => {
  await scan(systemCtx('detection'));
};
