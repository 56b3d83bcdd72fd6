import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { actionsSeen } from '@/lib/audit/store';

/** Every action the log has seen, for the filter. At most 200. */
export async function listActions(ctx: Ctx): Promise<string[]> {
  authorise(ctx, 'console.read');
  return actionsSeen();
}
