import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { fullestIds } from '@/lib/exposures/fullest/store';
import type { ExposureView } from '@/lib/exposures/model';
import { viewsOf } from '@/lib/exposures/store';
import type { Meter } from '@/lib/policies/compiled-model';

/** What has left its window since a row was last written is only known of rows that are read: some more of them are. */
const READ = 50;

const total = ({ settled, held }: ExposureView): bigint => BigInt(settled) + BigInt(held);

/** a / b of its limit; what has none comes last. */
const share = (view: ExposureView): number =>
  view.limit === null ? -1 : Number(total(view)) / Math.max(Number(view.limit), 1);

/**
 * What one meter of a set holds now, as this version of it counts: the `limit` exposures nearest to their limit, and of how
 * many keys it held something when they were last written.
 */
export async function fullest(
  ctx: Ctx,
  { set, meter, limit }: { set: string; meter: Meter; limit: number },
): Promise<{ items: ExposureView[]; keys: number }> {
  authorise(ctx, 'console.read');
  const { ids, keys } = await fullestIds(set, meter, READ);
  const held = (await viewsOf(ids)).filter((view) => total(view) > 0n);
  const left = ids.length - held.length;
  held.sort((a, b) => share(b) - share(a) || Number(total(b) - total(a)) || (a.id < b.id ? -1 : 1));
  return { items: held.slice(0, limit), keys: keys - left };
}
