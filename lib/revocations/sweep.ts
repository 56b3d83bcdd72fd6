import { clock } from '@/lib/platform/clock';
import { execute } from '@/lib/revocations/execute';
import { isDue, lookAt } from '@/lib/revocations/state';
import { changeDue, dueNow } from '@/lib/revocations/store';
import { factsOf } from '@/lib/revocations/write-step';

const AT_ONCE = 8;

/**
 * Goes on with every revocation on which something is due and nobody works: retries, residuals to look at again, and what
 * a worker left behind when it was killed. Returns how many identities it worked on.
 */
export async function sweep(): Promise<number> {
  const now = clock.ms();
  const found = await dueNow(new Date(now));
  const due = found.filter((one) => isDue(factsOf(one), now));
  for (const one of found.filter((other) => !due.includes(other))) {
    const next = lookAt(factsOf(one), now);
    await changeDue(one.id, one.dueAt, next === null ? null : new Date(next));
  }
  const identities = [...new Set(due.map((one) => one.identityId))].slice(0, AT_ONCE);
  await Promise.all(identities.map((id) => execute(id)));
  return identities.length;
}
