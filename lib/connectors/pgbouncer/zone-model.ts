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
