import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { bindingVersion, withLiveSessions } from '@/lib/decisions/again/store';
import { askAgain } from '@/lib/decisions/ask-again';
import { log } from '@/lib/platform/log';

const MOST_IDENTITIES = 5_000;

/** Asks again for every identity with live sessions, those seen last first. Answers how many sessions would be refused. */
export async function askAllAgain(ctx: Ctx): Promise<{ identities: number; sessions: number }> {
  authorise(ctx, 'session.terminate');
  const ids = await withLiveSessions(MOST_IDENTITIES);
  let sessions = 0;
  for (const identityId of ids) {
    const { sessions: found } = await askAgain(ctx, { identityId, because: 'policies' });
    sessions += found.length;
    if (found.length)
      log.info(
        {
          identityId,
          sessions: found.map(({ sessionId, ruleId, verdict, done }) => ({ sessionId, ruleId, verdict, done })),
        },
        'live sessions would be refused now',
      );
  }
  return { identities: ids.length, sessions };
}

let last: string | undefined;

/** The same, if other versions or exemptions bind than at the last look. For a loop of a few seconds. */
export async function askAllAgainIfChanged(ctx: Ctx): Promise<void> {
  const version = await bindingVersion();
  if (last !== undefined && last !== version) await askAllAgain(ctx);
  last = version;
}
