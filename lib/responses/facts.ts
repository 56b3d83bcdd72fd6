import type { Tx } from '@/lib/db/transaction';
import type { FindingFact } from '@/lib/responses/model';
import { findingFacts } from '@/lib/responses/store';

/** Findings as rules see them. */
export async function facts(ids: string[], tx?: Tx): Promise<FindingFact[]> {
  const { findings, identities, live } = await findingFacts(ids, tx);
  return findings.flatMap((finding) => {
    const identity = identities.find((one) => one.id === finding.identityId);
    if (!identity) return [];
    const evidence = (finding.evidence as { sessions?: string[] }).sessions ?? [];
    return [
      {
        id: finding.id,
        identityId: finding.identityId,
        detector: finding.detector,
        severity: finding.severity as FindingFact['severity'],
        title: finding.title,
        state: finding.state,
        occurrences: finding.occurrences,
        lastSeenAt: finding.lastSeenAt,
        sessionIds: live
          .filter((one) => one.identityId === finding.identityId && evidence.includes(one.id))
          .map((one) => one.id)
          .slice(0, 200),
        identity,
      },
    ];
  });
}
