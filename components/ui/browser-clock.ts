'use client';

import { useSyncExternalStore } from 'react';

// The browser's clock, in one place. A tick a second for everything on the page that says how long ago something was.
const listeners = new Set<() => void>();
let now = 0;
let timer: ReturnType<typeof setInterval> | undefined;

const tick = () => {
  now = Date.now();
  for (const listener of listeners) listener();
};

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (!timer) {
    now = Date.now();
    timer = setInterval(tick, 1000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

const snapshot = () => {
  if (now === 0) now = Date.now();
  return now;
};

/** Milliseconds since the epoch, renewed every second; null while the server's markup is being taken over. */
export const useNow = (): number | null => useSyncExternalStore<number | null>(subscribe, snapshot, () => null);
