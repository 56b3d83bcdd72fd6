import { transaction } from '@/lib/db/transaction';
import { enqueue } from '@/lib/jobs/enqueue';
import { dueChannels } from '@/lib/notifications/deliveries/store';
import { routeNotices } from '@/lib/notifications/route-notices';
import { letGo } from '@/lib/notifications/store';
import { clock } from '@/lib/platform/clock';

/** How long messages and what they told of are kept. */
const KEEP_DAYS = 90;

/** Nothing depends on a job having survived: what was announced is routed, and what is due is sent, by this at the latest. */
export async function sweep(): Promise<void> {
  await routeNotices();
  const due = await dueChannels(clock.now());
  if (due.length === 0) return;
  await transaction(async (tx) => {
    for (const channelId of due)
      await enqueue(tx, 'send-notifications', { channelId }, { key: `notify:${channelId}:now` });
  });
}

/** Lets go of what was delivered or given up long ago. */
export const letOldNoticesGo = (): Promise<number> => letGo(new Date(clock.ms() - KEEP_DAYS * 86_400_000));
