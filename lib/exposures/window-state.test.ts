import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FOREVER_MS } from '@/lib/exposures/model';
import { isZone, periodEnd, sliceEnd, windowStart } from '@/lib/exposures/window-state';

const HOUR = 3_600_000;
// Midnight that is skipped (Cairo, Santiago), that comes twice (Havana), half-hour and quarter-hour offsets, half-hour DST.
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Havana',
  'America/Santiago',
  'Africa/Cairo',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
];
const PERIODS = ['hour', 'day', 'week', 'month'] as const;
const MOST = { hour: HOUR, day: 25 * HOUR, week: (7 * 24 + 1) * HOUR, month: (31 * 24 + 1) * HOUR };
const instant = fc.integer({ min: Date.UTC(2005, 0, 1), max: Date.UTC(2035, 0, 1) });
const iso = (text: string) => new Date(text).getTime();

test('every instant is in exactly one period, and periods follow each other without a gap', () => {
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), fc.constantFrom(...PERIODS), instant, (zone, period, at) => {
      const calendar = `${period} ${zone}`;
      const end = periodEnd(calendar, at);
      expect(end).toBeGreaterThan(at);
      expect(end - at).toBeLessThanOrEqual(MOST[period]);
      expect(periodEnd(calendar, end - 1)).toBe(end);
      expect(periodEnd(calendar, Math.floor((at + end) / 2))).toBe(end);
      expect(periodEnd(calendar, end)).toBeGreaterThan(end);
    }),
    { numRuns: 600 },
  );
});

test('a period ends where the wall clock of its zone turns over', () => {
  const wall = (zone: string, at: number) =>
    new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(at);
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), fc.constantFrom('day', 'week', 'month'), instant, (zone, period, at) => {
      const end = periodEnd(`${period} ${zone}`, at);
      expect(wall(zone, end - 1).slice(0, 10) < wall(zone, end).slice(0, 10)).toBe(true);
      // Where midnight was skipped, the day begins with the first instant there is.
      expect(wall(zone, end).slice(11) <= '01:00:00').toBe(true);
      if (period === 'month') expect(wall(zone, end).slice(8, 10)).toBe('01');
      if (period === 'week') expect(new Date(`${wall(zone, end).slice(0, 10)}T12:00:00Z`).getUTCDay()).toBe(1);
    }),
    { numRuns: 300 },
  );
});

test('the days on which the clock is set have 23 and 25 hours', () => {
  const day = (from: string) => (periodEnd('day Europe/Berlin', iso(from)) - iso(from)) / HOUR;
  expect(day('2026-03-29T00:00:00+01:00')).toBe(23);
  expect(day('2026-10-25T00:00:00+02:00')).toBe(25);
  expect(day('2026-06-01T00:00:00+02:00')).toBe(24);
  expect(new Date(periodEnd('month Europe/Berlin', iso('2026-03-31T23:59:59+02:00'))).toISOString()).toBe(
    '2026-03-31T22:00:00.000Z',
  );
  // The hour that comes twice is two hours.
  expect(periodEnd('hour Europe/Berlin', iso('2026-10-25T02:30:00+02:00'))).toBe(iso('2026-10-25T03:00:00+02:00'));
  expect(periodEnd('hour Europe/Berlin', iso('2026-10-25T02:30:00+01:00'))).toBe(iso('2026-10-25T03:00:00+01:00'));
  expect(periodEnd('hour Asia/Kolkata', iso('2026-01-01T10:29:00+05:30'))).toBe(iso('2026-01-01T11:00:00+05:30'));
});

test('a clock that is set back over midnight shows the old day again, and that is still the new one', () => {
  // St. John's set its clock back from 00:01 to 23:01 of the day before.
  const day = 'day America/St_Johns';
  const end = iso('2010-11-08T00:00:00-03:30');
  expect(periodEnd(day, iso('2010-11-07T00:00:30-02:30'))).toBe(end);
  expect(periodEnd(day, iso('2010-11-06T23:15:00-03:30'))).toBe(end);
  expect(periodEnd(day, iso('2010-11-06T23:59:59-02:30'))).toBe(iso('2010-11-07T00:00:00-02:30'));
  expect(periodEnd(day, iso('2010-11-06T23:15:00-02:30'))).toBe(iso('2010-11-07T00:00:00-02:30'));
});

test('a period ends on the second, asked at whatever fraction of one, before 1970 too', () => {
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), fc.constantFrom(...PERIODS), instant, (zone, period, at) => {
      expect(periodEnd(`${period} ${zone}`, at) % 1000).toBe(0);
    }),
  );
  expect(periodEnd('hour UTC', 1_234_567)).toBe(HOUR);
  expect(periodEnd('hour Asia/Kolkata', -1_234_567)).toBe(1_800_000);
  expect(periodEnd('hour UTC', -HOUR - 1)).toBe(-HOUR);
  expect(periodEnd('day UTC', -1)).toBe(0);
});

test('a window starts where the period of the calendar does, on the days on which the clock is set too', () => {
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), fc.constantFrom(...PERIODS), instant, (zone, period, at) => {
      const calendar = `${period} ${zone}`;
      const start = windowStart(0, calendar, at)!;
      expect(start).toBeLessThanOrEqual(at);
      expect(periodEnd(calendar, start)).toBe(periodEnd(calendar, at));
      expect(periodEnd(calendar, start - 1)).toBe(start);
    }),
    { numRuns: 600 },
  );
  const start = (calendar: string, at: string) => windowStart(0, calendar, iso(at));
  const berlin = 'day Europe/Berlin';
  expect(start(berlin, '2026-03-29T23:59:59+02:00')).toBe(iso('2026-03-29T00:00:00+01:00'));
  expect(start(berlin, '2026-10-25T23:59:59+01:00')).toBe(iso('2026-10-25T00:00:00+02:00'));
  expect(start(berlin, '2026-10-25T00:00:00+02:00')).toBe(iso('2026-10-25T00:00:00+02:00'));
  expect(start('month Asia/Kolkata', '2026-03-01T01:00:00+05:30')).toBe(iso('2026-03-01T00:00:00+05:30'));
  expect(start('week UTC', '2026-11-22T12:00:00Z')).toBe(iso('2026-11-16T00:00:00Z'));
  expect(start('hour Europe/Berlin', '2026-03-29T03:10:00+02:00')).toBe(iso('2026-03-29T03:00:00+02:00'));
});

test('a sliding window starts a slice early; what never leaves by time has no start', () => {
  expect(windowStart(60, null, 100_000)).toBe(39_000);
  expect(windowStart(null, null, 100_000)).toBeNull();
  expect(windowStart(null, 'live', 100_000)).toBeNull();
});

test('a slice ends with its part of the window, its period, or never', () => {
  expect(sliceEnd(5, null)).toBe(FOREVER_MS);
  expect(sliceEnd(5, null, 'live')).toBe(FOREVER_MS);
  expect(sliceEnd(0, 3600)).toBe(60_000);
  expect([sliceEnd(59_999, 3600), sliceEnd(60_000, 3600)]).toEqual([60_000, 120_000]);
  expect(sliceEnd(0, 1)).toBe(17);
  expect(sliceEnd(0, 0, 'day UTC')).toBe(24 * HOUR);
  expect([isZone('Europe/Berlin'), isZone('Mars/Olympus')]).toEqual([true, false]);
});
