import { systemCtx } from '@/lib/access/model';
import { retain } from '@/lib/decisions/retain';
import { forgetSecrets } from '@/lib/revocations/forget-secrets';

/** Drops what is kept only for a time: days of the log, each with a checkpoint that accounts for it, and secrets nobody took. */
export const retainLog = async (): Promise<void> => {
  await forgetSecrets();
  await retain(systemCtx('retention'));
};
