'use client';

import { type InfiniteData, keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApiError, type ApiParams, callApi } from '@/components/ui/call-api';
import { apiKey } from '@/components/ui/use-api';
import type { Page } from '@/lib/http/model';

/** Beyond this many pages the timer rests: every page would be asked for again. */
const PAGES_RENEWED = 4;

export interface InfiniteApi<Row> {
  rows: Row[];
  loading: boolean;
  /** Other filters are on their way; what is shown is of the old ones. */
  stale: boolean;
  error: ApiError | null;
  /** It is known that there are no rows. */
  empty: boolean;
  retry: () => void;
  more: (() => void) | undefined;
  loadingMore: boolean;
}

/** A list `{items, nextCursor}` page by page, kept fresh like `useApi`. `initialPage` is what the server painted. */
export function useInfiniteApi<Row>(path: string, params: ApiParams = {}, initialPage?: Page<Row>): InfiniteApi<Row> {
  const key = [...apiKey(path, params), 'pages'] as const;
  const [first] = useState(() => JSON.stringify(key));
  const query = useInfiniteQuery<
    Page<Row>,
    ApiError,
    InfiniteData<Page<Row>, string | undefined>,
    typeof key,
    string | undefined
  >({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => callApi<Page<Row>>(path, { ...params, cursor: pageParam }, signal),
    initialPageParam: undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    initialData:
      initialPage && JSON.stringify(key) === first ? { pages: [initialPage], pageParams: [undefined] } : undefined,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > PAGES_RENEWED ? false : 10_000),
  });
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  return {
    rows,
    empty: rows.length === 0 && query.isSuccess && !query.isPlaceholderData,
    loading: query.isPending,
    stale: query.isPlaceholderData,
    error: query.error,
    retry: () => void query.refetch(),
    more: query.hasNextPage ? () => void query.fetchNextPage() : undefined,
    loadingMore: query.isFetchingNextPage,
  };
}
