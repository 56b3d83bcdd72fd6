import type { Tx } from '@/lib/db/transaction';
import { enqueue } from '@/lib/jobs/enqueue';
import { noticeBodySchema, type Told } from '@/lib/notifications/model';
import { anybodyListens, insertNotices } from '@/lib/notifications/store';
import { clock } from '@/lib/platform/clock';

/**
 * Writes down what people may want to be told of, in the transaction in which it happens: told if and only if that commits.
 * Who is told, and by which channel, is decided right after. Nothing is written where nobody listens.
 */
export async function announce(tx: Tx, told: readonly Told[]): Promise<void> {
  if (told.length === 0 || !(await anybodyListens(tx))) return;
  const parsed = told.map((one) => ({ ...one, body: noticeBodySchema.parse(one.body) }));
  await insertNotices(tx, parsed, clock.now());
  // No key: transactions that announce would wait for each other.
  await enqueue(tx, 'route-notices', {});
}
