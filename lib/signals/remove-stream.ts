import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { deleteStream, type StoredReceiver } from '@/lib/signals/store';
import { ctxOf, streamOf } from '@/lib/signals/stream-of';

/** Its receiver wants it no more: what waited is gone with it. Errors: `not_found`. */
export async function removeStream(receiver: StoredReceiver, id: string): Promise<void> {
  const stream = await streamOf(receiver, id);
  await transaction(async (tx) => {
    await deleteStream(tx, stream.id);
    await record(tx, ctxOf(receiver), {
      action: 'signal_stream.remove',
      target: { type: 'signal_stream', id: stream.id, name: receiver.name },
    });
    await hint(tx, 'signal', [stream.id]);
  });
}
