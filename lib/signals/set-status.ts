import { authorise } from '@/lib/access/authorise';
import { type Ctx, systemCtx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { type Tx, transaction } from '@/lib/db/transaction';
import { enqueue } from '@/lib/jobs/enqueue';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { derivedId } from '@/lib/platform/ids';
import { controlSet } from '@/lib/signals/control-set';
import { STREAM_UPDATED } from '@/lib/signals/event-model';
import { type StatusInput, statusInputSchema } from '@/lib/signals/model';
import {
  changeStreamRow,
  dropWaiting,
  insertSets,
  lockStream,
  type StoredReceiver,
  type StoredStream,
} from '@/lib/signals/store';
import type { StreamStatus } from '@/lib/signals/stream-model';
import { ctxOf, streamOf } from '@/lib/signals/stream-of';

interface Change {
  status: StreamStatus;
  reason: string | null;
  /** Its receiver is told where the change was not its own. */
  tell: boolean;
}

async function write(tx: Tx, ctx: Ctx, id: string, change: Change): Promise<StoredStream> {
  const stream = await lockStream(tx, id);
  if (!stream) throw new BraidError('not_found', 'There is no such stream.');
  const { status, reason, tell } = change;
  const now = clock.now();
  const same = stream.status === status;
  const changed = await changeStreamRow(tx, id, {
    status,
    statusReason: reason,
    ...(same ? {} : { statusAt: now }),
    ...(tell ? {} : { activeAt: now }),
    ...(status === 'enabled' && tell ? { activeAt: now } : {}),
  });
  if (status === 'disabled') await dropWaiting(tx, id);
  if (tell && !same) {
    const payload = { status, ...(reason ? { reason } : {}) };
    const txn = derivedId('signals.status', id, now.toISOString());
    await insertSets(tx, [controlSet(stream, STREAM_UPDATED, payload, { now, txn })]);
  }
  if (stream.method === 'push' && (tell || status === 'enabled')) await enqueue(tx, 'send-signals', { streamId: id });
  await record(tx, ctx, {
    action: `signal_stream.${status === 'enabled' ? 'enable' : status === 'paused' ? 'pause' : 'disable'}`,
    target: { type: 'signal_stream', id },
    ...(reason ? { reason } : {}),
  });
  await hint(tx, 'signal', [id]);
  return changed;
}

/** Its receiver changes the status: paused holds what comes, disabled drops it. Errors: `not_found`. */
export async function setOwnStatus(
  receiver: StoredReceiver,
  asked: { stream_id: string; status: StreamStatus; reason?: string | undefined },
): Promise<StoredStream> {
  const { id } = await streamOf(receiver, asked.stream_id);
  return transaction((tx) =>
    write(tx, ctxOf(receiver), id, { status: asked.status, reason: asked.reason ?? null, tell: false }),
  );
}

/** An operator changes it, and its receiver is told by `stream-updated`. Errors: `access.denied`, `not_found`. */
export async function setStatus(ctx: Ctx, input: StatusInput): Promise<void> {
  authorise(ctx, 'signal.manage');
  const { id, status, reason } = statusInputSchema.parse(input);
  await transaction((tx) => write(tx, ctx, id, { status, reason: reason || null, tell: true }));
}

/** A receiver that has not shown itself for so long is not sent to until it does. */
export const pauseQuiet = (id: string, days: number): Promise<StoredStream> => {
  const reason = `No sign of its receiver for ${days} days.`;
  return transaction((tx) => write(tx, systemCtx('shared signals'), id, { status: 'paused', reason, tell: true }));
};
