import { authorise } from '@/lib/access/authorise';
import { type Ctx, may } from '@/lib/access/model';
import { type ExposureView, type ShowQuery, showQuerySchema } from '@/lib/exposures/model';
import { matching } from '@/lib/exposures/store';

/** Exposures by id, meter, scope or key as they stand now: limit, settled, held, available, and who holds it. */
export async function show(ctx: Ctx, query: ShowQuery): Promise<{ items: ExposureView[] }> {
  authorise(ctx, may(ctx.actor, 'decision.ask') ? 'decision.ask' : 'console.read');
  return { items: await matching(showQuerySchema.parse(query)) };
}
