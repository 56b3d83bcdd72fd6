'use client';

import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApiError, type ApiParams, callApi } from '@/components/ui/call-api';

/** Every query's key: `['api', path, params]`. The live stream finds the queries of a topic by their path. */
export const apiKey = (path: string, params: ApiParams = {}) => ['api', path, params] as const;

interface UseApiOptions<T> {
  /** What the server component painted, for the path and params of the first render. */
  initialData?: T;
  enabled?: boolean;
  /** Milliseconds between two looks; the live stream asks earlier. Default 10 000. */
  everyMs?: number | false;
}

/** GET /api/v1<path>, kept fresh by the live stream and by a timer. `path` begins with `/`: `useApi('/summary')`. */
export function useApi<T>(
  path: string,
  params: ApiParams = {},
  options: UseApiOptions<T> = {},
): UseQueryResult<T, ApiError> {
  const key = apiKey(path, params);
  const [first] = useState(() => JSON.stringify(key));
  return useQuery<T, ApiError>({
    queryKey: key,
    queryFn: ({ signal }) => callApi<T>(path, params, signal),
    // Painted data belongs to the first key only: another filter must not show it as its own.
    initialData: JSON.stringify(key) === first ? options.initialData : undefined,
    placeholderData: keepPreviousData,
    enabled: options.enabled ?? true,
    refetchInterval: options.everyMs ?? 10_000,
  });
}
