import { z } from 'zod';
import { hint } from '@/lib/db/hint';
import { type Tx, transaction } from '@/lib/db/transaction';
import { enqueue } from '@/lib/jobs/enqueue';
import { announce } from '@/lib/notifications/announce';
import { type Settings, settingsOf } from '@/lib/notifications/channel';
import { type Claimed, changeDelivery, claim, nextDue } from '@/lib/notifications/deliveries/store';
import { messageOf } from '@/lib/notifications/format';
import { send } from '@/lib/notifications/send';
import { after, type Outcome } from '@/lib/notifications/state';
import { changeChannel, lockChannel, type StoredChannel } from '@/lib/notifications/store';
import { clock } from '@/lib/platform/clock';
import { env } from '@/lib/platform/env';
import { log } from '@/lib/platform/log';

/** Longer than any try takes: whoever dies with a message in hand delays it by this much. */
const LEASE_MS = 60_000;
/** Messages sent by one job; the next one goes on. */
const MOST = 50;
/** Tries in a row that failed, after which other channels are told. */
const TELL_AFTER = 5;
const DAY_MS = 86_400_000;
const giveUpSchema = z.object({ giveUpDays: z.number() });

/**
 * Sends what is due on one channel, oldest first, until nothing is or the receiver is in trouble; then leaves a job for when
 * the next is due. Runs beside itself safely. A message counts as delivered only once its receiver said so, and that is
 * written: one that dies in between sends it again, with the same id.
 */
export async function deliver(channelId: string, signal?: AbortSignal): Promise<void> {
  for (let sent = 0; sent < MOST && !signal?.aborted; sent++) {
    const claimed = await claim(channelId, clock.ms(), LEASE_MS);
    if (!claimed) break;
    await write(claimed, await attempt(claimed));
  }
  const due = await nextDue(channelId);
  if (due === null) return;
  const now = clock.ms();
  await transaction((tx) =>
    enqueue(
      tx,
      'send-notifications',
      { channelId },
      { key: `notify:${channelId}:${due <= now ? 'now' : 'later'}`, runAt: new Date(due) },
    ),
  );
}

async function attempt({ delivery, channel, notices }: Claimed): Promise<Outcome> {
  if (notices.length === 0) return { result: 'refused', answer: 'What it told of is no longer kept.' };
  const settings = openedOf(channel);
  if (!settings)
    return { result: 'down', answer: 'Its stored secrets can’t be opened: the key they were sealed with is gone.' };
  return send(settings, {
    id: delivery.id,
    at: delivery.createdAt.toISOString(),
    recipient: delivery.recipient,
    notices,
    base: env().BRAID_URL,
  });
}

function openedOf(channel: StoredChannel): Settings | null {
  try {
    return settingsOf(channel);
  } catch (error) {
    log.error({ err: error, channel: channel.name }, 'the settings of a channel can’t be read');
    return null;
  }
}

/** Between 0 and 1, the same for one delivery always: keeps many from trying at the same instant. */
const spreadOf = (id: string): number => Number.parseInt(id.slice(-4), 16) / 0xffff;

async function write({ delivery, notices }: Claimed, outcome: Outcome): Promise<void> {
  const now = clock.now();
  await transaction(async (tx) => {
    const channel = await lockChannel(tx, delivery.channelId);
    if (!channel) return;
    const failures = outcome.result === 'taken' ? 0 : channel.failures + 1;
    const { giveUpDays } = giveUpSchema.parse(channel.config);
    const next = after(outcome, {
      nowMs: now.getTime(),
      sinceMs: delivery.since.getTime(),
      attempts: delivery.attempts,
      failures,
      giveUpMs: giveUpDays * DAY_MS,
      spread: spreadOf(delivery.id),
    });
    await changeDelivery(tx, delivery.id, {
      state: next.state,
      dueAt: new Date(next.dueMs),
      lastAnswer: outcome.answer,
      deliveredAt: next.state === 'delivered' ? now : null,
      ...(notices.length > 0 ? { title: messageOf(notices, env().BRAID_URL).headline } : {}),
    });
    await changeChannel(tx, channel.id, {
      failures,
      failingSince: outcome.result === 'taken' ? null : (channel.failingSince ?? now),
      ...(next.heldUntilMs === undefined
        ? {}
        : { heldUntil: next.heldUntilMs === null ? null : new Date(next.heldUntilMs) }),
      lastAnswer: outcome.answer,
      lastAnswerAt: now,
      ...(outcome.result === 'taken' ? { lastDeliveredAt: now } : {}),
    });
    if (failures === TELL_AFTER || next.state === 'dead') await tellOthers(tx, channel, outcome, next.state === 'dead');
    await hint(tx, 'notification', [delivery.id]);
  });
}

/** A channel that does not work is something people want to be told of: by another one. */
const tellOthers = (tx: Tx, channel: StoredChannel, { answer }: Outcome, dead: boolean): Promise<void> =>
  announce(tx, [
    {
      event: 'channel.failing',
      target: { type: 'channel', id: channel.id },
      identityId: null,
      severity: 'high',
      body: {
        title: dead ? `A message for ${channel.name} was given up` : `${channel.name} does not take its messages`,
        summary: dead
          ? `A message for the channel ${channel.name} could not be delivered in time and waits for somebody to send it again.`
          : `The channel ${channel.name} has refused or missed ${TELL_AFTER} tries in a row. Its messages wait and are tried again.`,
        reasons: [`Its receiver last said: ${answer}`.slice(0, 1000)],
        path: '/settings/notifications',
        end: null,
      },
    },
  ]);
