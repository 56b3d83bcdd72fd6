import type { History } from '@/lib/findings/detect-history';
import { readExpected } from '@/lib/findings/expected/store';
import { locate, locateIn } from '@/lib/findings/locate';
import type { EventFact, LifeFact, SessionSpan, Use } from '@/lib/findings/picture-model';
import {
  type EventRecord,
  type LifeRecord,
  type NameRecord,
  readActions,
  readAfter,
  readHours,
  readIdentities,
  readLives,
  readNames,
  readSessions,
  readSpans,
  readTelling,
  type SessionRecord,
  type Window,
} from '@/lib/findings/scan/events/store';
import { readExtents } from '@/lib/findings/scan/extent/store';
import { readUses, type UseRecord } from '@/lib/findings/scan/uses/store';
import { type Step, stepsOf } from '@/lib/sessions/overlap-state';
import { findZones } from '@/lib/zones/find-zones';

/** Telling events of one identity in one pass; what is left is read by the next. */
export const EVENTS_MOST = 20_000;
const EARLIER_MOST = 2_000;
const ACTIONS_MOST = 400;
const SESSIONS_MOST = 200;
const AFTER_MOST = 2_000;
const USES_MOST = 5_000;
const STEPS_MOST = 50_000;
/** Events of one identity in one pass, telling or not. */
const STRETCH_MOST = 100_000;
/** What led up to a stretch is read for a day before it, ms, and no more than so many events. */
const BEFORE_MS = 86_400_000;
const BEFORE_MOST = 20_000;
const HOUR_MS = 3_600_000;

export interface Read extends History {
  /** Where reading stopped, ms; null: at the end. */
  rest: number | null;
}

const groupOf = <T extends { identity_id: string }>(rows: readonly T[]): Map<string, T[]> => {
  const map = new Map<string, T[]>();
  for (const row of rows) {
    const list = map.get(row.identity_id);
    if (list) list.push(row);
    else map.set(row.identity_id, [row]);
  }
  return map;
};

const factOf = ({ identity_id: _, session_id, told, ...row }: EventRecord): EventFact => ({
  ...row,
  sessionId: session_id,
  class: row.class as EventFact['class'],
  outcome: row.outcome === 'failure' ? 'failure' : 'success',
  attributes: row.attributes ?? {},
  told: (told ?? {}) as EventFact['told'],
});

const spanOf = (row: SessionRecord): SessionSpan => ({
  id: row.id,
  label: row.label,
  source: row.source,
  kind: row.kind,
  observedBy: row.observed_by,
  key: row.group_key,
  credential: row.credential,
  credentialKind: row.credential_kind,
  network: row.network,
  agent: row.agent,
  from: row.s,
  until: row.e,
  ended: row.ended,
  scope: row.scope,
  task: row.task,
  consentUntil: row.consent?.until ? Date.parse(row.consent.until) || null : null,
  dark: row.dark,
  parentId: row.parent_id,
});

const useOf = ({ identity_id: _, credential_kind, event_ids, session_ids, ...row }: UseRecord): Use => ({
  ...row,
  credentialKind: credential_kind,
  eventIds: event_ids,
  sessionIds: session_ids ?? [],
});

/** What is said of this identity's own things: its names, its credentials, its sessions. */
function livesOf(rows: readonly LifeRecord[], names: readonly NameRecord[], keys: ReadonlySet<string>): LifeFact[] {
  const own = new Set(names.map((name) => `${name.of} ${name.external_id}`));
  const called = new Set(names.filter((name) => name.of === 'identity').map((name) => name.external_id));
  return rows.flatMap(({ life, ...row }) => {
    const mine = life.of === 'session' ? keys.has(life.externalId) : own.has(`${life.of} ${life.externalId}`);
    if (!mine || (life.identity && !called.has(life.identity.externalId))) return [];
    return [
      {
        of: life.of,
        what: life.what as LifeFact['what'],
        externalId: life.externalId,
        at: row.at,
        eventId: row.id,
        byIdentityId: row.identity_id,
        bySessionId: row.session_id,
      },
    ];
  });
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** Joins events that were read for different reasons, in order of time. */
const joined = (...lists: EventRecord[][]): EventFact[] =>
  [...new Map(lists.flat().map((row) => [row.id, row])).values()]
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
    .map(factOf);

/** Of a long list of steps the highest of each slice stays. */
function bounded(steps: Step[]): Step[] {
  if (steps.length <= STEPS_MOST) return steps;
  const size = Math.ceil(steps.length / STEPS_MOST);
  return Array.from({ length: Math.ceil(steps.length / size) }, (_, n) =>
    steps.slice(n * size, (n + 1) * size).reduce((best, step) => (step.count > best.count ? step : best)),
  );
}

interface Stretch extends Window {
  /** Where what led up to it begins, ms. */
  lead: number;
  /** Where it had to end before its end, ms. */
  cut: number | null;
}

async function stretchesOf(windows: readonly Window[]): Promise<Stretch[]> {
  const extents = await readExtents(windows, { most: STRETCH_MOST, leadMs: BEFORE_MS, leadMost: BEFORE_MOST });
  return windows.map((window, n) => {
    const { lead, cut } = extents[n]!;
    // Events carry microseconds: all of the last millisecond's are of this stretch.
    return { ...window, lead, cut, to: cut === null ? window.to : iso(cut).replace('Z', '999Z') };
  });
}

/** All that is read of these identities but what hangs on it: their names, events and sessions. */
async function readParts(windows: readonly Stretch[]) {
  const ids = windows.map((window) => window.identityId);
  const earlier = windows.map((window) => ({
    ...window,
    from: iso(window.lead),
    to: iso(Date.parse(window.from) - 1),
  }));
  const hourly = windows.map((window) => ({
    ...window,
    from: iso(Math.floor(Date.parse(window.from) / HOUR_MS) * HOUR_MS - HOUR_MS),
  }));
  const withEarlier = windows.map((window, n) => ({ ...window, from: earlier[n]!.from }));
  const [identities, names, telling, before, actions, spans, hours, uses] = await Promise.all([
    readIdentities(ids),
    readNames(ids).then(groupOf),
    readTelling(windows, EVENTS_MOST, 'oldest').then(groupOf),
    readTelling(earlier, EARLIER_MOST, 'newest').then(groupOf),
    readActions(windows, ACTIONS_MOST).then(groupOf),
    readSpans(windows).then(groupOf),
    readHours(hourly).then(groupOf),
    readUses(withEarlier, USES_MOST).then(groupOf),
  ]);
  const sessionIds = [...telling.values(), ...before.values(), ...actions.values()]
    .flat()
    .flatMap((row) => row.session_id ?? []);
  const sessions = groupOf(await readSessions(windows, [...new Set(sessionIds)], SESSIONS_MOST));
  return { ids, identities, names, telling, before, actions, spans, hours, uses, sessions };
}

/** Everything detectors need of these identities in these stretches of time, with what led up to them. At most 50 at a time. */
export async function readHistories(asked: readonly Window[]): Promise<Map<string, Read>> {
  const windows = await stretchesOf(asked);
  const { ids, identities, names, telling, before, actions, spans, hours, uses, sessions } = await readParts(windows);
  const until = windows.map((window) => window.to).reduce((a, b) => (a > b ? a : b), '');
  const zoneOf = await findZones();
  const expected = await readExpected(ids);
  const lives = await readLives(
    [
      ...new Set([
        ...[...names.values()].flat().map((name) => name.external_id),
        ...[...sessions.values()].flat().map((row) => row.group_key),
      ]),
    ],
    until,
  );
  const found = new Map<string, Read>();
  for (const window of windows) {
    const id = window.identityId;
    const identity = identities.find((each) => each.id === id);
    if (!identity) continue;
    const own = names.get(id) ?? [];
    const rows = sessions.get(id) ?? [];
    const mine = livesOf(lives, own, new Set(rows.map((row) => row.group_key)));
    const told = telling.get(id) ?? [];
    const cut = told.length >= EVENTS_MOST ? told.at(-1)!.at : window.cut;
    const after = mine.some((life) => life.what !== 'created' && life.what !== 'enabled' && life.what !== 'privileged')
      ? await readAfter(
          { ...window, from: iso(Math.max(mine[0]!.at, Date.parse(window.from) - BEFORE_MS)) },
          AFTER_MOST,
        )
      : [];
    const to = cut ?? Date.parse(window.to);
    const [span] = spans.get(id) ?? [];
    found.set(id, {
      identity: {
        id,
        name: identity.name,
        kind: identity.kind,
        names: own
          .filter((name) => name.of === 'identity')
          .map((name) => ({ issuer: name.issuer, type: name.type, externalId: name.external_id })),
      },
      from: Date.parse(window.from),
      to,
      sessions: new Map([...rows].map((row) => [row.id, spanOf(row)])),
      events: joined(before.get(id) ?? [], told, actions.get(id) ?? [], after).filter((event) => event.at <= to),
      lives: mine,
      uses: (uses.get(id) ?? []).map(useOf),
      hours: (hours.get(id) ?? []).sort((a, b) => a.at - b.at).map(({ identity_id: _, ...hour }) => hour),
      began: (span?.s ?? []).filter((at) => at >= Date.parse(window.from) && at <= to),
      steps: bounded(stepsOf((span?.s ?? []).map((start, n) => ({ start, end: span!.e[n] ?? null })))),
      locate: zoneOf ? locateIn(zoneOf) : locate,
      expected: expected.get(id) ?? [],
      rest: cut,
    });
  }
  return found;
}
