/** What callers know for certain: every decision they were answered, and what became of each of their requests. */
export interface Journal {
  /** Every decision answered, with its verdict. A retry may be answered the same one again. */
  answered: Map<string, string>;
  /** Of those, denials because shared state was away: the log has them later. */
  unavailable: Set<string>;
  /** Requests that ended with an allow, by the decision that allowed them. */
  granted: Map<string, Granted>;
  /** Contradictions seen by the callers themselves. */
  contradictions: string[];
  counts: {
    requests: number;
    attempts: number;
    hangUps: number;
    unavailable: number;
    repeats: number;
    settled: number;
  };
}

export interface Granted {
  action: string;
  /** Account, or identity for holds and pings. */
  key: string;
  /** In the meter's minor units. */
  amount: number;
  holdId?: string;
  /** What the caller was told its hold came to; absent: it walked away and lets it expire. */
  end?: { how: 'settled' | 'released'; actual: number };
}

export const emptyJournal = (): Journal => ({
  answered: new Map(),
  unavailable: new Set(),
  granted: new Map(),
  contradictions: [],
  counts: { requests: 0, attempts: 0, hangUps: 0, unavailable: 0, repeats: 0, settled: 0 },
});

/** Writes down one answer. A decision never changes its verdict. */
export function hear(journal: Journal, decisionId: string, verdict: string): void {
  const before = journal.answered.get(decisionId);
  if (before !== undefined && before !== verdict)
    journal.contradictions.push(`decision ${decisionId} was answered ${before} and then ${verdict}`);
  journal.answered.set(decisionId, verdict);
}
