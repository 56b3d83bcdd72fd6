import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { BY_LIMIT, type Reason } from '@/lib/decisions/model';
import { detectAgentSpread } from '@/lib/findings/detect-agent-spread';
import { detectApprovalBesideMaintenance } from '@/lib/findings/detect-approval-beside-maintenance';
import { DENIALS, detectDenyStorm } from '@/lib/findings/detect-deny-storm';
import { detectLeaseContention } from '@/lib/findings/detect-lease-contention';
import { detectLimitCrossed } from '@/lib/findings/detect-limit-crossed';
import { detectStructuring } from '@/lib/findings/detect-structuring';
import { laterOf } from '@/lib/findings/format';
import { leaveOutDrills } from '@/lib/findings/leave-out-drills';
import { licenceOf } from '@/lib/findings/licensed/store';
import type { DecisionFact, ExposureFact, Found } from '@/lib/findings/model';
import { type Raised, raise } from '@/lib/findings/raise';
import { reconsider } from '@/lib/findings/reconsider';
import { readDecisionDelta, readExposures, readRefused } from '@/lib/findings/scan/decisions/store';
import { readDenials } from '@/lib/findings/scan/denials/store';
import { readTagged } from '@/lib/findings/scan/sessions/store';
import { readCursor, writeCursor } from '@/lib/findings/scan/store';
import { endSuppressions } from '@/lib/findings/store';
import { tell } from '@/lib/findings/tell';
import { clock } from '@/lib/platform/clock';
import { floorId, idTime } from '@/lib/platform/ids';

const CURSOR = 'findings.decisions';
const RECONSIDERED = 'findings.reconsidered';
const RECONSIDER_MS = 600_000;
const PAGE = 5_000;
/** Pages of one pass; what is left is read by the next. */
const PAGES = 20;
/** Decisions of several processes commit out of order: this much before the newest is read again, ms. */
const OVERLAP_MS = 5_000;
/** How far back refusals of the same exposure belong to the same story, ms. */
const STORY_MS = 3_600_000;

/** Requests that were refused for want of assurance or approval and that their session then passed with. */
const wasGiven = ({ verdict, sessionId, at }: DecisionFact, { licence }: ExposureFact): boolean =>
  verdict === 'step_up' && licence?.passed.some((one) => one.sessionId === sessionId && one.at >= at) === true;

/** One exposure is told once: as the most telling of what was seen on it. */
function overExposure(exposure: ExposureFact, all: readonly DecisionFact[]): Found[] {
  // Where no limit refused, the exposure a decision names is only the one nearest to its limit.
  const refused = all.filter((one) => BY_LIMIT.includes(one.reason as Reason) && !wasGiven(one, exposure));
  const { licence, limit, settled, held } = exposure;
  const isRight = licence && settled + held > limit && settled + held <= licence.upTo;
  if (isRight && refused.length === 0) return [];
  const found =
    detectStructuring(exposure, refused) ??
    detectAgentSpread(exposure, refused) ??
    detectLimitCrossed(exposure, refused);
  return found ? [found] : [];
}

/** With what was let past its limit, for those that stand above it: one after the other, they may be many. */
async function withLicence(exposures: ExposureFact[]): Promise<ExposureFact[]> {
  const found: ExposureFact[] = [];
  for (const exposure of exposures) {
    const licence = exposure.settled + exposure.held > exposure.limit ? await licenceOf(exposure) : null;
    found.push(licence ? { ...exposure, licence } : exposure);
  }
  return found;
}

/** Reads the decisions made since the last pass and raises what they show. Safe to run again, and beside itself. */
export async function scanDecisions(ctx: Ctx): Promise<Raised & { read: number }> {
  authorise(ctx, 'console.read');
  const total = { raised: 0, reopened: 0, updated: 0, ids: [] as string[], read: 0 };
  let after = (await readCursor(CURSOR)) ?? floorId(0);
  for (let page = 0; page < PAGES; page += 1) {
    const delta = await readDecisionDelta(after, PAGE);
    const full = delta.count === PAGE;
    const now = clock.now();
    const story = floorId((delta.last ? idTime(delta.last) : now.getTime()) - STORY_MS);
    const [exposures, refused, tagged, denials] = await Promise.all([
      readExposures(delta.exposures).then(withLicence),
      readRefused([...delta.exposures.keys()], story),
      readTagged(
        [...new Set(delta.approvals.map((decision) => decision.identityId))],
        new Date(now.getTime() - STORY_MS),
      ),
      delta.last ? readDenials(delta.denied, idTime(delta.last), DENIALS) : [],
    ]);
    const found = [
      ...exposures.flatMap((exposure) =>
        overExposure(
          exposure,
          refused.filter((decision) => decision.exposureId === exposure.id),
        ),
      ),
      ...detectLeaseContention(refused),
      ...detectDenyStorm(denials),
      ...detectApprovalBesideMaintenance(delta.approvals, tagged),
    ];
    if (delta.last) after = full ? delta.last : laterOf(after, floorId(idTime(delta.last) - OVERLAP_MS));
    const raised = await transaction(async (tx) => {
      const ended = await endSuppressions(tx, now);
      if (ended.length > 0) {
        const ids = ended.map(({ id }) => id);
        await hint(tx, 'finding', ids);
        await tell(tx, 'finding.reopened', ended, { name: 'detection', reason: 'the suppression ended' });
      }
      if (delta.last) await writeCursor(tx, CURSOR, after);
      return raise(tx, ctx, await leaveOutDrills(tx, found));
    });
    add(total, raised);
    total.read += delta.count;
    if (!full) break;
  }
  await reconsiderIfDue(ctx);
  return total;
}

/** What was told before it could be told from what is right is looked at again from time to time. */
async function reconsiderIfDue(ctx: Ctx): Promise<void> {
  const now = clock.now();
  const last = await readCursor(RECONSIDERED);
  if (last && Date.parse(last) + RECONSIDER_MS > now.getTime()) return;
  await reconsider(ctx);
  await transaction((tx) => writeCursor(tx, RECONSIDERED, now.toISOString()));
}

function add(total: Raised, more: Raised): void {
  total.raised += more.raised;
  total.reopened += more.reopened;
  total.updated += more.updated;
  total.ids.push(...more.ids);
}
