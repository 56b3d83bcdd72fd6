import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { passed } from '@/lib/decisions/passed';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { expected } from '@/lib/revocations/measured/store';
import { type PreviewInput, previewInputSchema } from '@/lib/revocations/model';
import type { AtStake } from '@/lib/revocations/stake/model';
import { countHolds, heldLeases, openApprovals, openHolds, openTasks, worthOf } from '@/lib/revocations/stake/store';
import { sessionsById } from '@/lib/revocations/store';
import { PACE_MINUTES } from '@/lib/triage/model';
import { inFlightOf, perMinuteMilli } from '@/lib/triage/rank-state';

const SHOWN = 20;
/** How long the decision point takes to refuse where nothing was measured, ms. */
const DECISION_MS = 10;

async function whoseOf(input: PreviewInput): Promise<{ identityId: string; sessionIds: string[] | null }> {
  if (input.kind !== 'terminate') return { identityId: input.identityId, sessionIds: null };
  const [first] = await sessionsById(input.sessionIds);
  if (!first) throw new BraidError('not_found', 'There is no such session.');
  return { identityId: first.identityId, sessionIds: input.sessionIds };
}

/** By unit what was allowed in the last minutes, to these sessions or to all of the identity. */
async function spentOf(ctx: Ctx, identityId: string, sessionIds: string[] | null) {
  const now = clock.ms();
  const from = new Date(now - PACE_MINUTES * 60_000).toISOString();
  const all = await passed(ctx, { identityId, from, to: new Date(now + 1_000).toISOString() });
  if (!sessionIds) return all.worth;
  const worth = new Map<string, { unit: string | null; scale: number; amount: string }>();
  for (const session of all.sessions)
    for (const one of session.sessionId && sessionIds.includes(session.sessionId) ? session.worth : []) {
      const key = `${one.unit} ${one.scale}`;
      const amount = BigInt(worth.get(key)?.amount ?? 0) + BigInt(one.amount);
      worth.set(key, { ...one, amount: amount.toString() });
    }
  return [...worth.values()];
}

/**
 * What is in flight when this access ends: open reservations, held leases, approvals, tasks, and what passes at the present pace
 * until the decision point refuses. For the dialog before the click. Throws `not_found`.
 */
export async function atStake(ctx: Ctx, input: PreviewInput): Promise<AtStake> {
  authorise(ctx, 'console.read');
  const whose = await whoseOf(previewInputSchema.parse(input));
  const [holds, counts, jobs, approvals, tasks, spent, times] = await Promise.all([
    openHolds(whose),
    countHolds(whose),
    heldLeases(whose, SHOWN),
    openApprovals(whose),
    openTasks(whose),
    spentOf(ctx, whose.identityId, whose.sessionIds),
    expected(),
  ]);
  const seen = times.find((one) => one.of === 'decision');
  const bindsMs = Math.max(Math.round(seen?.p95 ?? DECISION_MS), 1);
  return {
    holds: { count: counts.holds, worth: worthOf(holds.filter((one) => !one.allotted)) },
    allotted: { count: counts.allotted, worth: worthOf(holds.filter((one) => one.allotted)) },
    jobs: jobs.map(({ what, session, until }) => ({
      what: what.trim().slice(0, 400),
      session: session.slice(0, 200),
      until: until.toISOString(),
    })),
    jobsTotal: jobs[0]?.total ?? 0,
    approvals,
    tasks: tasks.slice(0, SHOWN).map((task) => task.slice(0, 200)),
    tasksTotal: tasks.length,
    minutes: PACE_MINUTES,
    bindsMs,
    bindsMeasured: Boolean(seen),
    passing: spent
      .flatMap(({ unit, ...rest }) => (unit === null ? [] : [{ unit, ...rest }]))
      .slice(0, 50)
      .map((one) => ({
        unit: one.unit,
        scale: one.scale,
        perMinute: (perMinuteMilli(one.amount) / 1000n).toString(),
        until: inFlightOf(one, bindsMs),
      })),
  };
}
