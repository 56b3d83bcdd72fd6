import canonicalize from 'canonicalize';
import type { Entry } from '@/lib/exposures/model';

/** A ledger entry as it is hashed: RFC 8785 text of what its row holds. */
export const entryText = (entry: Entry): string =>
  canonicalize({
    at: new Date(entry.atMs).toISOString(),
    decisionId: entry.decisionId,
    exposureId: entry.exposureId,
    held: entry.held.toString(),
    heldNow: entry.heldNow.toString(),
    holdId: entry.holdId,
    identityId: entry.identityId,
    kind: entry.kind,
    revision: entry.revision.toString(),
    sessionId: entry.sessionId,
    settled: entry.settled.toString(),
    settledNow: entry.settledNow.toString(),
  }) as string;
