import { gunzipSync } from 'node:zlib';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { clock } from '@/lib/platform/clock';
import { toBraidError } from '@/lib/platform/errors';
import { log } from '@/lib/platform/log';
import { cut } from '@/lib/sessions/cut';
import { finishBatches, forgetBatches, holdInbox, takeWaiting, type Waiting } from '@/lib/sessions/inbox/store';
import { BATCH_ATTEMPTS, type BatchResult, UNPACKED_MOST } from '@/lib/sessions/inbox-model';
import { ingest } from '@/lib/sessions/ingest';
import type { SessionEventInput } from '@/lib/sessions/model';
import { readEvent } from '@/lib/sessions/read-event';
import { formatNamed, SAMPLE } from '@/lib/sessions/sniff';

const TAKEN_BYTES = 4_000_000;
const TAKEN_MOST = 200;
const MOST_ROUNDS = 50;
const REJECTED_MOST = 100;
const KEPT_MS = 7 * 86_400_000;

interface Opened {
  id: string;
  result: BatchResult;
  events: SessionEventInput[];
}

/**
 * Ingests the batches that wait, in the order in which they came. A batch stays in the inbox until what it holds is stored, so
 * a process that dies in between loses nothing, and what it had stored already is not stored twice. A batch that can't be read
 * fails with its reason; refused lines are kept with it.
 */
export async function drainInbox(ctx: Ctx): Promise<{ batches: number; events: number }> {
  authorise(ctx, 'event.ingest');
  const drained = { batches: 0, events: 0 };
  await holdInbox(async () => {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const waiting = await takeWaiting(TAKEN_BYTES, TAKEN_MOST);
      if (waiting.length === 0) break;
      drained.events += await drain(waiting);
      drained.batches += waiting.length;
    }
  });
  return drained;
}

/** Results can be read for a week. */
export const forgetDrained = (): Promise<number> => forgetBatches(new Date(clock.ms() - KEPT_MS), 5_000);

async function drain(waiting: Waiting[]): Promise<number> {
  const opened: Opened[] = [];
  const failed: { id: string; result: null; error: string }[] = [];
  for (const batch of waiting) {
    try {
      if (batch.attempts > BATCH_ATTEMPTS)
        throw new Error(`It could not be ingested ${BATCH_ATTEMPTS} times and is given up.`);
      opened.push(open(batch));
    } catch (error) {
      failed.push({ id: batch.id, result: null, error: (error as Error).message.slice(0, 1000) });
    }
  }
  await finishBatches(failed, clock.now());
  const whose = new Map<SessionEventInput, BatchResult>();
  for (const { events, result } of opened) for (const event of events) whose.set(event, result);
  try {
    const stored = await ingest([opened.flatMap((batch) => batch.events)], {
      onFresh: (event) => {
        const result = whose.get(event);
        if (result) result.events += 1;
      },
    });
    for (const { result } of opened) result.duplicates = result.read - result.events;
    await finishBatches(
      opened.map(({ id, result }) => ({ id, result, error: null })),
      clock.now(),
    );
    return stored.events;
  } catch (error) {
    const known = toBraidError(error);
    log.error({ err: error, batches: opened.length }, 'batches of events were not ingested; they are tried again');
    throw known;
  }
}

/** A batch unpacked, cut and normalised. Throws when it can't be unpacked, or looks like no known log. */
function open({ id, format: asked, body }: Waiting): Opened {
  const text = textOf(body);
  const format = formatNamed(asked, text.slice(0, SAMPLE));
  const result: BatchResult = {
    format: format.name,
    lines: 0,
    read: 0,
    events: 0,
    duplicates: 0,
    skipped: 0,
    rejected: [],
    rejectedTotal: 0,
  };
  const events: SessionEventInput[] = [];
  for (const raw of cut(format, text)) {
    result.lines += 1;
    const one =
      'reason' in raw ? ({ kind: 'rejected', reason: raw.reason } as const) : readEvent(format, raw.record, clock.ms());
    if (one.kind === 'event') events.push(one.event);
    else if (one.kind === 'skipped') result.skipped += 1;
    else {
      result.rejectedTotal += 1;
      if (result.rejected.length < REJECTED_MOST) result.rejected.push({ line: raw.line, reason: one.reason });
    }
  }
  result.read = events.length;
  return { id, result, events };
}

function textOf(body: Buffer): string {
  if (body[0] !== 0x1f || body[1] !== 0x8b) return body.toString('utf8');
  try {
    return gunzipSync(body, { maxOutputLength: UNPACKED_MOST }).toString('utf8');
  } catch (error) {
    const large = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw new Error(
      large ? `It is larger than ${UNPACKED_MOST} bytes unpacked.` : 'Its gzip stream is broken or cut off.',
      { cause: error },
    );
  }
}
