import { clock } from '@/lib/platform/clock';
import { execute } from '@/lib/revocations/execute';
import { isDue } from '@/lib/revocations/state';
import { unfinished } from '@/lib/revocations/store';
import { factsOf } from '@/lib/revocations/write-step';

const AT_ONCE = 8;

/**
 * Goes on with every revocation on which something is due and nobody works: retries, residuals to look at again, and what
 * a worker left behind when it was killed. Returns how many identities it worked on.
 */
export async function sweep(): Promise<number> {
  const now = clock.ms();
  const due = (await unfinished()).filter((one) => isDue(factsOf(one), now));
  const identities = [...new Set(due.map((one) => one.identityId))].slice(0, AT_ONCE);
  await Promise.all(identities.map((id) => execute(id)));
  return identities.length;
}
