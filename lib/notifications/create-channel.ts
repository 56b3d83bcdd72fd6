import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { makeSigningSecret, parseValues, sealFor, targetOf } from '@/lib/notifications/channel';
import {
  type CreateChannelInput,
  type CreatedChannel,
  createChannelSchema,
  USUAL_EVENTS,
} from '@/lib/notifications/model';
import { insertChannel, insertRoute, nameTaken } from '@/lib/notifications/store';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';

/**
 * Adds a channel, with one route that tells it of whatever usually needs somebody. Its secrets are sealed for this row; a
 * signing secret that Braid made is answered here and never again. Errors: `conflict` (name), `input.invalid`.
 */
export async function createChannel(ctx: Ctx, input: CreateChannelInput): Promise<CreatedChannel> {
  authorise(ctx, 'notification.manage');
  const { kind, name, values } = createChannelSchema.parse(input);
  const made = kind === 'webhook' && !values.signingSecret?.trim() ? makeSigningSecret() : null;
  const settings = parseValues(kind, made ? { ...values, signingSecret: made } : values);
  const id = newId();
  await transaction(async (tx) => {
    if (await nameTaken(tx, name)) throw new BraidError('conflict', `There is already a channel called ${name}.`);
    await insertChannel(tx, {
      id,
      name,
      kind,
      config: settings.config as object,
      sealedSecrets: sealFor(id, settings.secrets),
      createdBy: ctx.actor.name,
    });
    await insertRoute(tx, {
      id: newId(),
      channelId: id,
      match: { events: USUAL_EVENTS, minSeverity: 'low', detectors: [], owners: [], workflows: [], environments: [] },
      createdBy: ctx.actor.name,
    });
    const target = { type: 'channel', id, name };
    await record(tx, ctx, { action: 'channel.create', target, detail: { kind, target: targetOf(settings) } });
    await hint(tx, 'notification', [id]);
  });
  return { id, signingSecret: made };
}
