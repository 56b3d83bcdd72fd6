import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { deleteExpected, nameOf } from '@/lib/findings/expected/store';
import { type ForgetExpected, forgetExpectedSchema } from '@/lib/findings/expected-model';
import { BraidError } from '@/lib/platform/errors';

/** What was said to be expected of an identity is told again from now on. Errors: `access.denied`, `not_found`. */
export async function forgetExpected(ctx: Ctx, input: ForgetExpected): Promise<{ ok: true }> {
  authorise(ctx, 'finding.write');
  const { id, expectedId, reason } = forgetExpectedSchema.parse(input);
  await transaction(async (tx) => {
    const said = await deleteExpected(tx, expectedId, id);
    if (!said) throw new BraidError('not_found', 'Nothing of the kind is expected of it.');
    await record(tx, ctx, {
      action: 'finding.forget_expected',
      target: { type: 'identity', id, name: await nameOf(tx, id) },
      reason: reason || undefined,
      detail: {
        detector: said.detector,
        cause: said.cause,
        networks: said.networks,
        agents: said.agents,
        findingId: said.findingId,
      },
    });
    await hint(tx, 'identity', [id]);
  });
  return { ok: true };
}
