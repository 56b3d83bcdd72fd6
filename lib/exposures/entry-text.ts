import type { Entry } from '@/lib/exposures/model';

/** What of an entry is sealed: all that its row holds. */
export type SealedEntry = Omit<Entry, 'identityId'>;

/** A ledger entry as it is sealed. Ids, words and integers: nothing needs escaping. Nothing stands for null. */
export const entryText = (e: SealedEntry): string =>
  `${e.exposureId}|${e.revision}|${e.atMs}|${e.kind}|${e.settled}|${e.held}|${e.settledNow}|${e.heldNow}|${e.sessionId ?? ''}|${e.decisionId ?? ''}|${e.holdId ?? ''}`;

/** Entries of one decision stand in its record in this order, which their rows can tell. */
export const byPlace = (
  a: Pick<Entry, 'exposureId' | 'revision'>,
  b: Pick<Entry, 'exposureId' | 'revision'>,
): number => (a.exposureId < b.exposureId ? -1 : a.exposureId > b.exposureId ? 1 : a.revision < b.revision ? -1 : 1);
