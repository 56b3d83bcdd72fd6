import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { type Tx, transaction } from '@/lib/db/transaction';
import { enqueue } from '@/lib/jobs/enqueue';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { derivedId } from '@/lib/platform/ids';
import { controlSet } from '@/lib/signals/control-set';
import { VERIFICATION } from '@/lib/signals/event-model';
import { changeStreamRow, insertSets, lockStream, type StoredReceiver } from '@/lib/signals/store';
import { VERIFY_SECS } from '@/lib/signals/stream-model';
import { streamOf } from '@/lib/signals/stream-of';

async function send(tx: Tx, id: string, state: string | undefined): Promise<void> {
  const stream = await lockStream(tx, id);
  if (!stream) throw new BraidError('not_found', 'There is no such stream.');
  const now = clock.now();
  if (stream.status === 'disabled')
    throw new BraidError('input.invalid', 'The stream is disabled: it carries nothing.');
  if (stream.askedAt && now.getTime() - stream.askedAt.getTime() < VERIFY_SECS * 1000)
    throw new BraidError('access.rate_limited', `A verification may be asked for every ${VERIFY_SECS} s.`, {
      detail: { retryAfterSecs: VERIFY_SECS },
    });
  await changeStreamRow(tx, id, { askedAt: now, ...(state === undefined ? {} : { activeAt: now }) });
  const txn = derivedId('signals.verification', id, now.toISOString());
  await insertSets(tx, [controlSet(stream, VERIFICATION, state === undefined ? {} : { state }, { now, txn })]);
  if (stream.method === 'push') await enqueue(tx, 'send-signals', { streamId: id });
  await hint(tx, 'signal', [id]);
}

/** Its receiver wants to see that what is sent arrives. Errors: `not_found`, `input.invalid`, `access.rate_limited`. */
export async function askVerification(
  receiver: StoredReceiver,
  asked: { stream_id: string; state?: string | undefined },
): Promise<void> {
  const { id } = await streamOf(receiver, asked.stream_id);
  await transaction((tx) => send(tx, id, asked.state));
}

/** An operator wants to see it: an unsolicited verification, which carries no state. Errors as above, and `access.denied`. */
export async function verifyStream(ctx: Ctx, input: { id: string }): Promise<void> {
  authorise(ctx, 'signal.manage');
  await transaction(async (tx) => {
    await send(tx, input.id, undefined);
    await record(tx, ctx, { action: 'signal_stream.verify', target: { type: 'signal_stream', id: input.id } });
  });
}
