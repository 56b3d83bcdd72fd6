/**
 * Zone names as they stand in server logs, in minutes east of UTC. `Date` can't parse them. An abbreviation that means
 * several zones (IST, CST, BST) has the reading PostgreSQL's own default set gives it.
 */
const MINUTES: Record<string, number> = {
  UTC: 0,
  GMT: 0,
  Z: 0,
  WET: 0,
  WEST: 60,
  CET: 60,
  CEST: 120,
  MET: 60,
  MEST: 120,
  EET: 120,
  EEST: 180,
  BST: 60,
  MSK: 180,
  MSD: 240,
  TRT: 180,
  IST: 120,
  IDT: 180,
  EAT: 180,
  CAT: 120,
  SAST: 120,
  WAT: 60,
  PKT: 300,
  ICT: 420,
  HKT: 480,
  SGT: 480,
  PHT: 480,
  AWST: 480,
  JST: 540,
  KST: 540,
  ACST: 570,
  AEST: 600,
  ACDT: 630,
  AEDT: 660,
  NZST: 720,
  NZDT: 780,
  NST: -210,
  NDT: -150,
  AST: -240,
  ADT: -180,
  EST: -300,
  EDT: -240,
  CST: -360,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
  AKST: -540,
  AKDT: -480,
  HST: -600,
  BRT: -180,
  ART: -180,
  CLT: -240,
  CLST: -180,
};

/** Minutes east of UTC of a zone name or a numeric offset (+01, -03:30, +0530). null: unknown. */
export function zoneMinutes(zone: string): number | null {
  const known = MINUTES[zone.toUpperCase()];
  if (known !== undefined) return known;
  const match = /^([+-])(\d{2})(?::?(\d{2}))?$/.exec(zone);
  if (!match) return null;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return minutes > 14 * 60 ? null : match[1] === '-' ? -minutes : minutes;
}

/** A log's local date, time and zone as milliseconds since the epoch. NaN when a part is not a date or the zone is unknown. */
export function zonedMs(date: string, time: string, zone: string): number {
  const minutes = zoneMinutes(zone);
  return minutes === null ? Number.NaN : Date.parse(`${date}T${time}Z`) - minutes * 60_000;
}

const SECOND_MOST = 1e11;
const MILLI_MOST = 1e14;
const MICRO_MOST = 1e17;

/** A number of seconds, milli-, micro- or nanoseconds since the epoch, told apart by its size (right from 1973 to 5138). */
function epochMs(value: number): number | null {
  if (!Number.isFinite(value) || value <= 0) return null;
  if (value < SECOND_MOST) return Math.round(value * 1000);
  if (value < MILLI_MOST) return Math.trunc(value);
  if (value < MICRO_MOST) return Math.trunc(value / 1e3);
  const ms = Math.trunc(value / 1e6);
  return ms < MILLI_MOST ? ms : null;
}

const WRITTEN =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s?(Z|[A-Za-z]{1,5}|[+-]\d{2}(?::?\d{2})?)?$/;

/**
 * An instant as logs write it, in milliseconds since the epoch: epoch numbers (s, ms, µs, ns; as texts too), or a date and
 * time with offset, zone name or none (which is `zone`, UTC unless the source says otherwise). Finer than a millisecond is
 * cut off. null: it can't be read, or is no day of the calendar, or its zone is unknown.
 */
export function readTime(value: unknown, zone = 'UTC'): number | null {
  if (typeof value === 'number') return epochMs(value);
  if (typeof value !== 'string' || value.length > 64) return null;
  const text = value.trim();
  if (/^\d{9,19}(?:\.\d{1,9})?$/.test(text)) return epochMs(Number(text));
  const match = WRITTEN.exec(text);
  if (!match) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const minutes = zoneMinutes(match[8] ?? zone);
  if (minutes === null || hour > 23 || minute > 59 || second > 60 || month < 1 || month > 12 || day < 1) return null;
  const midnight = new Date(Date.UTC(year, month - 1, day));
  if (midnight.getUTCDate() !== day) return null;
  const millis = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3) || 0);
  return midnight.getTime() + ((hour * 60 + minute - minutes) * 60 + second) * 1000 + millis;
}

/** `readTime` as ISO 8601 in UTC, as session events carry it. */
export function readInstant(value: unknown, zone?: string): string | null {
  const ms = readTime(value, zone);
  return ms === null ? null : new Date(ms).toISOString();
}
