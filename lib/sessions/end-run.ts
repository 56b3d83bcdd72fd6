import type { z } from 'zod';
import type { Ctx } from '@/lib/access/model';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { ALL_MOST, type EndedAll, endAll, endAllBodySchema } from '@/lib/revocations/end-all';
import { runRefSchema } from '@/lib/sessions/run-model';
import { countLiveParts, readLiveParts, readParts } from '@/lib/sessions/runs/store';

const inputSchema = endAllBodySchema.extend(runRefSchema.shape);

/**
 * Ends every session of a run that lives, of whichever identity and at whichever system, in one act. Errors: `not_found`,
 * `conflict` (none lives), `response.second_operator`.
 */
export async function endRun(ctx: Ctx, input: z.input<typeof inputSchema>): Promise<EndedAll> {
  const { run, ...why } = inputSchema.parse(input);
  const now = clock.now();
  const sessionIds = await readLiveParts(run, now, ALL_MOST);
  if (sessionIds.length === 0 && (await readParts(run)).total === 0)
    throw new BraidError('not_found', 'No session names such a run.');
  const left = (await countLiveParts(run, now)) - sessionIds.length;
  return endAll(ctx, { sessionIds, left: Math.max(0, left), ...why });
}
