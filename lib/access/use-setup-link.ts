import { hashPassword } from '@/lib/access/hash-password';
import { type FirstOperatorInput, firstOperatorSchema } from '@/lib/access/model';
import { countOperators, insertOperator, lockAdministrators, spendSetupLink } from '@/lib/access/store';
import { record } from '@/lib/audit/record';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { newId, sha256Hex } from '@/lib/platform/ids';

/**
 * Creates the first administrator with a one-time link. The link is the permission: it is spent in the same transaction.
 * Errors: `access.denied` (link unknown, used, expired, or somebody can sign in already), zod's for what was typed.
 */
export async function useSetupLink(args: { input: FirstOperatorInput }): Promise<{ id: string; email: string }> {
  const { token, email, name, password } = firstOperatorSchema.parse(args.input);
  const passwordHash = await hashPassword(password);
  return transaction(async (tx) => {
    await lockAdministrators(tx);
    const usable = (await spendSetupLink(tx, sha256Hex(token), clock.now())) && (await countOperators(tx)) === 0;
    if (!usable)
      throw new BraidError(
        'access.denied',
        'This link has been used or has expired. A new one is printed when Braid starts and nobody can sign in yet.',
      );
    const row = await insertOperator(tx, { id: newId(), email, name, role: 'admin', passwordHash });
    const actor = { kind: 'operator' as const, id: row.id, name: row.name, role: 'admin' as const };
    const target = { type: 'operator', id: row.id, name: row.name };
    await record(
      tx,
      { actor },
      {
        action: 'operator.create',
        target,
        detail: { role: 'admin', by: 'set-up link', sha256: sha256Hex(passwordHash) },
      },
    );
    return { id: row.id, email: row.email };
  });
}
