import { authorise } from '@/lib/access/authorise';
import { operatorRow } from '@/lib/access/format';
import { hashPassword } from '@/lib/access/hash-password';
import { type CreateOperatorInput, type Ctx, createOperatorSchema, type OperatorRow } from '@/lib/access/model';
import { findOperatorByEmail, insertOperator, lockAdministrators } from '@/lib/access/store';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { BraidError } from '@/lib/platform/errors';
import { newId, sha256Hex } from '@/lib/platform/ids';

/** Adds an operator with a first password. Errors: `access.denied`, `conflict` when the e-mail is taken. */
export async function createOperator(ctx: Ctx, input: CreateOperatorInput): Promise<OperatorRow> {
  authorise(ctx, 'operator.manage');
  const { email, name, role, password } = createOperatorSchema.parse(input);
  const passwordHash = await hashPassword(password);
  return transaction(async (tx) => {
    await lockAdministrators(tx);
    if (await findOperatorByEmail(tx, email))
      throw new BraidError('conflict', 'An operator with this e-mail exists already.');
    const row = await insertOperator(tx, { id: newId(), email, name, role, passwordHash });
    const target = { type: 'operator', id: row.id, name };
    await record(tx, ctx, {
      action: 'operator.create',
      target,
      detail: { email, role, sha256: sha256Hex(passwordHash) },
    });
    await hint(tx, 'operator', [row.id]);
    return operatorRow(row);
  });
}
