import { counted } from '@/lib/findings/format';
import type { DecisionFact, Found } from '@/lib/findings/model';

/**
 * A job asked for in one session while another session of the same credential holds it: two clients share one credential
 * under a single-active-job rule. A session that finds its own lease still held is a retry and no finding.
 */
export function detectLeaseContention(decisions: readonly DecisionFact[]): Found[] {
  const byExposure = new Map<string, DecisionFact[]>();
  for (const decision of decisions) {
    if (decision.reason !== 'lease_held' || !decision.exposureId || !decision.sessionId) continue;
    if (!decision.holders.some((holder) => holder.sessionId && holder.sessionId !== decision.sessionId)) continue;
    byExposure.set(decision.exposureId, [...(byExposure.get(decision.exposureId) ?? []), decision]);
  }
  return [...byExposure].map(([exposureId, refused]) => {
    const last = refused.at(-1)!;
    const holder = last.holders.find((held) => held.sessionId && held.sessionId !== last.sessionId)!;
    const sessions = new Set(refused.flatMap((d) => [d.sessionId!, ...d.holders.flatMap((h) => h.sessionId ?? [])]));
    const across = holder.identityId !== last.identityId;
    return {
      identityId: last.identityId,
      detector: 'lease-contention',
      cause: `exposure:${exposureId}`,
      severity: across ? 'high' : 'medium',
      title: 'Two clients share one credential under a single-job rule',
      summary: `${last.identityName}: ${last.sessionLabel ?? 'a session'} asked for ${last.action} while ${holder.label} held it.`,
      reasons: [
        `${counted(refused.length, 'request')} refused because another session held the job.`,
        last.alone === 'allow'
          ? 'Each client alone is within the rule: only together they break it.'
          : 'The session alone was refused as well.',
        ...(across ? ['The holder is another identity.'] : []),
      ],
      evidence: {
        sessions: [...sessions].slice(0, 50),
        decisions: refused.map((decision) => decision.id).slice(-100),
        events: [],
        exposureId,
        facts: { holder: holder.label.slice(0, 300), clients: sessions.size },
      },
      firstSeenAt: refused[0]!.at,
      lastSeenAt: last.at,
    } satisfies Found;
  });
}
