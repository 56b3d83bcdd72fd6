import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { show as showExposures } from '@/lib/exposures/show';
import { list as listIdentities } from '@/lib/identities/list';
import { BraidError } from '@/lib/platform/errors';
import { type WorkflowDetail, workflowIdSchema } from '@/lib/workflows/model';
import { readWorkflow } from '@/lib/workflows/store';

/** One workflow: who works for it, and what is counted over all of them. Errors: `access.denied`, `not_found`. */
export async function show(ctx: Ctx, input: z.input<typeof workflowIdSchema>): Promise<WorkflowDetail> {
  authorise(ctx, 'console.read');
  const { id } = workflowIdSchema.parse(input);
  const row = await readWorkflow(id);
  if (!row) throw new BraidError('not_found', 'There is no such workflow.');
  const [members, exposures] = await Promise.all([
    listIdentities(ctx, { workflowId: id, limit: 200 }),
    showExposures(ctx, { scope: 'workflow', key: id }),
  ]);
  return { ...row, members: members.items, exposures: exposures.items };
}
