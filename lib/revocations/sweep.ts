import { clock } from '@/lib/platform/clock';
import { log } from '@/lib/platform/log';
import { begin, crowded } from '@/lib/revocations/at-work';
import { changeDue, dueNow } from '@/lib/revocations/due/store';
import { execute } from '@/lib/revocations/execute';
import { isDue, lookAt } from '@/lib/revocations/state';
import { factsOf } from '@/lib/revocations/write-step';

const failed = (error: unknown) => log.error({ err: error }, 'a revocation could not be gone on with');

/**
 * Goes on with every revocation on which something is due and nobody works: retries, residuals to look at again, and what
 * a worker left behind when it was killed. Each runs by itself, so that one system that does not answer keeps no other waiting;
 * `wait`: until those it began are done. Returns how many identities it began with.
 */
export async function sweep({ wait = true }: { wait?: boolean } = {}): Promise<number> {
  const now = clock.ms();
  const found = await dueNow(new Date(now), crowded());
  const due = found.filter((one) => isDue(factsOf(one), now));
  for (const one of found.filter((other) => !due.includes(other))) {
    const next = lookAt(factsOf(one), now);
    await changeDue(one.id, one.dueAt, next === null ? null : new Date(next));
  }
  const identities = [...new Set(due.map((one) => one.identityId))];
  const begun = identities.flatMap((id) => begin(id, () => execute(id), failed) ?? []);
  if (wait) await Promise.all(begun);
  return begun.length;
}
