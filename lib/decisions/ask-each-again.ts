import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { actAgain } from '@/lib/decisions/act-again';
import { type Kept, keepAnswers, type LastAllowed, lastAllowed } from '@/lib/decisions/again/store';
import type { ActedAgain, Because } from '@/lib/decisions/again-model';
import type { Reason, Verdict } from '@/lib/decisions/model';
import { readTraces } from '@/lib/decisions/read-traces';
import {
  type BraidContext,
  braidSchema,
  type Evaluation,
  evaluationSchema,
  type Item,
} from '@/lib/decisions/request-model';
import { type Looked, look } from '@/lib/exposures/look';
import { newId } from '@/lib/platform/ids';

/** A live session whose last allowed request would not be allowed now. */
export interface Standing {
  sessionId: string;
  label: string;
  /** The allow that would not be given again. */
  decisionId: string;
  verdict: Exclude<Verdict, 'allow'>;
  reason: Reason;
  ruleId: string | null;
  message: string | null;
  /** What the rule made Braid do about it. */
  done: ActedAgain[];
}

export interface AskedAgain {
  identityId: string;
  /** Live sessions that were looked at: those that were allowed something. */
  looked: number;
  sessions: Standing[];
}

/** Of one identity. */
const MOST_SESSIONS = 200;
/** Judged as of one instant. */
const AT_ONCE = 200;
/** Asking again for what one holds oneself is no change of heart. */
const OWN = ['lease_held', 'outstanding_approvals_exceeded'];

/**
 * Asks again, on present state and policies, what each live session of these identities was last allowed. Nothing is reserved
 * or counted. Sessions that would be denied, paused or asked for assurance are listed; what a rule that fires obliges Braid to
 * (end the session, pause or revoke the identity) is done at once, once, as the actor of that rule. What came of it is kept
 * for each session, until it is asked again. Answers per identity, in their order. Errors: `access.denied`.
 */
export async function askEachAgain(ctx: Ctx, identityIds: string[], because: Because): Promise<AskedAgain[]> {
  authorise(ctx, 'session.terminate');
  const rows = await lastAllowed(identityIds, MOST_SESSIONS);
  const traces = await readTraces(rows.map((row) => row.trace));
  const found = rows.flatMap((row, index) => {
    const item = itemOf(row, traces[index]!.request);
    return item ? [{ row, item }] : [];
  });
  const asked = new Map(
    identityIds.map((id): [string, AskedAgain] => [id, { identityId: id, looked: 0, sessions: [] }]),
  );
  for (let from = 0; from < found.length; from += AT_ONCE) {
    const part = found.slice(from, from + AT_ONCE);
    const looked = await look(part.map(({ item }) => item));
    const kept: Kept[] = [];
    for (const [index, { row }] of part.entries()) {
      const answered = await answerOf(looked[index]!, row);
      const of = asked.get(row.identity_id)!;
      of.looked += 1;
      if (answered.standing) of.sessions.push(answered.standing);
      kept.push({ ...answered.kept, because });
    }
    await keepAnswers(kept);
  }
  return [...asked.values()];
}

/** What it would be now; what that obliges Braid to is done. `standing` is null where it stays as it is. */
async function answerOf(
  { judgement, question }: Looked,
  row: LastAllowed,
): Promise<{ kept: Omit<Kept, 'because'>; standing: Standing | null }> {
  const { verdict, reason, ruleId, message, policySet } = judgement;
  const same = { sessionId: row.session_id, decisionId: row.decision_id };
  const stays = verdict === 'allow' || OWN.includes(reason);
  // Closed already: there is nothing to find out about it, and nothing to do.
  const closed = question.identity.state !== 'active' || question.session.ended || question.session.refused;
  const done = stays ? [] : closed ? row.acted : await actAgain(judgement, row);
  const kept = {
    ...same,
    identityId: row.identity_id,
    policySet: stays ? null : policySet,
    ...(stays
      ? { verdict: 'allow' as const, reason: 'ok' as const, ruleId: null, message: null }
      : { verdict, reason, ruleId, message }),
    done,
  };
  if (stays || closed) return { kept, standing: null };
  return { kept, standing: { ...same, label: row.label, verdict, reason, ruleId, message, done } };
}

/** The request as it was, from the session as it is now. Null: it can't be read any more. */
function itemOf(row: LastAllowed, request: unknown): Item | null {
  const asked = evaluationSchema.safeParse(request);
  if (!asked.success) return null;
  const context = asked.data.context ?? {};
  const braid = braidSchema.safeParse(context.braid ?? {});
  if (!braid.success) return null;
  const { session, credential, assurance } = braid.data;
  const again: BraidContext = {
    ...(session ? { session: { id: row.source === 'pdp' ? session.id : row.session_id } } : {}),
    ...(credential ? { credential } : {}),
    ...(assurance ? { assurance: { ...assurance, at: assurance.at ?? row.at.toISOString() } } : {}),
  };
  return itemFrom(row, asked.data, again);
}

const itemFrom = (row: LastAllowed, asked: Evaluation, braid: BraidContext): Item => ({
  decisionId: newId(),
  asked: {
    subject: asked.subject,
    action: asked.action,
    resource: asked.resource,
    context: { ...asked.context, braid },
  },
  braid: { ...braid, dry_run: true },
  issuer: row.issuer ?? 'default',
  tokenId: row.token_id,
  tokenName: row.token_name ?? 'reevaluation',
  requestId: null,
  idempotency: null,
  longest: 0,
  arrivedMs: 0,
  spooledAt: null,
});
