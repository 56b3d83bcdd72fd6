import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { closeHold } from '@/lib/exposures/close';
import { type Hold, type HoldRow, minorUnits, type SettleInput, settleInputSchema } from '@/lib/exposures/model';
import { withHold } from '@/lib/exposures/with-hold';
import { BraidError } from '@/lib/platform/errors';

/**
 * Settles a hold with the actual amount (major units), or as reserved. An amount applies to the lines that sum its
 * attribute; others settle as reserved. More than was held is an overrun, recorded. Settling twice with the same result is
 * the same. Throws `not_found`, `hold.closed`, `input.invalid`.
 */
export async function settle(ctx: Ctx, input: SettleInput): Promise<HoldRow> {
  authorise(ctx, 'decision.ask');
  const parsed = settleInputSchema.parse(input);
  return withHold(ctx, parsed.holdId, 'settled', (hold, states, writes) => {
    const attribute = attributeOf(hold, parsed);
    closeHold(
      hold,
      'settle',
      (line) =>
        line.attribute === attribute && attribute !== null
          ? actual(parsed, states.get(line.exposureId)!.scale)
          : line.amount,
      states,
      writes,
    );
  });
}

function attributeOf(hold: Hold, input: SettleInput): string | null {
  if (input.amount === undefined) return null;
  const sums = [...new Set(hold.lines.flatMap((line) => line.attribute ?? []))];
  const attribute = input.attribute ?? (sums.length === 1 ? sums[0]! : null);
  if (attribute && sums.includes(attribute)) return attribute;
  throw new BraidError(
    'input.invalid',
    sums.length ? `Say which attribute the amount is of: ${sums.join(', ')}.` : 'This hold sums no amount.',
  );
}

function actual(input: SettleInput, scale: number): bigint {
  const minor = minorUnits(input.amount, scale);
  if (minor === null) throw new BraidError('input.invalid', `amount is not an amount with at most ${scale} decimals.`);
  return minor;
}
