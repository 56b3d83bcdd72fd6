import { setTimeout as sleep } from 'node:timers/promises';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { VERIFICATION } from '@/lib/signals/event-model';
import { sign } from '@/lib/signals/sign';
import {
  acknowledge,
  changeStreamRow,
  findStream,
  handedOver,
  refuse,
  type StoredReceiver,
  type StoredSet,
  touchStream,
  waiting,
} from '@/lib/signals/store';
import type { Poll } from '@/lib/signals/stream-model';
import { streamOf } from '@/lib/signals/stream-of';

/** Tokens handed over in one answer. */
const MOST = 100;
/** How long a poll waits for something to tell, and how often it looks. */
const WAIT_MS = 20_000;
const LOOK_MS = 400;

/** What the receiver has, and what it could not use, is not handed over again. */
async function settle(streamId: string, { ack, setErrs }: Poll): Promise<void> {
  const errors = Object.entries(setErrs);
  if (ack.length === 0 && errors.length === 0) return;
  await transaction(async (tx) => {
    const now = clock.now();
    const taken = await acknowledge(tx, streamId, ack.filter(isId), now);
    for (const [jti, { err, description }] of errors)
      if (isId(jti)) await refuse(tx, streamId, jti, { err, ...(description ? { description } : {}) });
    if (taken.length > 0)
      await changeStreamRow(tx, streamId, {
        lastDeliveredAt: now,
        lastAnswer: `${taken.length} acknowledged`,
        lastAnswerAt: now,
        ...(taken.some(({ event }) => event === VERIFICATION) ? { verifiedAt: now } : {}),
      });
    if (errors.length > 0) {
      const [, { err, description }] = errors[0]!;
      await changeStreamRow(tx, streamId, {
        lastAnswer: [err, description].filter(Boolean).join(': ').slice(0, 500),
        lastAnswerAt: now,
      });
    }
    await hint(tx, 'signal', [streamId]);
  });
}

const isId = (jti: string): boolean => /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(jti);

async function wait(
  streamId: string,
  take: number,
  { returnImmediately }: Poll,
  signal?: AbortSignal,
): Promise<StoredSet[]> {
  const until = clock.ms() + WAIT_MS;
  for (;;) {
    const stream = await findStream(streamId);
    if (!stream) return [];
    const found = await waiting(streamId, stream.status === 'enabled', take);
    if (found.length > 0 || returnImmediately || signal?.aborted || clock.ms() >= until) return found;
    await sleep(LOOK_MS);
  }
}

/**
 * RFC 8936: takes acknowledgements and errors, and hands over what is unacknowledged, oldest first; it is handed over again
 * until it is acknowledged. Waits for something to tell unless asked to answer at once. Errors: `not_found`.
 */
export async function poll(
  receiver: StoredReceiver,
  streamId: string,
  asked: Poll,
  signal?: AbortSignal,
): Promise<{ sets: Record<string, string>; moreAvailable?: true }> {
  const stream = await streamOf(receiver, streamId);
  await touchStream(stream.id, clock.now());
  await settle(stream.id, asked);
  const most = Math.min(asked.maxEvents, MOST);
  if (most === 0) return { sets: {} };
  const found = await wait(stream.id, most + 1, asked, signal);
  const given = found.slice(0, most);
  const sets: Record<string, string> = {};
  for (const { id, claims } of given) sets[id] = await sign(claims as object);
  if (given.length > 0)
    await handedOver(
      given.map(({ id }) => id),
      clock.now(),
    );
  return { sets, ...(found.length > most ? { moreAvailable: true as const } : {}) };
}
