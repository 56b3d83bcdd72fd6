import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { closeStep } from '@/lib/playbooks/close-step';
import { waiveSchema } from '@/lib/playbooks/model';

/** Leaves a step out, with the reason why that is right here. Errors: `not_found`, `conflict`, `input.invalid`. */
export async function waive(ctx: Ctx, input: z.input<typeof waiveSchema>): Promise<{ id: string }> {
  authorise(ctx, 'finding.write');
  const { id, kind, reason } = waiveSchema.parse(input);
  return closeStep(ctx, { id, kind, state: 'waived', evidence: {}, reason });
}
