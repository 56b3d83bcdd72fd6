import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { readInbox } from '@/lib/sessions/inbox/store';
import { type Inbox, WAITING_BATCHES, WAITING_BYTES } from '@/lib/sessions/inbox-model';

/** What waits to be taken in, how full the inbox is, and what came in the last 24 hours. */
export async function showInbox(ctx: Ctx): Promise<Inbox> {
  authorise(ctx, 'console.read');
  const inbox = await readInbox();
  const filled = Math.min(1, Math.max(inbox.waiting / WAITING_BATCHES, inbox.waitingBytes / WAITING_BYTES));
  return { ...inbox, filled };
}
