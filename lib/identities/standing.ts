import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { summary } from '@/lib/decisions/summary';
import { list as listExposures } from '@/lib/exposures/list';
import { list as listFindings } from '@/lib/findings/list';
import { identityIdSchema } from '@/lib/identities/model';
import type { Standing } from '@/lib/identities/standing-model';
import { clock } from '@/lib/platform/clock';
import { preview } from '@/lib/revocations/preview';
import { unproven } from '@/lib/revocations/unproven';
import { list as listSessions } from '@/lib/sessions/list';
import { show as triage } from '@/lib/triage/show';

const HOUR = 3_600_000;
const MOST = 50;

/** Where an identity stands now, out of what the other nouns say of it. Errors: `access.denied`, `not_found`. */
export async function standing(ctx: Ctx, input: { id: string }): Promise<Standing> {
  authorise(ctx, 'console.read');
  const { id } = identityIdSchema.parse(input);
  const now = clock.ms();
  const hour = { from: new Date(now - HOUR).toISOString(), to: new Date(now + 1000).toISOString() };
  const [radius, exposures, decisions, findings, sessions, open] = await Promise.all([
    preview(ctx, { kind: 'revoke', identityId: id }),
    listExposures(ctx, { identityId: id }),
    summary(ctx, { ...hour, identityId: id }),
    listFindings(ctx, { identityId: id, state: 'active', limit: MOST }),
    listSessions(ctx, { identityId: id, live: true, limit: 1 }),
    unproven(ctx, { identityId: id }),
  ]);
  const [last] = sessions.items;
  const ends = radius.sessionsTotal > 0 && !radius.identity.protected;
  const order = ends ? await triage(ctx, { id }, { radius, exposures: exposures.items }) : null;
  return {
    newest: last
      ? { id: last.id, label: last.label, region: last.region, network: last.network, startedAt: last.startedAt }
      : null,
    exposures: exposures.items.slice(0, MOST),
    decisions: { total: decisions.total, split: decisions.split, spared: decisions.spared.slice(0, MOST) },
    findings: findings.items,
    moreFindings: findings.nextCursor !== null,
    systems: radius.systems,
    cannotEnd: radius.cannotEnd,
    triage: order,
    unproven: open,
  };
}
