'use client';

import { useSyncExternalStore } from 'react';
import { clockTime, moment, utc } from '@/components/ui/dates';

const never = () => () => undefined;
const useBrowser = (): boolean =>
  useSyncExternalStore(
    never,
    () => true,
    () => false,
  );

/** A clock time in the browser's zone; in UTC while the server's markup is being taken over, so that both agree. */
export function useClockTime(): (iso: string, millis?: boolean) => string {
  const browser = useBrowser();
  return (iso, millis = false) => {
    if (browser) return clockTime(iso, millis);
    return millis ? iso.slice(11, 23) : utc(iso).slice(11, 19);
  };
}

/** The same, with the day where it is not today. */
export function useLocalTime(): (iso: string, millis?: boolean) => string {
  const browser = useBrowser();
  const clock = useClockTime();
  return (iso, millis = false) => (browser ? moment(iso, Date.now(), millis) : clock(iso, millis));
}

/** The day before a clock time, where it is another than of the instant before it: "11 Nov ", else nothing. */
export function useDay(): (iso: string, before: string | null) => string {
  const browser = useBrowser();
  return (iso, before) => {
    if (!browser) return '';
    const day = (at: number | string) => new Date(at).toDateString();
    if (day(iso) === day(before ?? Date.now())) return '';
    return `${new Date(iso).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })} `;
  };
}
