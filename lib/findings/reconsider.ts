import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { close } from '@/lib/findings/close';
import { licenceOf } from '@/lib/findings/licensed/store';
import { readExposures } from '@/lib/findings/scan/decisions/store';
import { openAbove } from '@/lib/findings/store';
import { BraidError } from '@/lib/platform/errors';

const REFUTED =
  'Everything above the limit was let past it by an approval, an assurance or an exemption: nothing was crossed.';

/**
 * Closes open findings that say no more than that an exposure stands above its limit, where the ledger shows by now that it
 * stands there rightly. What a person has taken up stays theirs. Answers the ids it closed.
 */
export async function reconsider(ctx: Ctx): Promise<string[]> {
  authorise(ctx, 'finding.write');
  const open = await openAbove();
  const exposures = await readExposures(new Map(open.map((one) => [one.exposureId, one.kind])));
  const closed: string[] = [];
  for (const { id, exposureId } of open) {
    const exposure = exposures.find((one) => one.id === exposureId);
    if (!exposure) continue;
    const now = exposure.settled + exposure.held;
    const licence = now > exposure.limit ? await licenceOf(exposure) : null;
    if (!licence || now > licence.upTo) continue;
    try {
      await close(ctx, { id, disposition: 'false_positive', reason: REFUTED });
      closed.push(id);
    } catch (error) {
      // Somebody has closed it meanwhile.
      if (!(error instanceof BraidError) || error.code !== 'conflict') throw error;
    }
  }
  return closed;
}
