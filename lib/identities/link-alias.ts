import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { linkAliasSchema } from '@/lib/identities/model';
import { findAlias, lockIdentity, putAlias } from '@/lib/identities/store';
import { BraidError } from '@/lib/platform/errors';

/**
 * This name means this identity from now on. A name of an unmanaged identity moves here; one of a managed identity has to
 * be unlinked there first. Errors: `access.denied`, `input.invalid`, `not_found`, `conflict`.
 */
export async function linkAlias(ctx: Ctx, input: z.input<typeof linkAliasSchema>): Promise<{ id: string }> {
  authorise(ctx, 'identity.annotate');
  const { id, reason, ...alias } = linkAliasSchema.parse(input);
  return transaction(async (tx) => {
    const identity = await lockIdentity(tx, id);
    if (!identity) throw new BraidError('not_found', 'There is no such identity.');
    const held = await findAlias(tx, alias);
    if (held && held.identityId !== id && held.identity.managed)
      throw new BraidError('conflict', `This name means ${held.identity.name} already: unlink it there first.`);
    await putAlias(tx, alias, id, reason);
    await record(tx, ctx, {
      action: 'identity.link_alias',
      target: { type: 'identity', id, name: identity.name },
      reason,
      detail: { ...alias, ...(held && held.identityId !== id ? { movedFrom: held.identityId } : {}) },
    });
    await hint(tx, 'identity', held && held.identityId !== id ? [id, held.identityId] : [id]);
    return { id };
  });
}
