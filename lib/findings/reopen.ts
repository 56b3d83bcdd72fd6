import type { z } from 'zod';
import type { Ctx } from '@/lib/access/model';
import { changeState } from '@/lib/findings/change-state';
import { reopenSchema } from '@/lib/findings/model';

/** Back to open. Errors: `not_found`, `conflict`, `input.invalid`. */
export async function reopen(ctx: Ctx, input: z.input<typeof reopenSchema>): ReturnType<typeof changeState> {
  return changeState(ctx, () => {
    const { id, reason } = reopenSchema.parse(input);
    return { id, action: 'finding.reopen', to: 'open', from: ['acknowledged', 'suppressed', 'closed'], reason };
  });
}
