import type { Detector, Found } from '@/lib/findings/model';
import type { Envelope, EventFact, Hour, Picture } from '@/lib/findings/picture-model';
import { sensitiveKind } from '@/lib/findings/sensitive-model';
import { networkOf, operatorName, whereOf } from '@/lib/findings/where-model';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const DAYS_MOST = 60;
const PEAKS_MOST = 30;
/** Names kept of each trait; beyond it the rarest go. */
export const NAMES_MOST = 40;
/** Something is usual once it was seen on so many days, and so often. */
const LEAST_DAYS = 3;
const LEAST_EVENTS = 50;

export const newEnvelope = (): Envelope => ({
  days: [],
  events: 0,
  sessions: 0,
  peaks: [],
  networks: {},
  countries: {},
  operators: {},
  agents: {},
  actions: {},
  kinds: [],
  hours: Array.from({ length: 24 }, () => 0),
  mostReads: 0,
  mostExports: 0,
  mostEvents: 0,
  busiestMinute: 0,
  until: 0,
  hoursUntil: 0,
});

/** Whether enough is known for anything to be strange. */
export const isLearned = (envelope: Envelope | null): envelope is Envelope =>
  envelope !== null && envelope.days.length >= LEAST_DAYS && envelope.events + envelope.sessions >= LEAST_EVENTS;

/** The most common names stay, the rarest go; names beyond the bound that come once do not push out what is usual. */
function count(into: Record<string, number>, name: string | null): void {
  if (!name) return;
  const key = name.slice(0, 120);
  into[key] = (into[key] ?? 0) + 1;
}

function bounded(names: Record<string, number>): Record<string, number> {
  const entries = Object.entries(names);
  if (entries.length <= NAMES_MOST) return names;
  return Object.fromEntries(entries.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, NAMES_MOST));
}

/**
 * What is usual after one more stretch of time. Learned are only events newer than all learned before, and nothing that a
 * finding of the stretch stands on, be it an event, a session, an hour's record or a number of sessions at once: an attack
 * does not become usual by being found. Pure; the result is bounded.
 */
export function learn(before: Envelope | null, picture: Picture, found: readonly Found[]): Envelope {
  const past = before ?? newEnvelope();
  const evidence = new Set(found.flatMap((one) => one.evidence.events));
  const fresh = picture.events.filter(
    (event) => event.at >= picture.from && event.at > past.until && !evidence.has(event.id),
  );
  const next: Envelope = structuredClone(past);
  next.kinds ??= kindsOf(past);
  const days = new Set(past.days);
  const displaced = new Set(found.flatMap((one) => (APART.has(one.detector) ? one.evidence.sessions : [])));
  for (const event of fresh) {
    days.add(Math.floor(event.at / DAY_MS));
    learnEvent(next, event, event.sessionId !== null && displaced.has(event.sessionId) ? null : picture);
  }
  const began = picture.began.filter((at) => at > past.until && at >= picture.from && at <= picture.to);
  for (const at of began) days.add(Math.floor(at / DAY_MS));
  next.sessions += began.length;
  learnSilent(next, picture, past.until, found);
  learnHours(next, picture, past, found);
  next.peaks = peaksOf(past, picture, found);
  next.days = [...days].sort((a, b) => a - b).slice(-DAYS_MOST);
  next.networks = bounded(next.networks);
  next.countries = bounded(next.countries);
  next.operators = bounded(next.operators ?? {});
  next.agents = bounded(next.agents);
  next.actions = bounded(next.actions);
  next.until = [past.until, fresh.at(-1)?.at ?? 0, ...began].reduce((most, at) => Math.max(most, at), 0);
  return next;
}

/** What finds a session in two places: neither becomes usual by the rest of what that session did there. */
const APART: ReadonlySet<Detector> = new Set<Detector>(['replay', 'instance-credentials', 'travel', 'unusual-place']);
const VOLUME: ReadonlySet<Detector> = new Set<Detector>(['extraction', 'acceleration']);
const hourOf = (at: number): number => Math.floor(at / HOUR_MS);

/** Once it is known what is usual, the hours that findings stand on set no record. */
function learnHours(next: Envelope, picture: Picture, past: Envelope, found: readonly Found[]): void {
  const ids = new Set(found.flatMap((one) => one.evidence.events));
  const told = new Set(
    isLearned(past)
      ? [
          ...picture.events.filter(({ id }) => ids.has(id)).map(({ at }) => hourOf(at)),
          ...found.filter((one) => VOLUME.has(one.detector)).map((one) => hourOf(Date.parse(one.firstSeenAt))),
        ]
      : [],
  );
  for (const hour of picture.hours) {
    const end = hour.at + HOUR_MS;
    if (hour.at < past.hoursUntil || end > picture.to + 1) continue;
    next.events += hour.events;
    next.hours[new Date(hour.at).getUTCHours()]! += hour.events;
    next.hoursUntil = Math.max(next.hoursUntil, end);
    if (told.has(hourOf(hour.at))) continue;
    next.mostReads = Math.max(next.mostReads, hour.reads);
    next.mostExports = Math.max(next.mostExports, hour.exports);
    if (hour.bytes > 0) next.bytes = taken(next.bytes, hour);
    next.mostEvents = Math.max(next.mostEvents, hour.events);
    next.busiestMinute = Math.max(next.busiestMinute, hour.busiest);
  }
}

/** The most bytes in an hour, and on how many days there were any: a source that begins to tell is not yet known. */
function taken(before: Envelope['bytes'], { at, bytes }: Hour): Envelope['bytes'] {
  const day = Math.floor(at / DAY_MS);
  const { most, days, lastDay } = before ?? { most: 0, days: 0, lastDay: -1 };
  return { most: Math.max(most, bytes), days: days + (day > lastDay ? 1 : 0), lastDay: Math.max(lastDay, day) };
}

/** Most bytes in an hour that are usual; null: too little is known. */
export const usualBytes = ({ bytes }: Envelope): number | null =>
  bytes && bytes.days >= LEAST_DAYS ? bytes.most : null;

/** What was learned before kinds were kept, where all names are there to tell. */
const kindsOf = ({ actions }: Envelope): string[] | undefined => {
  const names = Object.keys(actions);
  return names.length < NAMES_MOST ? [...new Set(names.flatMap((name) => sensitiveKind(name) ?? []))] : undefined;
};

/** More at once than ever was found: whose sessions these are is not known. */
const isCrowded = (found: readonly Found[]): boolean => found.some((one) => one.detector === 'unusual-concurrency');

/** Sessions that only open and close tell by themselves where they come from. */
function learnSilent(next: Envelope, picture: Picture, after: number, found: readonly Found[]): void {
  if (isCrowded(found)) return;
  const told = new Set(found.flatMap((one) => one.evidence.sessions));
  const heard = new Set(picture.events.map((event) => event.sessionId));
  for (const session of picture.sessions.values()) {
    if (
      heard.has(session.id) ||
      told.has(session.id) ||
      session.from <= after ||
      session.from < picture.from ||
      session.from > picture.to
    )
      continue;
    if (session.network) count(next.networks, networkOf(session.network));
    count(next.agents, session.agent);
  }
}

/** `picture`: null: where it came from is not learned. */
function learnEvent(next: Envelope, event: EventFact, picture: Picture | null): void {
  const where = picture && whereOf(event, picture.locate);
  if (where) {
    count(next.networks, networkOf(where.address));
    count(next.countries, where.country);
    next.operators ??= {};
    count(next.operators, operatorName(where.asn));
  }
  count(next.agents, event.agent);
  if (event.class === 'session') return;
  count(next.actions, event.action);
  const kind = sensitiveKind(event.action);
  if (kind && next.kinds && !next.kinds.includes(kind)) next.kinds.push(kind);
}

/** Most at once on each day the picture covers; of a crowd only what would not have been strange. */
function peaksOf(past: Envelope, picture: Picture, found: readonly Found[]): [number, number][] {
  const peaks = new Map(past.peaks);
  const usual = isCrowded(found) ? usualPeak(past) : null;
  const strange = usual === null ? Number.POSITIVE_INFINITY : strangeFrom(usual);
  for (const { at, count: open } of picture.steps) {
    if (at < picture.from || at > picture.to || open >= strange) continue;
    const day = Math.floor(at / DAY_MS);
    peaks.set(day, Math.max(peaks.get(day) ?? 0, open));
  }
  return [...peaks].sort((a, b) => a[0] - b[0]).slice(-PEAKS_MOST);
}

/** The most sessions at once that are usual: the highest of the days it lived. null: too little is known. */
export function usualPeak(envelope: Envelope | null): number | null {
  if (!isLearned(envelope) || envelope.peaks.length < LEAST_DAYS) return null;
  return Math.max(...envelope.peaks.map(([, open]) => open));
}

/**
 * How many more than ever are strange: twice the square root of what is usual, as independent sessions vary by its root,
 * and at least two. 1 → 3, 4 → 8, 56 → 71.
 */
export const strangeFrom = (usual: number): number => usual + Math.max(2, Math.ceil(2 * Math.sqrt(usual)));

/** Of an hour of the day: how often it does something then, as a share of the busiest, 0 to 1. */
export const hourShares = (envelope: Envelope): number[] => {
  const most = Math.max(1, ...envelope.hours);
  return envelope.hours.map((events) => events / most);
};
