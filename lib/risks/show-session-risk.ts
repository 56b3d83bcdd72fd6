import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { BraidError } from '@/lib/platform/errors';
import { type Risk, riskOfSchema } from '@/lib/risks/model';
import { sessionRisk } from '@/lib/risks/risk-state';
import { findingsNaming, saidOfSession } from '@/lib/risks/store';
import { highest } from '@/lib/signals/event-model';

/** The risk of one session, by open findings and by what other systems last said, whatever is said of its credential. Errors: `not_found`. */
export async function showSessionRisk(ctx: Ctx, input: z.input<typeof riskOfSchema>): Promise<Risk> {
  authorise(ctx, 'console.read');
  const { id } = riskOfSchema.parse(input);
  const [session, findings] = await Promise.all([saidOfSession(id), findingsNaming(id)]);
  if (!session) throw new BraidError('not_found', 'There is no such session.');
  const found = sessionRisk(id, findings);
  return { ...found, level: highest([...session.said, ...(found.level ? [found.level] : [])]) };
}
