import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { newId, newSecret, sha256Hex } from '@/lib/platform/ids';
import { addresses } from '@/lib/signals/addresses';
import { type AddedReceiver, type AddReceiver, addReceiverSchema } from '@/lib/signals/model';
import { insertReceiver, nameTaken } from '@/lib/signals/store';

/** Registers who may receive: its secret is returned this once. Errors: `conflict` (name or audience). */
export async function addReceiver(ctx: Ctx, input: AddReceiver): Promise<AddedReceiver> {
  authorise(ctx, 'signal.manage');
  const { name, audience, ca, ...given } = addReceiverSchema.parse(input);
  const id = newId();
  const secret = newSecret();
  const at = addresses();
  await transaction(async (tx) => {
    if (await nameTaken(tx, name, audience || id))
      throw new BraidError('conflict', 'There is a receiver of this name or audience already.');
    await insertReceiver(tx, {
      id,
      name,
      ...given,
      audience: audience || id,
      ca: ca || null,
      secretHash: sha256Hex(secret),
      createdAt: clock.now(),
      createdBy: ctx.actor.name,
    });
    const detail = { audience: audience || id, scopes: given.scopes, ownNetwork: given.ownNetwork };
    await record(tx, ctx, { action: 'signal_receiver.create', target: { type: 'signal_receiver', id, name }, detail });
    await hint(tx, 'signal', [id]);
  });
  return { id, clientId: id, clientSecret: secret, tokenUrl: at.token, configurationUrl: at.streams };
}
