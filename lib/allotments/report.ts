import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { reportSchema } from '@/lib/allotments/model';
import { changeAllotment, findAllotment, lockAllotment } from '@/lib/allotments/store';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { minorUnits } from '@/lib/exposures/model';
import { settle } from '@/lib/exposures/settle';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

/** What became of an allotment. Minor units as decimal strings. */
export interface Reported {
  id: string;
  unit: string;
  scale: number;
  given: string;
  spent: string;
  /** Given back to the limits. */
  returned: string;
  /** Spent beyond what was given: counted as an overrun, and flagged. */
  beyond: string;
  /** Reported after its end: what was presumed spent stays counted, what was spent beyond it counts as well. */
  late: boolean;
}

const otherwise = () => new BraidError('conflict', 'This allotment was reported with another sum.');
const missing = () => new BraidError('not_found', 'There is no such allotment.');

/** Minor units as the decimal text in which callers name amounts. */
function majorText(minor: bigint, scale: number): string {
  const digits = minor.toString().padStart(scale + 1, '0');
  return scale ? `${digits.slice(0, -scale)}.${digits.slice(-scale)}` : digits;
}

/**
 * Ends an allotment with what was really spent of it: that counts, the rest is given back. The same report again changes
 * nothing. Throws `not_found` for another token's, `conflict` when it was reported otherwise, `input.invalid`.
 */
export async function report(ctx: Ctx, id: string, body: unknown): Promise<Reported> {
  authorise(ctx, 'decision.ask');
  const { spends } = reportSchema.parse(body);
  const found = /^[0-9a-f-]{36}$/.test(id) ? await findAllotment(id) : null;
  if (!found || ctx.actor.kind !== 'token' || found.tokenId !== ctx.actor.id) throw missing();
  const refs = new Map(spends.map((one) => [one.ref, one]));
  let spent = 0n;
  for (const { ref, amount } of refs.values()) {
    const minor = minorUnits(amount, found.scale);
    if (minor === null) throw new BraidError('input.invalid', `${ref}: not an amount with ${found.scale} decimals.`);
    spent += minor;
  }
  if (found.state === 'reported' && found.spent !== spent) throw otherwise();
  const { counted, late } = await settled(ctx, found, spent);
  // An earlier report was counted and could not be written down: what it said stands.
  if (counted !== null && !late && counted !== spent) {
    await close(ctx, found, { spent: counted, spends: 0, late: false });
    throw otherwise();
  }
  const beyond = spent > found.amount ? spent - found.amount : 0n;
  await close(ctx, found, { spent, spends: refs.size, late });
  return {
    id,
    unit: found.unit,
    scale: found.scale,
    given: found.amount.toString(),
    spent: spent.toString(),
    returned: (late || beyond > 0n ? 0n : found.amount - spent).toString(),
    beyond: beyond.toString(),
    late,
  };
}

type Found = NonNullable<Awaited<ReturnType<typeof findAllotment>>>;

/** Writes down how it ended, once. */
function close(ctx: Ctx, found: Found, end: { spent: bigint; spends: number; late: boolean }): Promise<void> {
  const { id, amount: given, unit } = found;
  return transaction(async (tx) => {
    const row = await lockAllotment(tx, id);
    if (row?.state === 'reported') {
      if (row.spent !== end.spent) throw otherwise();
      return;
    }
    const { spent, spends, late } = end;
    await changeAllotment(tx, id, { state: 'reported', reportedAt: clock.now(), spent, spends });
    await record(tx, ctx, {
      action: spent > given ? 'allotment.overuse' : 'allotment.report',
      target: { type: 'allotment', id },
      detail: { given: given.toString(), spent: spent.toString(), unit, spends, late },
    });
    await hint(tx, 'allotment', [id]);
  });
}

/** `late`: it had ended, and all of it was counted; what was spent beyond is counted now. `counted`: minor units; null: not known. */
async function settled(
  ctx: Ctx,
  { holdId, attribute, scale }: Found,
  spent: bigint,
): Promise<{ counted: bigint | null; late: boolean }> {
  const hold = await settle(ctx, { holdId, amount: majorText(spent, scale), attribute }, { late: true });
  const line = hold.lines.find((one) => one.attribute === attribute && one.exposureId);
  return { counted: line ? BigInt(line.settled) : null, late: hold.state !== 'settled' };
}
