import { authorise } from '@/lib/access/authorise';
import { countWaiting } from '@/lib/access/grants/count-waiting';
import type { Ctx } from '@/lib/access/model';
import { clock } from '@/lib/platform/clock';
import type { Summary } from '@/lib/shell/model';
import { counts } from '@/lib/shell/store';

/** The numbers beside the sidebar's entries. */
export async function summarise(ctx: Ctx): Promise<Summary> {
  authorise(ctx, 'console.read');
  const [found, waitingGrants] = await Promise.all([counts(clock.now()), countWaiting(ctx)]);
  return {
    identities: Number(found.identities),
    liveSessions: Number(found.live_sessions),
    openFindings: Number(found.open_findings),
    unfinishedRevocations: Number(found.unfinished_revocations),
    waitingApprovals: Number(found.waiting_approvals),
    waitingGrants,
    connectors: Number(found.connectors),
  };
}
