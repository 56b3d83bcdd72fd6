// Builds what detectors read, for their fixtures: events in a few words, sessions made of them.
import { newEnvelope } from '@/lib/findings/learn-state';
import type { Envelope, EventFact, LifeFact, Picture, Place, SessionSpan, Use } from '@/lib/findings/picture-model';

const DAY_MS = 86_400_000;
export const START = Date.UTC(2026, 4, 4, 10, 0, 0);

export interface Said extends Partial<Omit<EventFact, 'at' | 'id' | 'sessionId'>> {
  /** Minutes after START. */
  at: number;
  session?: string;
}

export interface Given {
  kind?: string;
  name?: string;
  names?: Picture['identity']['names'];
  events?: Said[];
  sessions?: Record<string, Partial<SessionSpan>>;
  lives?: (Partial<LifeFact> & Pick<LifeFact, 'of' | 'what' | 'externalId'> & { at: number; by?: number })[];
  envelope?: Partial<Envelope> | null;
  hours?: Partial<Picture['hours'][number]>[];
  steps?: [number, number][];
  /** Minutes after START. */
  from?: number;
  places?: Record<string, Partial<Place>>;
}

const ms = (minute: number): number => START + Math.round(minute * 60_000);

export const learned = (over: Partial<Envelope> = {}): Envelope => ({
  ...newEnvelope(),
  days: [1, 2, 3, 4, 5],
  events: 1000,
  sessions: 100,
  until: START - DAY_MS,
  ...over,
});

function eventOf({ at, session, ...over }: Said, index: number): EventFact {
  return {
    source: 'test',
    action: 'thing.read',
    class: 'read',
    outcome: 'success',
    network: null,
    region: null,
    agent: null,
    resource: null,
    credential: null,
    attributes: {},
    told: {},
    ...over,
    id: `e${index}`,
    at: ms(at),
    sessionId: session ?? null,
  };
}

/** As they are read from the database: by five minutes, of credentials that several addresses used. */
function usesOf(events: readonly EventFact[], sessions: ReadonlyMap<string, SessionSpan>): Use[] {
  const uses = new Map<string, Use>();
  for (const event of events) {
    const { at, source, credential, network, agent, attributes, action } = event;
    if (!credential || !network || event.class === 'session') continue;
    const key = JSON.stringify([credential, network, agent, attributes, Math.floor(at / 300_000)]);
    const before = uses.get(key);
    const did = event.outcome === 'success' ? event.class : 'other';
    uses.set(key, {
      source,
      credential,
      credentialKind: sessions.get(event.sessionId ?? '')?.credentialKind ?? 'token',
      network,
      agent,
      attributes,
      action,
      events: (before?.events ?? 0) + 1,
      reads: (before?.reads ?? 0) + (did === 'read' || did === 'export' ? 1 : 0),
      changes: (before?.changes ?? 0) + (did === 'change' ? 1 : 0),
      first: before?.first ?? at,
      last: at,
      eventIds: [before?.eventIds[0] ?? event.id, event.id],
      sessionIds: [...new Set([...(before?.sessionIds ?? []), ...(event.sessionId ? [event.sessionId] : [])])],
    });
  }
  const all = [...uses.values()];
  return all.filter((use) => all.some((other) => other.credential === use.credential && other.network !== use.network));
}

export function pictureOf(given: Given): Picture {
  const events = (given.events ?? []).map(eventOf).sort((a, b) => a.at - b.at);
  const sessions = new Map<string, SessionSpan>();
  const ids = new Set([...events.flatMap((event) => event.sessionId ?? []), ...Object.keys(given.sessions ?? {})]);
  for (const id of ids) {
    const own = events.filter((event) => event.sessionId === id);
    sessions.set(id, {
      id,
      label: id,
      source: 'test',
      kind: 'api',
      observedBy: 'native',
      key: `key-${id}`,
      credential: own[0]?.credential ?? null,
      credentialKind: 'token',
      network: own[0]?.network ?? null,
      agent: own[0]?.agent ?? null,
      from: own[0]?.at ?? START,
      until: own.at(-1)?.at ?? START,
      ended: false,
      scope: null,
      task: null,
      consentUntil: null,
      dark: false,
      parentId: null,
      ...given.sessions?.[id],
    });
  }
  return {
    identity: { id: 'i1', name: given.name ?? 'svc', kind: given.kind ?? 'service_account', names: given.names ?? [] },
    from: ms(given.from ?? -60),
    to: Math.max(ms(0), ...events.map((event) => event.at), ...(given.steps ?? []).map(([at]) => ms(at))),
    sessions,
    events,
    began: [...sessions.values()].map((session) => session.from),
    lives: (given.lives ?? []).map(({ by, ...life }) => ({
      byIdentityId: 'admin',
      bySessionId: null,
      eventId: by === undefined ? 'elsewhere' : `e${by}`,
      ...life,
      at: ms(life.at),
    })),
    uses: usesOf(events, sessions),
    hours: (given.hours ?? []).map((hour) => ({
      at: START,
      events: 0,
      reads: 0,
      changes: 0,
      exports: 0,
      bytes: 0,
      busiest: 0,
      ...hour,
    })),
    steps: (given.steps ?? []).map(([at, count]) => ({ at: ms(at), count })),
    envelope: given.envelope ? learned(given.envelope) : null,
    locate: (address) => {
      const place = given.places?.[address];
      return place ? { country: null, asn: null, org: null, ...place } : null;
    },
  };
}
