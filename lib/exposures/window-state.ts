import { FOREVER_MS, SLICES } from '@/lib/exposures/model';

// When what is counted leaves again. Pure: the rules of a time zone are data, like a table of holidays.

/**
 * What an exposure counts over. `secs`: a sliding window of so many seconds, of whole slices; null: it never forgets by
 * time. `calendar`: `day Europe/Berlin` (hour | day | week | month and an IANA zone; secs is then 0) or `live`, where what
 * a session counted leaves with the session.
 */
export interface Span {
  secs: number | null;
  calendar: string | null;
}

export const PERIODS = ['hour', 'day', 'week', 'month'] as const;
export type Period = (typeof PERIODS)[number];
export const LIVE = 'live';

const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether this is a time zone, as IANA names it. */
export function isZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  return format;
}

/** The wall clock of a zone at an instant, as if it were UTC: ms. */
function wallOf(zone: string, atMs: number): number {
  const part: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(atMs)) part[type] = Number(value);
  const secs = Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!);
  return secs + (((atMs % 1000) + 1000) % 1000);
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** The first instant at which the wall clock shows `wall` or later: midnight may be skipped, or come twice. */
function instantOf(zone: string, wall: number): number {
  const offsets = [wallOf(zone, wall - DAY_MS) - (wall - DAY_MS), wallOf(zone, wall + DAY_MS) - (wall + DAY_MS)];
  const candidates = offsets.map((offset) => wall - offset).sort((a, b) => a - b);
  return candidates.find((at) => wallOf(zone, at) >= wall) ?? candidates[1]!;
}

function nextWall(period: Exclude<Period, 'hour'>, wall: number): number {
  const day = Math.floor(wall / DAY_MS) * DAY_MS;
  if (period === 'day') return day + DAY_MS;
  const date = new Date(day);
  // ISO weeks begin on Monday; getUTCDay calls Sunday 0.
  if (period === 'week') return day + (7 - ((date.getUTCDay() + 6) % 7)) * DAY_MS;
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

function endOf(period: Period, zone: string, atMs: number): number {
  const wall = wallOf(zone, atMs);
  if (period !== 'hour') {
    const end = instantOf(zone, nextWall(period, wall));
    // A clock that is set back over midnight shows the old day again: that is still the new period.
    return end > atMs ? end : instantOf(zone, nextWall(period, wall + DAY_MS));
  }
  const end = atMs + (HOUR_MS - (((wall % HOUR_MS) + HOUR_MS) % HOUR_MS));
  // An hour that the clock is set within ends there, so that every instant has one hour.
  return end;
}

interface Known {
  fromMs: number;
  endMs: number;
}
const known = new Map<string, Known>();
const MAX_KNOWN = 1_000;

/** End of the calendar period `atMs` falls into, ms. Within a period only the first question costs anything. */
export function periodEnd(calendar: string, atMs: number): number {
  const last = known.get(calendar);
  if (last && last.fromMs <= atMs && atMs < last.endMs) return last.endMs;
  const space = calendar.indexOf(' ');
  const endMs = endOf(calendar.slice(0, space) as Period, calendar.slice(space + 1), atMs);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(calendar, { fromMs: atMs, endMs });
  return endMs;
}

/** No period is longer: 31 days, and an hour where the clock is set. */
const LONGEST_MS: Record<Period, number> = {
  hour: 2 * HOUR_MS,
  day: 26 * HOUR_MS,
  week: 170 * HOUR_MS,
  month: 746 * HOUR_MS,
};

/** Start of the calendar period `atMs` falls into, ms: where the one before it ended. */
function periodStart(calendar: string, atMs: number): number {
  const space = calendar.indexOf(' ');
  const period = calendar.slice(0, space) as Period;
  const zone = calendar.slice(space + 1);
  let start = endOf(period, zone, atMs - LONGEST_MS[period]);
  for (let end = endOf(period, zone, start); end <= atMs; end = endOf(period, zone, start)) start = end;
  return start;
}

/**
 * From when on what was counted still counts at `atMs`, ms: one window and the slice that counts whole until it has left, or
 * the start of the period of the calendar. Null: nothing leaves by time.
 */
export function windowStart(
  windowSecs: number | null,
  calendar: string | null | undefined,
  atMs: number,
): number | null {
  if (calendar && calendar !== LIVE) return periodStart(calendar, atMs);
  return windowSecs === null ? null : Math.floor(atMs - (windowSecs * 1000 * (SLICES + 1)) / SLICES);
}

/** End of the slice `atMs` falls into. */
export function sliceEnd(atMs: number, secs: number | null, calendar: string | null | undefined = null): number {
  if (calendar && calendar !== LIVE) return periodEnd(calendar, atMs);
  if (secs === null) return FOREVER_MS;
  const width = (secs * 1000) / SLICES;
  return Math.ceil((Math.floor(atMs / width) + 1) * width);
}
