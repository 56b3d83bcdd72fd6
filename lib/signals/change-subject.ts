import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { sha256Hex } from '@/lib/platform/ids';
import { countSubjects, putSubject, type StoredReceiver } from '@/lib/signals/store';
import { streamOf } from '@/lib/signals/stream-of';
import { canonical, type Subject } from '@/lib/signals/subject-model';

/** Subjects a receiver may have spoken of in one stream. */
const MOST = 10_000;

/**
 * Every subject is in a stream from the start; one that was removed is not told of until it is added again. Done twice it is
 * done once. Errors: `not_found`, `access.rate_limited` (more than 10 000 subjects).
 */
export async function changeSubject(
  receiver: StoredReceiver,
  asked: { stream_id: string; subject: Subject; verified?: boolean | undefined },
  state: 'added' | 'removed',
): Promise<void> {
  const stream = await streamOf(receiver, asked.stream_id);
  await transaction(async (tx) => {
    await putSubject(tx, {
      streamId: stream.id,
      key: sha256Hex(canonical(asked.subject)),
      subject: asked.subject as object,
      state,
      verified: asked.verified ?? null,
      at: clock.now(),
    });
    if ((await countSubjects(tx, stream.id)) > MOST)
      throw new BraidError('access.rate_limited', `A stream keeps at most ${MOST} subjects.`);
  });
}
