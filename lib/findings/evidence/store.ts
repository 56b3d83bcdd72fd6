import { prisma } from '@/lib/db/client';
import type { Evidence, EvidenceDecision, EvidenceEvent, EvidenceSession } from '@/lib/findings/model';

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

/** The sessions, decisions and events a finding stands on; what retention has dropped is not there. */
export async function readEvidence(evidence: Evidence, identityId: string) {
  const [sessions, decisions, events] = await Promise.all([
    prisma().session.findMany({ where: { id: { in: evidence.sessions } }, orderBy: { startedAt: 'asc' } }),
    prisma().decision.findMany({ where: { id: { in: evidence.decisions } }, orderBy: { id: 'asc' } }),
    evidence.events.length === 0
      ? []
      : prisma().sessionEvent.findMany({ where: { identityId, id: { in: evidence.events } }, orderBy: { at: 'asc' } }),
  ]);
  return {
    sessions: sessions.map(
      (session): EvidenceSession => ({
        id: session.id,
        label: session.label,
        key: session.key?.slice(0, 512) ?? null,
        state: session.state,
        network: session.network,
        region: session.region,
        startedAt: session.startedAt.toISOString(),
        endedAt: iso(session.endedAt),
      }),
    ),
    decisions: decisions.map(
      (decision): EvidenceDecision => ({
        id: decision.id,
        at: decision.at.toISOString(),
        sessionId: decision.sessionId,
        verdict: decision.verdict as EvidenceDecision['verdict'],
        alone: decision.alone as EvidenceDecision['alone'],
        action: decision.action,
        resource: `${decision.resourceType} ${decision.resourceId}`,
        amount: decision.amount?.toString() ?? null,
        unit: decision.unit,
        scale: decision.scale,
        message: decision.message,
      }),
    ),
    events: events.map(
      (event): EvidenceEvent => ({
        id: event.id,
        at: event.at.toISOString(),
        action: event.action,
        outcome: event.outcome,
        network: event.network,
      }),
    ),
  };
}
