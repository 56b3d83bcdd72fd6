'use client';

import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { follow, type LiveState } from '@/components/shell/live-stream';
import { concerns } from '@/components/shell/live-topics';
import { signInHref } from '@/components/ui/way-back';

const State = createContext<LiveState>('connecting');

/** At most four looks a second per list. */
const THROTTLE_MS = 250;

/** Marks the lists of these topics stale. Returns the topics of which a list was still being fetched: they come again. */
function invalidate(client: QueryClient, topics: ReadonlySet<string>): Set<string> {
  const again = new Set<string>();
  for (const topic of topics) {
    void client.invalidateQueries(
      {
        predicate: (query) => {
          const [api, path] = query.queryKey;
          if (api !== 'api' || typeof path !== 'string' || !concerns(topic, path)) return false;
          if (query.state.fetchStatus === 'fetching') {
            again.add(topic);
            return false;
          }
          return true;
        },
      },
      { cancelRefetch: false },
    );
  }
  return again;
}

/** Keeps every list of the page fresh: one stream per browser, hints to React Query. */
export function Live({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [state, setState] = useState<LiveState>('connecting');
  useEffect(() => {
    let pending = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = () => {
      timer = undefined;
      pending = invalidate(client, pending);
      if (pending.size) timer = setTimeout(flush, THROTTLE_MS);
    };
    let quietUntil = 0;
    const stop = follow({
      onState: setState,
      onEnded: () => window.location.assign(signInHref(window.location)),
      onHints: (hints) => {
        for (const hint of hints) pending.add(hint.topic);
        if (timer) return;
        const now = performance.now();
        timer = setTimeout(flush, Math.max(0, quietUntil - now));
        quietUntil = Math.max(now, quietUntil) + THROTTLE_MS;
      },
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [client]);
  return <State.Provider value={state}>{children}</State.Provider>;
}

/** Is the page being kept fresh at this moment? */
export const useLive = (): LiveState => useContext(State);
