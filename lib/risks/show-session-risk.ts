import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { BraidError } from '@/lib/platform/errors';
import { type Risk, riskOfSchema } from '@/lib/risks/model';
import { sessionRisk } from '@/lib/risks/risk-state';
import { findingsNaming, isSession } from '@/lib/risks/store';

/** The risk of one session, whatever is said of its credential. Errors: `not_found`. */
export async function showSessionRisk(ctx: Ctx, input: z.input<typeof riskOfSchema>): Promise<Risk> {
  authorise(ctx, 'console.read');
  const { id } = riskOfSchema.parse(input);
  const [known, findings] = await Promise.all([isSession(id), findingsNaming(id)]);
  if (!known) throw new BraidError('not_found', 'There is no such session.');
  return sessionRisk(id, findings);
}
