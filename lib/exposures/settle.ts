import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { closeHold } from '@/lib/exposures/close';
import { type Hold, type HoldRow, minorUnits, type SettleInput, settleInputSchema } from '@/lib/exposures/model';
import { overspend } from '@/lib/exposures/overspend';
import { type Close, withHold } from '@/lib/exposures/with-hold';
import { BraidError } from '@/lib/platform/errors';

/**
 * Settles a hold with the actual amount (major units), or as reserved. An amount applies to the lines that sum its
 * attribute; others settle as reserved. More than was held is an overrun, recorded. Settling twice with the same result is
 * the same. `late`: after it has expired too, when only what is beyond what its end counted is added. Throws `not_found`,
 * `hold.closed`, `input.invalid`.
 */
export async function settle(ctx: Ctx, input: SettleInput, { late = false } = {}): Promise<HoldRow> {
  authorise(ctx, 'decision.ask');
  const parsed = settleInputSchema.parse(input);
  const close: Close = (hold, states, writes) => {
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
  };
  const after: Close = (hold, states, writes) =>
    overspend(hold, attributeOf(hold, parsed), (scale) => actual(parsed, scale), states, writes);
  return withHold(ctx, parsed.holdId, 'settled', close, late ? { late: after } : {});
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
