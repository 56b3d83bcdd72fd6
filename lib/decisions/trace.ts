import { canonical } from '@/lib/decisions/canonical';
import type { Trace } from '@/lib/decisions/model';
import type { Item } from '@/lib/decisions/request-model';
import { seenOf } from '@/lib/decisions/seen';
import type { Question } from '@/lib/policies/compiled-model';
import { type Judgement, ruleSeen } from '@/lib/policies/evaluate';
import { exposureSeen } from '@/lib/policies/views-evaluate';

export interface TraceParts {
  item: Item;
  question: Question;
  judgement: Judgement;
  atMs: number;
  holdId: string | null;
  supersedes: string | null;
}

/** Why a decision came out as it did, as RFC 8785 text: what is stored is what is hashed. */
export function traceText({ item, question, judgement, atMs, holdId, supersedes }: TraceParts): string {
  const { identity, session } = question;
  const trace: Trace = {
    version: 1,
    decisionId: item.decisionId,
    at: new Date(atMs).toISOString(),
    request: { ...item.asked },
    identity: {
      id: identity.id,
      name: identity.name,
      kind: identity.kind,
      state: identity.state,
      managed: identity.managed,
    },
    session: {
      id: session.id,
      label: session.label,
      observedBy: session.observedBy,
      startedAt: new Date(session.startedMs).toISOString(),
    },
    liveSessions: question.sessions.length,
    sets: question.sets.map(({ name, version, hash, mode }) => ({ name, version, hash, mode })),
    verdict: judgement.verdict,
    alone: judgement.alone,
    reason: judgement.reason,
    rules: judgement.judged.map(ruleSeen),
    exposures: judgement.exposures.map(exposureSeen),
    warnings: judgement.warnings,
    holdId,
    supersedes,
    dryRun: item.braid.dry_run === true,
    ...(judgement.obligations.length ? { obligations: [...judgement.obligations] } : {}),
    seen: seenOf(question),
    approval: judgement.access.used ?? undefined,
  };
  return canonical(trace);
}
