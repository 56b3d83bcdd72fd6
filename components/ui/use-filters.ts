'use client';

import { parseAsString, useQueryStates } from 'nuqs';

/** Filters that live in the URL: `const [filters, setFilters] = useFilters(['q', 'state'])`. Unset = null; hand them to useApi as they are. */
export function useFilters<Key extends string>(keys: readonly Key[]) {
  const parsers = Object.fromEntries(keys.map((key) => [key, parseAsString])) as Record<Key, typeof parseAsString>;
  return useQueryStates(parsers, { history: 'replace', clearOnDefault: true });
}
