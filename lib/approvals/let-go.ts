import { systemCtx } from '@/lib/access/model';
import { release } from '@/lib/exposures/release';
import { BraidError } from '@/lib/platform/errors';
import { log } from '@/lib/platform/log';

/** An answered request is no longer outstanding: its hold is given back. If that fails now, it expires by itself. */
export async function letGo(holdId: string | null): Promise<void> {
  if (!holdId) return;
  await release(systemCtx('approvals'), { holdId, reason: 'answered' }).catch((error: unknown) => {
    if (error instanceof BraidError && ['hold.closed', 'not_found'].includes(error.code)) return;
    log.warn({ err: error, holdId }, 'the hold of an answered request was not given back');
  });
}
