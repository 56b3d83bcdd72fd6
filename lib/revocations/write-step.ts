import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { endedBy, endNative } from '@/lib/revocations/ended/store';
import { cameTo, historyOf } from '@/lib/revocations/history-state';
import { REGROWTH_HOURS, type StepRow, type StepState } from '@/lib/revocations/model';
import { lookAt, type StepFacts, stateOf, watchBegins } from '@/lib/revocations/state';
import { changeStep, type StepWrite } from '@/lib/revocations/steps/store';
import {
  changeRevocation,
  lockRevocation,
  lockRow,
  readRevocation,
  type Stored,
  type StoredStep,
} from '@/lib/revocations/store';
import { tellState } from '@/lib/revocations/tell';

export interface StepChange {
  state: StepState;
  detail?: string;
  proof?: NonNullable<StepRow['proof']>;
  residuals?: StepRow['residuals'];
  /** Counts an attempt. */
  attempt?: boolean;
  /** The step begins now. */
  started?: boolean;
  finished?: boolean;
  /** The system asked for patience until then, ms since the epoch; null: no longer. */
  notBefore?: number | null;
}

export type Facts = StepFacts & { id: string; step: StoredStep };

export const factsOf = (revocation: Pick<Stored, 'steps'>): Facts[] =>
  revocation.steps.map((step) => ({
    id: step.id,
    step,
    system: step.system,
    connectorId: step.connectorId,
    verb: step.verb,
    state: step.state as StepState,
    attempts: step.attempts,
    finishedAt: step.finishedAt?.getTime() ?? null,
    notBefore: step.notBefore?.getTime() ?? null,
    residualUntil: ((step.residuals ?? []) as unknown as StepRow['residuals']).map((one) =>
      one.until ? Date.parse(one.until) : null,
    ),
  }));

/** Sessions that a step ended, to be shown as ended by the operator who asked. */
export interface EndedSessions {
  connectorId: string;
  sessionIds: string[] | null;
}

/**
 * Writes what happened to steps of one revocation, its new state and the sessions ended with it, and tells whoever watches.
 * Returns false when it no longer stands: undone or overtaken by a later request. `also` is written with it, where it stands.
 */
export async function writeSteps(
  revocationId: string,
  changes: [stepId: string, change: StepChange][],
  ended?: EndedSessions,
  also?: (tx: Tx) => Promise<unknown>,
): Promise<boolean> {
  return transaction(async (tx) => {
    const revocation = await lockRow(tx, revocationId);
    if (!revocation) return false;
    const now = clock.now(); // once it is its turn: what was waited for may not look later than what came of it
    for (const [id, change] of changes) {
      const write: StepWrite = {
        state: change.state,
        ...(change.detail === undefined ? {} : { detail: change.detail.slice(0, 1000) }),
        ...(change.proof ? { proof: change.proof } : {}),
        ...(change.residuals ? { residuals: change.residuals } : {}),
        ...(change.attempt ? { attempts: 'one' } : {}),
        ...(change.started ? { startedAt: now, finishedAt: null } : {}),
        ...(change.finished ? { finishedAt: now } : {}),
        ...(change.notBefore === undefined
          ? {}
          : { notBefore: change.notBefore === null ? null : new Date(change.notBefore) }),
      };
      await changeStep(tx, id, write, now);
    }
    if (ended) {
      const { identityId, requestedAt, reason, reasonCode, signalId } = revocation;
      const where = {
        identityId,
        connectorId: ended.connectorId,
        sessionIds: ended.sessionIds,
        since: requestedAt,
        by: endedBy(revocation.actorKind, signalId),
      };
      const ids = await endNative(tx, where, now, reason || reasonCode.replaceAll('_', ' '));
      if (ids.length) await hint(tx, 'session', ids);
    }
    if (also && revocation.undoneBy === null) await also(tx);
    await restate(tx, revocationId, now);
    await hint(tx, 'revocation', [revocationId]);
    return revocation.undoneBy === null;
  });
}

type Tx = Parameters<Parameters<typeof transaction>[0]>[0];

async function restate(tx: Tx, revocationId: string, now: Date): Promise<void> {
  const revocation = (await readRevocation(tx, revocationId))!;
  const state = revocation.state === 'regrown' ? 'regrown' : stateOf(factsOf(revocation));
  const first = state === 'verified' && !revocation.verifiedAt;
  const next = lookAt(factsOf(revocation), now.getTime());
  await changeRevocation(tx, revocationId, {
    state,
    history: cameTo(historyOf(revocation), state, now) as object[],
    dueAt: next === null ? null : new Date(Math.max(next, now.getTime())),
    ...(first ? { verifiedAt: now } : {}),
  });
  if (state !== revocation.state && !revocation.undoneBy && !revocation.drill)
    await tellState(tx, revocation, state, saidBy(revocation, state));
}

/** What the steps in this state say: what is left, or what went wrong. */
const saidBy = ({ steps }: Stored, state: string): string[] =>
  steps
    .filter((step) => step.state === state && state !== 'verified')
    .map((step) => `${step.system}: ${step.detail ?? step.title}`.slice(0, 400));

/** Begins the watch for regrowth once every system has been brought as far as it goes. */
export async function settle(revocationId: string): Promise<void> {
  const now = clock.now();
  await transaction(async (tx) => {
    const revocation = await lockRevocation(tx, revocationId);
    const watch = revocation?.steps.find((step) => step.verb === 'regrowth');
    if (!revocation || !watch || revocation.undoneBy || !watchBegins(factsOf(revocation))) return;
    const until = new Date(now.getTime() + REGROWTH_HOURS * 3_600_000);
    await changeStep(tx, watch.id, { state: 'accepted', startedAt: now }, now);
    const next = lookAt(
      factsOf(revocation).filter((step) => step.verb !== 'regrowth'),
      now.getTime(),
    );
    await changeRevocation(tx, revocationId, { regrowthUntil: until, dueAt: next === null ? null : new Date(next) });
    await hint(tx, 'revocation', [revocationId]);
  });
}
