import { transaction } from '@/lib/db/transaction';
import { enqueueMany } from '@/lib/jobs/enqueue';
import { clock } from '@/lib/platform/clock';
import { letGoIn, unfinished } from '@/lib/signals/in/store';
import { rotateIfDue } from '@/lib/signals/keys';
import { dueStreams, letGo } from '@/lib/signals/outbox/store';
import { pauseQuiet } from '@/lib/signals/set-status';
import { forgetExpiredGrants, quiet } from '@/lib/signals/store';
import { INACTIVITY_SECS } from '@/lib/signals/stream-model';

const KEEP_DAYS = 90;
const DAY_MS = 86_400_000;
/** A token whose job got lost is looked at again after this. */
const LATE_MS = 15_000;

/** Nothing depends on a job having survived: what is due is sent, and what came in is acted upon, by this at the latest. */
export async function sweep(): Promise<void> {
  const streams = await dueStreams(clock.now());
  const late = await unfinished(new Date(clock.ms() - LATE_MS));
  if (streams.length + late.length === 0) return;
  await transaction(async (tx) => {
    await enqueueMany(
      tx,
      'send-signals',
      streams.map((streamId) => ({ key: `signals:${streamId}:now`, payload: { streamId } })),
    );
    await enqueueMany(
      tx,
      'apply-signal',
      late.map(({ id }) => ({ key: `signal-in:${id}`, payload: { id } })),
    );
  });
}

/** Streams of receivers that are not there any more rest, keys are renewed in time, and what is old is let go of. */
export async function tidy(): Promise<void> {
  const now = clock.ms();
  for (const { id } of await quiet(new Date(now - INACTIVITY_SECS * 1000)))
    await pauseQuiet(id, Math.round(INACTIVITY_SECS / 86_400));
  await rotateIfDue();
  await forgetExpiredGrants(new Date(now));
  await letGo(new Date(now - KEEP_DAYS * DAY_MS));
  await letGoIn(new Date(now - KEEP_DAYS * DAY_MS));
}
