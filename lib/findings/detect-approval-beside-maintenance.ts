import type { DecisionFact, Found, SessionFact } from '@/lib/findings/model';

const PRIVILEGED_TAGS = new Set(['maintenance', 'privileged', 'break-glass', 'break_glass', 'admin']);

export const isApproval = (action: string): boolean => /(^|[._:\-/])approv(e|al|als)([._:\-/]|$)/i.test(action);

/**
 * An approval asked for in one session while another session of the same identity is open for maintenance: the way around
 * step-up that neither session shows for itself (requirements A14). Asking within the maintenance session is not this.
 */
export function detectApprovalBesideMaintenance(
  decisions: readonly DecisionFact[],
  sessions: readonly SessionFact[],
): Found[] {
  const found = new Map<string, { asked: DecisionFact[]; beside: Map<string, SessionFact> }>();
  for (const decision of decisions) {
    if (!decision.sessionId || !isApproval(decision.action)) continue;
    const beside = sessions.filter(
      (session) =>
        session.identityId === decision.identityId &&
        session.id !== decision.sessionId &&
        session.tags.some((tag) => PRIVILEGED_TAGS.has(tag.toLowerCase())) &&
        session.from <= decision.at &&
        decision.at <= session.until,
    );
    if (beside.length === 0) continue;
    const entry: { asked: DecisionFact[]; beside: Map<string, SessionFact> } = found.get(decision.identityId) ?? {
      asked: [],
      beside: new Map<string, SessionFact>(),
    };
    entry.asked.push(decision);
    for (const session of beside) entry.beside.set(session.id, session);
    found.set(decision.identityId, entry);
  }
  return [...found].map(([identityId, { asked, beside }]) => {
    const last = asked.at(-1)!;
    const granted = asked.filter((decision) => decision.verdict === 'allow');
    const open = [...beside.values()].at(-1)!;
    return {
      identityId,
      detector: 'approval-beside-maintenance',
      cause: 'approval-beside-maintenance',
      severity: granted.length > 0 ? 'high' : 'medium',
      title: 'Approval asked beside open maintenance',
      summary: `${last.identityName}: ${last.sessionLabel ?? 'a session'} asked for ${last.action} while ${open.label} was open for maintenance; ${granted.length > 0 ? 'it was allowed' : `the answer was ${last.verdict.replace('_', '-')}`}.`,
      reasons: [
        granted.length > 0
          ? 'The approval was allowed: nothing in force looks at the other session.'
          : 'The approval was not allowed: a rule looked at the other session.',
        ...(last.alone === 'allow' ? ['The asking session alone would have been allowed.'] : []),
      ],
      evidence: {
        sessions: [...new Set([...asked.map((decision) => decision.sessionId!), ...beside.keys()])].slice(0, 50),
        decisions: asked.map((decision) => decision.id).slice(-100),
        events: [],
        facts: { maintenance: open.label.slice(0, 300), tags: open.tags.join(', ').slice(0, 300) },
      },
      firstSeenAt: asked[0]!.at,
      lastSeenAt: last.at,
    } satisfies Found;
  });
}
