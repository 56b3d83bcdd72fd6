'use client';

import { useQueries } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type ApiError, callApi } from '@/components/ui/call-api';
import { apiKey } from '@/components/ui/use-api';
import type { Boundaries } from '@/lib/replay/boundary-model';

export interface Tried {
  /** What is known so far; null: nothing yet. */
  found: Boundaries | null;
  /** How many limits have been tried, and which one is next; null: all are done. */
  done: number;
  next: string | null;
  error: ApiError | null;
  retry: () => void;
}

/** Tries the limits of a set one after another, because each takes its time: what is found so far is there at once. */
export function useBoundaries(name: string, rules: string[]): Tried {
  const path = `/policies/${name}/boundaries`;
  const [reached, setReached] = useState(0);
  const results = useQueries({
    queries: rules.map((rule, index) => ({
      queryKey: apiKey(path, { rule }),
      queryFn: ({ signal }: { signal: AbortSignal }) => callApi<Boundaries>(path, { rule }, signal),
      enabled: index <= reached,
      staleTime: Number.POSITIVE_INFINITY,
      refetchOnWindowFocus: false,
    })),
  });
  const at = results.findIndex((one) => !one.data);
  const done = at < 0 ? rules.length : at;
  useEffect(() => setReached((before) => Math.max(before, done)), [done]);
  const found = results.slice(0, done).flatMap((one) => one.data ?? []);
  const failed = results[done];
  return {
    found: found[0] ? { ...found[0], limits: found.flatMap((one) => one.limits) } : null,
    done,
    next: rules[done] ?? null,
    error: (failed?.error as ApiError | null | undefined) ?? null,
    retry: () => void failed?.refetch(),
  };
}
