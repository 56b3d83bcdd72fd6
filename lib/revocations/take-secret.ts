import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { notNow } from '@/lib/revocations/eligible-state';
import { stateOfSecret } from '@/lib/revocations/list-secrets';
import { keptOf } from '@/lib/revocations/rotate-name';
import { type SecretState, type TakenSecret, takeSecretSchema } from '@/lib/revocations/rotated/model';
import { lockSecret, markTaken } from '@/lib/revocations/rotated/store';
import { show } from '@/lib/revocations/show';
import { lockIdentity } from '@/lib/revocations/store';

const WHY_NOT: Record<Exclude<SecretState, 'ready'>, string> = {
  making: 'Its system has not been proven yet: until then whoever comes in there may come in with the old secret.',
  taken: 'It was taken already, and Braid keeps no copy: rotate again if it is lost.',
  gone: 'It was destroyed: nobody took it in time, or a later rotation has taken its place. Rotate again.',
  none: 'The identity has no secret there that Braid could change.',
};

/**
 * Hands over a new secret, once: Braid keeps no copy. From then on nothing is ended or probed any more for this rotation in its
 * system, as what is open there may live by the new secret. Errors: `not_found`, `conflict` with why it can't be taken.
 */
export async function takeSecret(ctx: Ctx, input: z.input<typeof takeSecretSchema>): Promise<TakenSecret> {
  authorise(ctx, 'secret.take');
  const { id, secretId } = takeSecretSchema.parse(input);
  const revocation = await show(ctx, { id });
  return transaction(async (tx) => {
    const row = await lockSecret(tx, secretId);
    if (!row || row.revocationId !== id) throw new BraidError('not_found', 'This rotation made no such secret.');
    const state = stateOfSecret(row);
    if (state !== 'ready') throw new BraidError('conflict', WHY_NOT[state]);
    const identity = await lockIdentity(tx, revocation.identityId);
    if (identity?.state !== 'active')
      throw new BraidError('conflict', `${revocation.identityName} ${notNow(identity?.state ?? 'gone')}.`);
    const system = revocation.steps.find((step) => step.connectorId === row.connectorId)?.system ?? 'a system';
    const secret = keptOf(row)?.secret ?? {};
    await markTaken(tx, row.id, clock.now(), ctx.actor.name);
    await record(tx, ctx, {
      action: 'secret.take',
      target: { type: 'identity', id: revocation.identityId, name: revocation.identityName },
      detail: { revocationId: id, connectorId: row.connectorId, system, externalId: row.externalId },
    });
    await hint(tx, 'revocation', [id]);
    return { system, externalId: row.externalId, secret };
  });
}
