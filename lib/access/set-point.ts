import { authorise } from '@/lib/access/authorise';
import { tokenRow } from '@/lib/access/format';
import { type Ctx, type SetPointInput, setPointSchema, type TokenRow } from '@/lib/access/model';
import { changePoint, findToken } from '@/lib/access/store';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

/**
 * Says how the enforcement point behind a token knows shared state, and from when what it is allowed is final. Binds within a
 * second. Errors: `access.denied`, `not_found`, `input.invalid`.
 */
export async function setPoint(ctx: Ctx, input: SetPointInput): Promise<TokenRow> {
  authorise(ctx, 'token.manage');
  const { id, ...point } = setPointSchema.parse(input);
  return transaction(async (tx) => {
    const before = await findToken(tx, id);
    if (!before) throw new BraidError('not_found', 'There is no such token.');
    const after = await changePoint(tx, id, point);
    const was = { mode: before.mode, staleSecs: before.staleSecs, settleAfterSecs: before.settleAfterSecs };
    await record(tx, ctx, {
      action: 'token.point',
      target: { type: 'token', id, name: after.name },
      detail: { before: was, after: point },
    });
    await hint(tx, 'token', [id]);
    return tokenRow(after, clock.now());
  });
}
