import type { Verdict } from '@/lib/decisions/model';
import { isApproved } from '@/lib/policies/approved-evaluate';
import type { Question } from '@/lib/policies/compiled-model';
import { type Outcome, UNJUDGED } from '@/lib/policies/rules-evaluate';
import type { Final, Judged } from '@/lib/policies/settle-evaluate';

/** What a decision obliges to, by the rule that asks for it. */
export interface Obligation {
  set: string;
  ruleId: string;
  type: string;
  properties: Record<string, unknown>;
}

export const NO_OBLIGATIONS: readonly Obligation[] = [];

/** Whether a limit that is not crossed stands at `at` percent, with this request. */
function standsAt({ value, limit }: Outcome, at: number): boolean {
  if (!value || limit === null || limit === 0n) return false;
  return (value.settled + value.held + value.amount) * 100n >= limit * BigInt(Math.round(at));
}

/** Whether a rule asks for what it obliges to: it fired, it stands at its percentage, or it is the grant that decided. */
function asks(one: Judged, at: number | null, question: Question, final: Final): boolean {
  const { set, rule, outcome, exemption } = one;
  if (rule.kind === 'allow') return final.verdict === 'allow' && final.set === set.name && final.ruleId === rule.id;
  if (!outcome.fired) return at !== null && standsAt(outcome, at);
  return exemption === null && !UNJUDGED.includes(outcome.reason) && !isApproved(one, question);
}

/** Obligations of all enforced rules that bind, in the order of the rules. Pure. */
export function obligationsOf(question: Question, judged: readonly Judged[], final: Final): readonly Obligation[] {
  let found: Obligation[] | null = null;
  for (const one of judged) {
    const { set, rule } = one;
    if (!rule.obligations.length || rule.shadow || set.mode === 'shadow') continue;
    for (const { type, at, properties } of rule.obligations) {
      if (!asks(one, at, question, final)) continue;
      found ??= [];
      found.push({ set: set.name, ruleId: rule.id, type, properties });
    }
  }
  return found ?? NO_OBLIGATIONS;
}

/** What Braid itself does after a decision. */
export interface Consequence {
  kind: 'terminate' | 'pause' | 'revoke';
  /** The rule that wants it: `set/rule`. */
  by: string;
}

const DOES: Record<string, Consequence['kind']> = {
  session_termination: 'terminate',
  identity_pause: 'pause',
  identity_revocation: 'revoke',
};

/** What Braid does by itself where a rule asks for it. */
export const BY_BRAID: readonly string[] = Object.keys(DOES);

/** The verdict `pause` and those obligations that Braid carries out itself; the strongest of each kind once. */
export function consequencesOf(judgement: {
  verdict: Verdict;
  policySet: string | null;
  ruleId: string | null;
  obligations: readonly Obligation[];
}): Consequence[] {
  const found = new Map<Consequence['kind'], Consequence>();
  if (judgement.verdict === 'pause' && judgement.ruleId)
    found.set('pause', { kind: 'pause', by: `${judgement.policySet}/${judgement.ruleId}` });
  for (const { type, set, ruleId } of judgement.obligations) {
    const kind = Object.hasOwn(DOES, type) ? DOES[type] : undefined;
    if (kind && !found.has(kind)) found.set(kind, { kind, by: `${set}/${ruleId}` });
  }
  // Revoked is more than paused.
  if (found.has('revoke')) found.delete('pause');
  return [...found.values()];
}
