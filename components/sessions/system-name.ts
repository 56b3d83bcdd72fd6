const NAMES: Record<string, string> = {
  aws: 'AWS',
  pgbouncer: 'PgBouncer',
  postgres: 'PostgreSQL',
  simulator: 'Simulator',
  pdp: 'Decision API',
};

/** Vendor words a session can come from, for filters. */
export const SOURCES = Object.keys(NAMES);

/** A vendor word as people write it. */
export const systemName = (word: string): string => NAMES[word] ?? word;
