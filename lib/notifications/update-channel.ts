import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { enqueue } from '@/lib/jobs/enqueue';
import {
  parseValues,
  placeOf,
  type Settings,
  sealFor,
  settingsOf,
  targetOf,
  unsealed,
} from '@/lib/notifications/channel';
import { secretNames } from '@/lib/notifications/kinds-model';
import { type UpdateChannelInput, updateChannelSchema } from '@/lib/notifications/model';
import { changeChannel, lockChannel, nameTaken, type StoredChannel } from '@/lib/notifications/store';
import { BraidError } from '@/lib/platform/errors';

/** Secrets that are sent to the receiver. A signing secret is not: it only signs. */
const STAYS = new Set(['signingSecret']);

/**
 * Secrets the form left empty keep their stored value, but never follow the settings to another place: whoever listens there
 * could read them. Throws `input.invalid`.
 */
export function keepSecrets(row: StoredChannel, values: Record<string, string>): Settings {
  const before = settingsOf(row);
  const stored = unsealed(row);
  const kept = secretNames(before.kind).filter((name) => stored[name] && !values[name]?.trim());
  const settings = parseValues(before.kind, {
    ...values,
    ...Object.fromEntries(kept.map((name) => [name, stored[name]!])),
  });
  const left = kept.filter((name) => !STAYS.has(name));
  if (left.length === 0 || placeOf(settings) === placeOf(before)) return settings;
  throw new BraidError(
    'input.invalid',
    `It points somewhere else now: ${left.join(', ')} has to be given again. What is stored stays with the place it was given for.`,
    { detail: left.map((path) => ({ path, message: 'has to be given again' })) },
  );
}

/** Renames, re-points, enables or disables a channel. What waits for it waits on, and is tried at once with the new settings. */
export async function updateChannel(ctx: Ctx, input: UpdateChannelInput): Promise<void> {
  authorise(ctx, 'notification.manage');
  const { id, name, values, state } = updateChannelSchema.parse(input);
  await transaction(async (tx) => {
    const row = await lockChannel(tx, id);
    if (!row) throw new BraidError('not_found', 'This channel no longer exists.');
    if (name && (await nameTaken(tx, name, id)))
      throw new BraidError('conflict', `There is already a channel called ${name}.`);
    const settings = values ? keepSecrets(row, values) : undefined;
    await changeChannel(tx, id, {
      ...(name ? { name } : {}),
      ...(state ? { state } : {}),
      ...(settings ? { config: settings.config as object, sealedSecrets: sealFor(id, settings.secrets) } : {}),
      ...(settings || state === 'enabled' ? { heldUntil: null } : {}),
    });
    const turned = state && state !== row.state ? (state === 'enabled' ? 'channel.enable' : 'channel.disable') : null;
    await record(tx, ctx, {
      action: turned ?? 'channel.update',
      target: { type: 'channel', id, name: name ?? row.name },
      detail: { settingsChanged: Boolean(settings), ...(settings ? { target: targetOf(settings) } : {}) },
    });
    await enqueue(tx, 'send-notifications', { channelId: id });
    await hint(tx, 'notification', [id]);
  });
}
