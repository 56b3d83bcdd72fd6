import { authorise } from '@/lib/access/authorise';
import { operatorRow } from '@/lib/access/format';
import { endWith } from '@/lib/access/grants/end-with';
import {
  type Ctx,
  type OperatorRow,
  ROLE_PERMISSIONS,
  roleSchema,
  type UpdateOperatorInput,
  updateOperatorSchema,
} from '@/lib/access/model';
import {
  changeOperator,
  countActiveAdministrators,
  endSessions,
  lockAdministrators,
  lockOperator,
} from '@/lib/access/store';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

/**
 * Changes an operator's role or state. Disabling ends the operator's sessions at once; a new role binds from their next call.
 * Errors: `access.denied`, `not_found`, `conflict` when no active administrator would be left.
 */
export async function updateOperator(ctx: Ctx, input: UpdateOperatorInput): Promise<OperatorRow> {
  authorise(ctx, 'operator.manage');
  const { id, role, state } = updateOperatorSchema.parse(input);
  return transaction(async (tx) => {
    await lockAdministrators(tx);
    const before = await lockOperator(tx, id);
    if (!before) throw new BraidError('not_found', 'There is no such operator.');
    const after = await changeOperator(tx, id, { role, state });
    if ((await countActiveAdministrators(tx)) === 0)
      throw new BraidError('conflict', 'This is the last active administrator: make another one first.');
    const ended = after.state === 'disabled' ? await endSessions(tx, { operatorId: id }, clock.now(), 'operator') : 0;
    await record(tx, ctx, {
      action:
        before.state === after.state
          ? 'operator.update'
          : `operator.${after.state === 'active' ? 'enable' : 'disable'}`,
      target: { type: 'operator', id, name: after.name },
      detail: {
        ...(before.role === after.role ? {} : { role: { from: before.role, to: after.role } }),
        ...(before.state === after.state ? {} : { state: { from: before.state, to: after.state } }),
        ...(ended ? { sessionsEnded: ended } : {}),
      },
    });
    if (after.state === 'disabled') await endWith(tx, ctx, 'disabled', { operatorId: id });
    else if (before.role !== after.role) await endWith(tx, ctx, 'role_changed', { operatorId: id });
    // What somebody granted stands on the word of one who may still give it.
    if (after.state === 'disabled' || !ROLE_PERMISSIONS[roleSchema.parse(after.role)].includes('operator.manage'))
      await endWith(tx, ctx, 'granter_left', { answeredById: id });
    await hint(tx, 'operator', [id]);
    return operatorRow(after);
  });
}
