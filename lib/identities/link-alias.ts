import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { linkAliasSchema } from '@/lib/identities/model';
import { refuseReopening } from '@/lib/identities/refuse-reopening';
import { lockBearers, lockNamespaces, putAlias } from '@/lib/identities/store';
import { BraidError } from '@/lib/platform/errors';

/**
 * This name means this identity from now on. A name of an unmanaged identity moves here; one of a managed identity has to
 * be unlinked there first. Where either is paused or revoked, it takes who may restore. Errors: `access.denied`,
 * `input.invalid`, `not_found`, `conflict`.
 */
export async function linkAlias(ctx: Ctx, input: z.input<typeof linkAliasSchema>): Promise<{ id: string }> {
  authorise(ctx, 'identity.annotate');
  const { id, reason, ...alias } = linkAliasSchema.parse(input);
  return transaction(async (tx) => {
    await lockNamespaces(tx, [alias.issuer]);
    const { identity, bearer, anyType } = await lockBearers(tx, alias, id);
    if (!identity) throw new BraidError('not_found', 'There is no such identity.');
    const moved = bearer && bearer.id !== id ? bearer : undefined;
    if (moved?.managed)
      throw new BraidError('conflict', `This name means ${moved.name} already: unlink it there first.`);
    refuseReopening(ctx, [identity, bearer, anyType]); // a name of one type goes before the same name of any type
    await putAlias(tx, alias, id, reason);
    await record(tx, ctx, {
      action: 'identity.link_alias',
      target: { type: 'identity', id, name: identity.name },
      reason,
      detail: { ...alias, ...(moved ? { movedFrom: moved.id } : {}) },
    });
    await hint(tx, 'identity', moved ? [id, moved.id] : [id]);
    return { id };
  });
}
