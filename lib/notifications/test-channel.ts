import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { makeSigningSecret, parseValues, type Settings, settingsOf, targetOf } from '@/lib/notifications/channel';
import { insertTest } from '@/lib/notifications/deliveries/store';
import { type NoticeFact, type TestChannelInput, type Tested, testChannelSchema } from '@/lib/notifications/model';
import { send } from '@/lib/notifications/send';
import type { Outcome } from '@/lib/notifications/state';
import { changeChannel, findChannel, type StoredChannel } from '@/lib/notifications/store';
import { keepSecrets } from '@/lib/notifications/update-channel';
import { clock } from '@/lib/platform/clock';
import { env } from '@/lib/platform/env';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';

/** What a test tells: by its words nobody takes it for something that happened. */
const sample = (by: string, at: string): NoticeFact => ({
  id: newId(),
  at,
  event: 'finding.raised',
  target: { type: 'channel', id: newId() },
  identityId: null,
  severity: 'low',
  detector: null,
  body: {
    title: 'Test message from Braid',
    summary: `This is a test that ${by} asked for. Nothing has happened, and nothing has to be done.`,
    reasons: ['A finding would say here why it is as severe as it is.'],
    path: '/settings/notifications',
    end: null,
    by,
  },
});

function settingsFor(row: StoredChannel | null, given: ReturnType<typeof testChannelSchema.parse>): Settings {
  if (!('values' in given)) return settingsOf(row!);
  if (row) return keepSecrets(row, given.values);
  const made = given.kind === 'webhook' && !given.values.signingSecret?.trim();
  return parseValues(given.kind, made ? { ...given.values, signingSecret: makeSigningSecret() } : given.values);
}

/**
 * Sends one real message, with the given or the stored settings, and says what the receiver answered. It is in the log and
 * the audit, and is not sent again by itself. Errors: `input.invalid`, `not_found`; what the receiver says is an answer.
 */
export async function testChannel(ctx: Ctx, input: TestChannelInput): Promise<Tested> {
  authorise(ctx, 'notification.manage');
  const given = testChannelSchema.parse(input);
  const row = given.id ? await findChannel(given.id) : null;
  if (given.id && !row) throw new BraidError('not_found', 'This channel no longer exists.');
  const settings = settingsFor(row, given);
  const at = clock.now();
  const id = newId();
  const outcome = await send(settings, {
    id,
    at: at.toISOString(),
    recipient: null,
    notices: [sample(ctx.actor.name, at.toISOString())],
    test: true,
    base: env().BRAID_URL,
  });
  await write(ctx, { id, at, row, settings, outcome, stored: !('values' in given) });
  return { ok: outcome.result === 'taken', answer: outcome.answer, millis: clock.ms() - at.getTime() };
}

interface Run {
  id: string;
  at: Date;
  row: StoredChannel | null;
  settings: Settings;
  outcome: Outcome;
  stored: boolean;
}

async function write(ctx: Ctx, { id, at, row, settings, outcome, stored }: Run): Promise<void> {
  const ok = outcome.result === 'taken';
  const now = clock.now();
  await transaction(async (tx) => {
    if (row) {
      await insertTest(tx, {
        id,
        channelId: row.id,
        kind: 'test',
        subject: `test:${id}`,
        title: 'Test message from Braid',
        state: ok ? 'delivered' : 'dead',
        attempts: 1,
        dueAt: at,
        since: at,
        createdAt: at,
        lastTriedAt: at,
        lastAnswer: outcome.answer,
        deliveredAt: ok ? now : null,
      });
      const well = ok
        ? { failures: 0, failingSince: null, heldUntil: null, lastDeliveredAt: now }
        : { failingSince: row.failingSince ?? now };
      if (stored) await changeChannel(tx, row.id, { ...well, lastAnswer: outcome.answer, lastAnswerAt: now });
      await hint(tx, 'notification', [row.id]);
    }
    await record(tx, ctx, {
      action: 'channel.test',
      target: { type: 'channel', id: row?.id ?? id, name: row?.name ?? settings.kind },
      detail: { kind: settings.kind, target: targetOf(settings), ok, answer: outcome.answer.slice(0, 300) },
    });
  });
}
