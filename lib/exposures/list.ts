import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { addFormer } from '@/lib/exposures/former/store';
import { liveNow } from '@/lib/exposures/live-now';
import type { ExposureView } from '@/lib/exposures/model';
import { byIdentity, viewsOf } from '@/lib/exposures/store';

/** Exposures an identity has moved or been judged on, nearest to their limit first, as they stand now. */
export async function list(
  ctx: Ctx,
  query: { identityId: string },
): Promise<{ items: ExposureView[]; nextCursor: string | null }> {
  authorise(ctx, 'console.read');
  return { items: await liveNow(await addFormer(await byIdentity(query.identityId), viewsOf)), nextCursor: null };
}
