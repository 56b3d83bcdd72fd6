import type { Tx } from '@/lib/db/transaction';
import type { Found, Severity } from '@/lib/findings/model';
import { announce } from '@/lib/notifications/announce';
import type { Event, Told } from '@/lib/notifications/model';
import { emitRisk } from '@/lib/signals/emit-risk';

/** A finding as it stands, for people who are told of it. */
export type Standing = Pick<
  Found,
  'identityId' | 'detector' | 'title' | 'summary' | 'reasons' | 'evidence' | 'firstSeenAt' | 'lastSeenAt'
> & { id: string; severity: Severity; occurrences: number };

const OPENS: readonly Event[] = ['finding.raised', 'finding.reopened', 'finding.updated'];

/** Refusals that a per-session control would not have made: the two verdicts belong beside each other. */
const splits = ({ detector, evidence }: Standing): boolean =>
  (detector === 'limit-crossed' || detector === 'structuring') && evidence.decisions.length > 0;

function toldOf(event: Event, finding: Standing, by?: { name: string; reason: string | null }): Told {
  const { id, identityId, severity, detector, reasons } = finding;
  return {
    event,
    target: { type: 'finding', id },
    identityId,
    severity,
    detector,
    body: {
      title: finding.title.slice(0, 300),
      summary: (by?.reason ? `${finding.summary} ${by.name}: ${by.reason}` : finding.summary).slice(0, 2000),
      ...(splits(finding) ? { alone: 'allowed', together: 'refused' } : {}),
      reasons: reasons.slice(0, 20).map((reason) => reason.slice(0, 1000)),
      path: `/findings/${id}`,
      end: OPENS.includes(event)
        ? {
            path: `/identities/${identityId}`,
            how: 'pause or revoke the identity, or end single sessions; Braid proves that it ended.',
          }
        : null,
      ...(by ? { by: by.name.slice(0, 200) } : {}),
      occurrences: finding.occurrences,
      firstSeenAt: finding.firstSeenAt,
      lastSeenAt: finding.lastSeenAt,
    },
  };
}

/** Announces what became of a finding, in the transaction in which it did; other systems are told of the risk it makes. */
export async function tell(
  tx: Tx,
  event: Event,
  findings: readonly Standing[],
  by?: { name: string; reason: string | null },
): Promise<void> {
  await announce(
    tx,
    findings.map((finding) => toldOf(event, finding, by)),
  );
  if (event !== 'finding.acknowledged') await emitRisk(tx, findings);
}
