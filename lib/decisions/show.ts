import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { DecisionDetail } from '@/lib/decisions/model';
import { readTrace } from '@/lib/decisions/read-traces';
import { byId, neighbours } from '@/lib/decisions/store';
import { keyNames } from '@/lib/exposures/key-names';
import { showHold } from '@/lib/exposures/show-hold';
import { BraidError } from '@/lib/platform/errors';

/** One decision with its trace as stored, its hold, and the identity's decisions before and after. Throws `not_found`. */
export async function show(ctx: Ctx, query: { id: string }): Promise<DecisionDetail> {
  authorise(ctx, 'console.read');
  const found = /^[0-9a-f-]{36}$/.test(query.id) ? await byId(query.id) : null;
  if (!found) throw new BraidError('not_found', 'There is no such decision.');
  const { trace, ...decision } = found;
  const read = await readTrace(trace);
  const [beside, hold, names] = await Promise.all([
    neighbours(found.identityId, found.id),
    found.holdId ? showHold(ctx, found.holdId) : null,
    keyNames(
      ctx,
      read.exposures.flatMap((one) => [one.exposureId, ...(one.formerly ?? [])]),
    ),
  ]);
  return { decision, trace: read, hold, keyNames: names, neighbours: beside };
}
