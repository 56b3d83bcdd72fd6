import type { Tx } from '@/lib/db/transaction';
import { enqueue } from '@/lib/jobs/enqueue';
import { clock } from '@/lib/platform/clock';
import { derivedId, newId } from '@/lib/platform/ids';
import { issuer } from '@/lib/signals/addresses';
import { cause } from '@/lib/signals/cause';
import { SENT, type SentEvent } from '@/lib/signals/event-model';
import { carrying, insertSets, transactionName } from '@/lib/signals/store';
import { matches, type Subject, subjectSchema } from '@/lib/signals/subject-model';

export interface Signal {
  event: SentEvent;
  payload: Record<string, unknown>;
  subject: Subject;
  /** Whom it is about: of one subject signals go out in order. */
  about: string;
}

/** `*`: its receiver asked for nothing in particular and gets all there is. */
export const delivered = (requested: readonly string[]): SentEvent[] =>
  SENT.filter((event) => requested.includes('*') || requested.includes(event));

/**
 * Writes down what receivers are told, in the transaction in which it happens: told if and only if that commits. One token per
 * stream and signal; all that one transaction tells, and all that followed from another system's signal, has one `txn`. A
 * disabled stream drops it, a paused one holds it.
 */
export async function emit(tx: Tx, signals: readonly Signal[]): Promise<void> {
  if (signals.length === 0) return;
  const streams = await carrying(tx);
  if (streams.length === 0) return;
  const now = clock.now();
  const txn = cause() ?? derivedId('signals.txn', issuer(), await transactionName(tx));
  const sets = streams.flatMap((stream) => {
    const wanted = delivered(stream.eventsRequested);
    const removed = stream.subjects.map(({ subject }) => subjectSchema.parse(subject));
    return signals
      .filter(({ event, subject }) => wanted.includes(event) && !removed.some((one) => matches(one, subject)))
      .map(({ event, payload, subject, about }) => {
        const id = newId();
        const claims = {
          iss: issuer(),
          jti: id,
          iat: Math.floor(now.getTime() / 1000),
          aud: stream.audience,
          txn,
          sub_id: subject,
          events: { [event]: payload },
        };
        return {
          id,
          streamId: stream.id,
          subjectKey: about,
          event,
          txn,
          claims: claims as object,
          dueAt: now,
          createdAt: now,
        };
      });
  });
  if (sets.length === 0) return;
  await insertSets(tx, sets);
  const told = new Set(sets.map((set) => set.streamId));
  for (const { id, method, status } of streams)
    if (told.has(id) && method === 'push' && status === 'enabled') await enqueue(tx, 'send-signals', { streamId: id });
}
