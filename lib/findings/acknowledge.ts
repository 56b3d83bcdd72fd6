import type { z } from 'zod';
import type { Ctx } from '@/lib/access/model';
import { acknowledgeSchema } from '@/lib/findings/model';
import { transition } from '@/lib/findings/transition';

/** Somebody has seen it and looks into it. Errors: `not_found`, `conflict`, `input.invalid`. */
export async function acknowledge(ctx: Ctx, input: z.input<typeof acknowledgeSchema>): ReturnType<typeof transition> {
  return transition(ctx, () => {
    const { id, reason } = acknowledgeSchema.parse(input);
    return { id, action: 'finding.acknowledge', to: 'acknowledged', from: ['open'], reason };
  });
}
