// What Braid's words mean. Data: how the industry uses them still moves, so each list has a version and a date, and a report says
// by which it was written.

/** Rises with every change of what a word means; a word that is added does not change it. */
export const DEFINITIONS = { version: 1, since: '2026-11-22' } as const;

export interface Term {
  term: string;
  means: string;
}

/** In the order in which they build on each other. */
export const TERMS: readonly Term[] = [
  {
    term: 'Non-human identity',
    means:
      'Who acts without a person at the keyboard: a service account, API key, workload, OAuth app, AI agent or CI pipeline. One identity has a name in each system it lives in, linked with a reason.',
  },
  {
    term: 'Session',
    means:
      'A stretch in which one holder of one credential acts in one place. Native: the system lists it. Derived: its events open and close it. Inferred: activity that belongs together; always said which.',
  },
  {
    term: 'Strand, rope',
    means:
      'One session’s part in what an identity does, and all of them together. Controls that look at strands miss the rope.',
  },
  {
    term: 'Live, idle, stale, dark',
    means: 'Not ended; live without activity; its system can’t be asked at the moment; acts where nobody logs.',
  },
  {
    term: 'Concurrency',
    means:
      'How many sessions of one identity are live at the same moment. Strange is what is more than this identity ever had, not a number.',
  },
  {
    term: 'Exposure',
    means:
      'What a limit counts, over all live sessions of its scope: value, frequency, what waits for approval. Settled is what happened, held what was allowed and is not over.',
  },
  {
    term: 'Alone, together',
    means: 'The verdict a control would come to that sees this session only, and the one shared state comes to.',
  },
  {
    term: 'Finding',
    means:
      'One identity and one cause, with the evidence; more of it adds to it. It says what is wrong, and why it is as severe as it says.',
  },
  {
    term: 'Time to detect',
    means:
      'From the event that completed a pattern to its finding, where the evidence was live; imports of old logs don’t count.',
  },
  {
    term: 'Revoked',
    means:
      'Requested: asked for. Accepted: the system took it. Effective: the system says so. Verified: what would have worked before now fails, and nothing is left. Residual: something is, with its time to die.',
  },
  {
    term: 'Rotated and invalidated',
    means:
      'Another secret is the only one that works, and what the old one had opened is ended and proven. A changed password alone is neither.',
  },
  {
    term: 'Time to revoke',
    means: 'From the click to verified. What a vendor declares stands in for it only until it has been measured.',
  },
  {
    term: 'Fully visible',
    means:
      'Of an identity six things are known: its owner, its purpose, its credentials, when they were last used, its sessions as they are, and a way to revoke it that was proven.',
  },
  {
    term: 'Decided blind',
    means: 'Value that passed where shared state could not be asked, or after the fact; counted apart in the report.',
  },
];
