import { SEVERITIES } from '@/lib/findings/model';
import type { FindingFact, Guardrails, Reach, RuleRow } from '@/lib/responses/model';
import type { RevocationKind } from '@/lib/revocations/model';

/** `*` stands for any letters, case aside. Linear: every part is looked for once, from left to right. */
export function named(pattern: string, name: string): boolean {
  const parts = pattern.toLowerCase().split('*');
  const text = name.toLowerCase();
  const first = parts[0]!;
  if (parts.length === 1) return text === first;
  const last = parts.at(-1)!;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > text.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}

/** Does `wide` stand for every name that `narrow` stands for? Seen letter by letter: what stands for `*` may be anything. */
export const covers = (wide: string, narrow: string): boolean => named(wide, narrow);

const among = (patterns: readonly string[], value: string | null): boolean =>
  patterns.length === 0 || (value !== null && patterns.some((pattern) => named(pattern, value)));

type Matching = Pick<RuleRow, 'state' | 'detectors' | 'minSeverity' | 'kinds' | 'environments' | 'owners' | 'names'>;

/** Is this finding one that the rule was made for? */
export function matches(rule: Matching, finding: FindingFact): boolean {
  const { identity } = finding;
  return (
    rule.state === 'enabled' &&
    (rule.detectors.length === 0 || (rule.detectors as string[]).includes(finding.detector)) &&
    SEVERITIES.indexOf(finding.severity) >= SEVERITIES.indexOf(rule.minSeverity) &&
    (rule.kinds.length === 0 || (rule.kinds as string[]).includes(identity.kind)) &&
    among(rule.environments, identity.environment) &&
    among(rule.owners, identity.owner) &&
    among(rule.names, identity.name)
  );
}

/** Evidence older than this is history, not an incident: an import of last year’s logs ends nothing today. Milliseconds. */
export const FRESH_MS = 3_600_000;

/** Is there anything to do at all? A session that has ended, or an identity that is closed, needs no second act. */
export function hasWork(action: RuleRow['action'], finding: FindingFact, now: Date): boolean {
  if (now.getTime() - finding.lastSeenAt.getTime() > FRESH_MS) return false;
  if (finding.state === 'suppressed' || finding.state === 'closed') return false;
  if (action === 'terminate') return finding.sessionIds.length > 0;
  if (action === 'pause') return finding.identity.state === 'active';
  if (action === 'revoke') return finding.identity.state !== 'revoked';
  return true;
}

/** What one rule wanted for one finding before. */
export interface Earlier {
  state: string;
  dueAt: Date | null;
  decidedAt: Date | null;
  doneAt: Date | null;
  /** When what it asked for came to its end; null: it has not yet. */
  overAt: Date | null;
}

/**
 * Does this still stand instead of a further act? Until it is over and the rule’s pause has passed: a client that connects anew
 * is the same incident, not the next one. What an operator cancelled counts from then; what came to nothing by itself does not.
 */
export function stands(earlier: Earlier, againAfterSecs: number, now: Date): boolean {
  const within = (from: Date) => now.getTime() - from.getTime() < againAfterSecs * 1000;
  if (earlier.state === 'waiting' || earlier.state === 'proposed') return true;
  if (earlier.state === 'done' || earlier.state === 'undone') return earlier.overAt === null || within(earlier.overAt);
  const { decidedAt, dueAt } = earlier;
  return earlier.state === 'cancelled' && decidedAt !== null && (!dueAt || decidedAt < dueAt) && within(decidedAt);
}

export interface Usage {
  /** Acts without anybody looking, within the last hour. */
  lastHour: number;
  cap: number;
  /** Of these, on this identity. */
  ofIdentity: number;
  /** null: not bounded for one identity. */
  identityCap: number | null;
}

export const GUARDRAILS = ['protected', 'never', 'only', 'identity-cap', 'cap'] as const;
export interface Refusal {
  guardrail: (typeof GUARDRAILS)[number];
  why: string;
}

/** Why a guardrail refuses an act that nobody looked at; null: none does. */
export function refusedBy(
  guardrails: Guardrails,
  usage: Usage,
  identity: { name: string; protected: boolean },
): Refusal | null {
  if (identity.protected)
    return { guardrail: 'protected', why: `${identity.name} is protected: it is never ended by Braid` };
  const pattern = guardrails.never.find((one) => named(one, identity.name));
  if (pattern !== undefined)
    return { guardrail: 'never', why: `${identity.name} is never touched by a rule (“${pattern}”)` };
  if (guardrails.only && !guardrails.only.some((one) => named(one, identity.name)))
    return {
      guardrail: 'only',
      why: `${identity.name} is not among those that may be touched without anybody looking`,
    };
  if (usage.identityCap !== null && usage.ofIdentity >= usage.identityCap)
    return {
      guardrail: 'identity-cap',
      why: `${several(usage.ofIdentity, 'act')} on ${identity.name} within the last hour: no more than ${usage.identityCap} happen on one identity without anybody looking`,
    };
  if (usage.lastHour >= usage.cap)
    return {
      guardrail: 'cap',
      why: `${several(usage.lastHour, 'act')} within the last hour: no more than ${usage.cap} happen without anybody looking`,
    };
  return null;
}

const several = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

/**
 * Why this reaches too far for one operator alone; null: it does not. Opening access again never does. `before`: identities beside
 * those of `reach`, and all sessions.
 */
export function tooFar(guardrails: Guardrails, kind: RevocationKind, reach: Reach, before: Reach): string | null {
  if (kind === 'resume' || kind === 'restore') return null;
  const { identities, sessions, systems } = guardrails.second;
  const over: string[] = [];
  const all = { identities: reach.identities + before.identities, sessions: reach.sessions + before.sessions };
  if (identities !== null && all.identities > identities)
    over.push(`${several(all.identities, 'identity', 'identities')}, more than ${identities}`);
  if (sessions !== null && all.sessions > sessions)
    over.push(`${several(all.sessions, 'live session')}, more than ${sessions}`);
  if (systems !== null && reach.systems > systems)
    over.push(`${several(reach.systems, 'system')}, more than ${systems}`);
  if (over.length === 0) return null;
  const together = before.identities > 0 || before.sessions > 0;
  const reaches = together ? 'Together with what was ended in the last ten minutes this reaches' : 'This reaches';
  return `${reaches} ${over.join(' and ')}: a second operator has to agree.`;
}
