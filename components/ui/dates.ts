import { leftText } from '@/lib/exposures/format';

// The one place that turns times into words. Times come as ISO 8601 in UTC; people read them in their browser's zone.

const pad = (n: number, width = 2): string => String(n).padStart(width, '0');

/** "12 Nov 2026, 10:42:17" in the zone of whoever runs this; the server's own zone is never shown (see `utc`). */
export const absolute = (iso: string): string => {
  const at = new Date(iso);
  return `${at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })}, ${clockTime(iso)}`;
};

/** "10:42:17", or with milliseconds "10:42:17.204". */
export const clockTime = (iso: string, millis = false): string => {
  const at = new Date(iso);
  const time = `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`;
  return millis ? `${time}.${pad(at.getMilliseconds(), 3)}` : time;
};

/** "10:42:17" today, "11 Nov, 10:42:17" on any other day of this year, else with the year too. */
export const moment = (iso: string, nowMs: number, millis = false): string => {
  const at = new Date(iso);
  const now = new Date(nowMs);
  const time = clockTime(iso, millis);
  if (at.toDateString() === now.toDateString()) return time;
  const year = at.getFullYear() === now.getFullYear() ? {} : ({ year: 'numeric' } as const);
  return `${at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', ...year })}, ${time}`;
};

/** "2026-11-12 10:42:17 UTC": the same on server and browser. */
export const utc = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;

const UNITS: [number, string][] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
];

/** "850 ms", "0.8 s" under ten seconds, "45 s", "6 min", "3 h", "12 d". */
export const duration = (ms: number): string => {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = ms / 1_000;
  const [size, unit] = UNITS.find(([unitSize]) => seconds >= unitSize)!;
  return `${Math.floor(seconds / size)} ${unit}`;
};

/** "now", "6 min ago", "in 41 min", "in 11 h 56 min"; beyond 30 days the date. */
export const relative = (iso: string, nowMs: number): string => {
  const diff = nowMs - new Date(iso).getTime();
  if (Math.abs(diff) < 2_000) return 'now';
  if (Math.abs(diff) > 30 * 86_400_000) return absolute(iso).split(',')[0]!;
  if (diff < 0) return `in ${leftText(-diff / 1_000)}`;
  return `${duration(Math.floor(diff / 1_000) * 1_000).replace('.0', '')} ago`;
};
