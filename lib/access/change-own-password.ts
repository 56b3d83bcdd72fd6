import { endWith } from '@/lib/access/grants/end-with';
import { hashPassword } from '@/lib/access/hash-password';
import { limitAttempts } from '@/lib/access/limit-attempts';
import { type ChangeOwnPasswordInput, type Ctx, changeOwnPasswordSchema } from '@/lib/access/model';
import { changeOperator, endSessions, lockOperator } from '@/lib/access/store';
import { verifyPassword } from '@/lib/access/verify-password';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { sha256Hex } from '@/lib/platform/ids';

/**
 * Changes the password of the operator who acts, and ends their other sessions (`keepSessionId` stays). Nobody needs a
 * permission for their own. Errors: `access.denied` (no operator, or the present password is wrong), `access.rate_limited`.
 */
export async function changeOwnPassword(
  ctx: Ctx,
  input: ChangeOwnPasswordInput,
  keepSessionId?: string,
): Promise<{ sessionsEnded: number }> {
  const { actor } = ctx;
  if (actor.kind !== 'operator') throw new BraidError('access.denied', 'Only an operator has a password.');
  const { current, next } = changeOwnPasswordSchema.parse(input);
  const attempts = await limitAttempts(`password of ${actor.id}`, ctx.ip ?? 'unknown');
  const passwordHash = await hashPassword(next);
  const result = await transaction(async (tx) => {
    const operator = await lockOperator(tx, actor.id);
    if (!operator || !(await verifyPassword(current, operator.passwordHash)))
      throw new BraidError('access.denied', 'The present password is not right.');
    await changeOperator(tx, actor.id, { passwordHash });
    const where = { operatorId: actor.id, exceptId: keepSessionId };
    const sessionsEnded = await endSessions(tx, where, clock.now(), 'operator');
    const target = { type: 'operator', id: actor.id, name: actor.name };
    await record(tx, ctx, {
      action: 'operator.change_password',
      target,
      detail: { sessionsEnded, sha256: sha256Hex(passwordHash) },
    });
    await endWith(tx, ctx, 'signed_out', { operatorId: actor.id, signedOut: true });
    await hint(tx, 'operator', [actor.id]);
    return { sessionsEnded };
  });
  await attempts.forget();
  return result;
}
