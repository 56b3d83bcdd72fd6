import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { refusedBy, tooFar } from '@/lib/responses/evaluate';
import {
  actOfDecision,
  actsSince,
  insertResponse,
  namesOf,
  oneAtATime,
  reachOf,
  readGuardrails,
} from '@/lib/responses/store';
import { tellRefused } from '@/lib/responses/tell';

const HOUR_MS = 3_600_000;

export interface PolicyAct {
  kind: 'terminate' | 'pause' | 'revoke';
  by: string;
  decisionId: string;
  identityId: string;
  /** null: the act is on other sessions than one that asked; `sessionIds` names them where it ends some. */
  sessionId: string | null;
  sessionIds?: string[];
  /** The signal of another system that asks for it. */
  signalId?: string;
  reason: string;
}

/**
 * The guardrails of what a policy wants beside its verdict, or what was agreed for the signals of another system. Answers the response it counts as, or null where it was refused:
 * then the decision point's own refusal stands, no system is touched, and it is told. Asked twice it answers the same.
 */
export async function admitPolicy(ctx: Ctx, act: PolicyAct): Promise<{ responseId: string } | null> {
  const guardrails = await readGuardrails();
  const [identity] = await namesOf([act.identityId]);
  const sessionIds = act.sessionIds ?? (act.sessionId ? [act.sessionId] : []);
  const reach = await reachOf([act.identityId], act.kind === 'terminate' ? sessionIds : null);
  const because = { decisionId: act.decisionId, ...(act.signalId ? { signalId: act.signalId } : {}) };
  const far = tooFar(guardrails, act.kind, reach, { identities: 0, sessions: 0, systems: 0 });
  return transaction(async (tx) => {
    await oneAtATime(tx);
    const known = await actOfDecision(tx, act.decisionId, act.kind);
    if (known) return known.state === 'done' ? { responseId: known.id } : null;
    const now = clock.now();
    const usage = {
      lastHour: await actsSince(tx, 'policy', new Date(now.getTime() - HOUR_MS)),
      cap: guardrails.policyCapPerHour,
      ofIdentity: 0,
      identityCap: null,
    };
    const refused = (identity && refusedBy(guardrails, usage, identity)?.why) ?? far;
    const id = newId();
    await insertResponse(tx, {
      id,
      origin: 'policy',
      identityId: act.identityId,
      kind: act.kind,
      input: { ...because, sessionId: act.sessionId },
      radius: reach,
      state: refused ? 'refused' : 'done',
      reason: act.reason.slice(0, 2000),
      detail: refused ?? null,
      askedAt: now,
      askedBy: act.by,
      doneAt: refused ? null : now,
    });
    if (!refused) return { responseId: id };
    await record(tx, ctx, {
      action: 'response.refuse',
      target: { type: 'identity', id: act.identityId, name: identity?.name },
      reason: refused,
      detail: { responseId: id, by: act.by, kind: act.kind, ...because },
    });
    const identityName = identity?.name ?? 'an identity';
    await tellRefused(tx, { id, identityId: act.identityId, identityName, kind: act.kind, by: act.by, why: refused });
    return null;
  });
}
