import type { z } from 'zod';
import type { Ctx } from '@/lib/access/model';
import { suppressSchema } from '@/lib/findings/model';
import { transition } from '@/lib/findings/transition';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

const LONGEST_MS = 366 * 86_400_000;

/**
 * Keeps a finding out of the way until a day, for a reason, with somebody who answers for it. Evidence is still added.
 * Errors: `not_found`, `conflict`, `input.invalid` (an end in the past or more than a year ahead).
 */
export async function suppress(ctx: Ctx, input: z.input<typeof suppressSchema>): ReturnType<typeof transition> {
  return transition(ctx, () => {
    const { id, owner, reason, until } = suppressSchema.parse(input);
    const end = new Date(until);
    const ahead = end.getTime() - clock.ms();
    if (ahead <= 0 || ahead > LONGEST_MS)
      throw new BraidError('input.invalid', 'A suppression ends in the future, within a year.');
    return {
      id,
      action: 'finding.suppress',
      to: 'suppressed',
      from: ['open', 'acknowledged', 'suppressed'],
      reason,
      suppressUntil: end,
      suppressOwner: owner,
    };
  });
}
