import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { unlinkAliasSchema } from '@/lib/identities/model';
import { refuseReopening } from '@/lib/identities/refuse-reopening';
import { lockBearers, lockNamespaces, takeAlias } from '@/lib/identities/store';
import { BraidError } from '@/lib/platform/errors';

/**
 * This name no longer means this identity; whoever uses it next is unknown. It stays so, whatever systems say of equal
 * names, until somebody links it again. Of a paused or revoked identity only who may restore can take a name. A connector's
 * own name can't be unlinked: without it nothing could be ended there. Errors: `access.denied`, `not_found`, `conflict`.
 */
export async function unlinkAlias(ctx: Ctx, input: z.input<typeof unlinkAliasSchema>): Promise<{ id: string }> {
  authorise(ctx, 'identity.annotate');
  const { id, ...alias } = unlinkAliasSchema.parse(input);
  return transaction(async (tx) => {
    await lockNamespaces(tx, [alias.issuer]);
    const { identity, bearer } = await lockBearers(tx, alias, id);
    if (!identity || bearer?.id !== id) throw new BraidError('not_found', 'This identity has no such name.');
    if (alias.issuer.startsWith('connector:'))
      throw new BraidError('conflict', 'A connector gave this name: remove the connector instead.');
    refuseReopening(ctx, [identity]);
    await takeAlias(tx, alias, id);
    await record(tx, ctx, {
      action: 'identity.unlink_alias',
      target: { type: 'identity', id, name: identity.name },
      detail: alias,
    });
    await hint(tx, 'identity', [id]);
    return { id };
  });
}
