import { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { type Kept, keepAnswers, type LastAllowed, lastAllowed } from '@/lib/decisions/again/store';
import { becauseSchema } from '@/lib/decisions/again-model';
import type { Reason, Verdict } from '@/lib/decisions/model';
import { readTraces } from '@/lib/decisions/read-traces';
import {
  type BraidContext,
  braidSchema,
  type Evaluation,
  evaluationSchema,
  type Item,
} from '@/lib/decisions/request-model';
import { look } from '@/lib/exposures/look';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { log } from '@/lib/platform/log';
import type { Judgement } from '@/lib/policies/evaluate';
import { type Consequence, consequencesOf } from '@/lib/policies/obligations-evaluate';
import { request } from '@/lib/revocations/request';

export const askAgainSchema = z.strictObject({ identityId: z.uuid(), because: becauseSchema.default('request') });
export type AskAgainInput = z.input<typeof askAgainSchema>;

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
  done: { kind: Consequence['kind']; revocationId: string | null }[];
}

export interface AskedAgain {
  identityId: string;
  /** Live sessions that were looked at: those that were allowed something. */
  looked: number;
  sessions: Standing[];
}

const MOST_SESSIONS = 200;
/** Asking again for what one holds oneself is no change of heart. */
const OWN = ['lease_held', 'outstanding_approvals_exceeded'];

/**
 * Asks again, on present state and policies, what each live session of an identity was last allowed. Nothing is reserved or
 * counted. Sessions that would be denied, paused or asked for assurance are listed; what a rule that fires obliges Braid to
 * (end the session, pause or revoke the identity) is done at once, as the actor of that rule. What came of it is kept for
 * each session, until it is asked again. Errors: `access.denied`.
 */
export async function askAgain(ctx: Ctx, input: AskAgainInput): Promise<AskedAgain> {
  authorise(ctx, 'session.terminate');
  const { identityId, because } = askAgainSchema.parse(input);
  const rows = await lastAllowed(identityId, MOST_SESSIONS);
  const traces = await readTraces(rows.map((row) => row.trace));
  const found = rows.flatMap((row, index) => {
    const item = itemOf(row, traces[index]!.request);
    return item ? [{ row, item }] : [];
  });
  if (!found.length) return { identityId, looked: 0, sessions: [] };
  const looked = await look(found.map(({ item }) => item));
  const sessions: Standing[] = [];
  const kept: Kept[] = [];
  for (const [index, { judgement, question }] of looked.entries()) {
    const { row } = found[index]!;
    const { verdict, reason, ruleId, message, policySet } = judgement;
    const same = { sessionId: row.session_id, decisionId: row.decision_id };
    const stays = verdict === 'allow' || OWN.includes(reason);
    // Closed already: there is nothing to find out about it, and nothing to do.
    const closed = question.identity.state !== 'active' || question.session.ended || question.session.refused;
    const done = stays || closed ? [] : await carryOut(judgement, identityId, row);
    kept.push({
      ...same,
      identityId,
      because,
      policySet: stays ? null : policySet,
      ...(stays
        ? { verdict: 'allow', reason: 'ok', ruleId: null, message: null }
        : { verdict, reason, ruleId, message }),
      done,
    });
    if (!stays && !closed) sessions.push({ ...same, label: row.label, verdict, reason, ruleId, message, done });
  }
  await keepAnswers(kept);
  return { identityId, looked: found.length, sessions };
}

/** Only what a rule asks for that fires now: a limit that is merely near has been warned of by its decisions. */
async function carryOut(judgement: Judgement, identityId: string, row: LastAllowed): Promise<Standing['done']> {
  const fired = new Set(judgement.judged.flatMap((one) => (one.outcome.fired ? `${one.set.name}/${one.rule.id}` : [])));
  const obligations = judgement.obligations.filter((one) => fired.has(`${one.set}/${one.ruleId}`));
  const done: Standing['done'] = [];
  for (const { kind, by } of consequencesOf({ ...judgement, obligations })) {
    const policy: Ctx = { actor: { kind: 'policy', name: by } };
    const reason = `${judgement.message ?? `Rule ${by}`} (asked again; allowed by decision ${row.decision_id})`.slice(
      0,
      2000,
    );
    const why = { reasonCode: 'unexpected_behaviour' as const, reason };
    try {
      const asked =
        kind === 'terminate'
          ? await request(policy, { kind, sessionIds: [row.session_id], ...why })
          : await request(policy, { kind, identityId, ...why });
      done.push({ kind, revocationId: asked.revocationId });
    } catch (error) {
      if (!(error instanceof BraidError)) throw error;
      log.info({ code: error.code, by, kind, identityId }, 'nothing left to carry out');
      done.push({ kind, revocationId: null });
    }
  }
  return done;
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
