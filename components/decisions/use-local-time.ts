'use client';

import { useSyncExternalStore } from 'react';
import { clockTime, utc } from '@/components/ui/dates';

const never = () => () => undefined;

/** A clock time in the browser's zone; in UTC while the server's markup is being taken over, so that both agree. */
export function useLocalTime(): (iso: string, millis?: boolean) => string {
  const browser = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  return (iso, millis = false) => {
    if (browser) return clockTime(iso, millis);
    return millis ? iso.slice(11, 23) : utc(iso).slice(11, 19);
  };
}
