import { prisma } from '@/lib/db/client';
import type { EvidenceDecision, EvidenceEvent, EvidenceSession } from '@/lib/findings/evidence-model';
import type { Evidence } from '@/lib/findings/model';

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

const LIVE_MOST = 200;

interface SessionRow {
  id: string;
  label: string;
  key: string | null;
  state: string;
  network: string | null;
  region: string | null;
  startedAt: Date;
  endedAt: Date | null;
}

const sessionOf = (session: SessionRow): EvidenceSession => ({
  id: session.id,
  label: session.label,
  key: session.key?.slice(0, 512) ?? null,
  state: session.state,
  network: session.network,
  region: session.region,
  startedAt: session.startedAt.toISOString(),
  endedAt: iso(session.endedAt),
});

/** The sessions, decisions, events and the revocation a finding stands on; what retention has dropped is not there. */
export async function readEvidence(evidence: Evidence, identityId: string) {
  const [sessions, decisions, events, revocation, live] = await Promise.all([
    prisma().session.findMany({ where: { id: { in: evidence.sessions } }, orderBy: { startedAt: 'asc' } }),
    prisma().decision.findMany({ where: { id: { in: evidence.decisions } }, orderBy: { id: 'asc' } }),
    evidence.events.length === 0
      ? []
      : prisma().sessionEvent.findMany({ where: { identityId, id: { in: evidence.events } }, orderBy: { at: 'asc' } }),
    evidence.revocationId ? prisma().revocation.findUnique({ where: { id: evidence.revocationId } }) : null,
    prisma().session.findMany({
      where: { identityId, endedAt: null },
      orderBy: { startedAt: 'desc' },
      take: LIVE_MOST,
    }),
  ]);
  return {
    sessions: sessions.map(sessionOf),
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
    revocation: revocation && {
      id: revocation.id,
      kind: revocation.kind,
      state: revocation.state,
      requestedAt: revocation.requestedAt.toISOString(),
      actorName: revocation.actorName,
    },
    liveNow: live.map(sessionOf),
  };
}
