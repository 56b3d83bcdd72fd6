import { counted, laterOf } from '@/lib/findings/format';
import type { Found, SessionFact } from '@/lib/findings/model';
import type { Locate } from '@/lib/findings/picture-model';
import { isTelling } from '@/lib/findings/telling-model';
import { apart, areOtherClients, type Where, whereOf, whereText } from '@/lib/findings/where-model';

const READS = /^(get|list|read|describe|head|search|query|select|view|fetch|lookup|scan|export|download|head)/i;
const CHANGES =
  /^(create|update|delete|put|post|write|change|modify|set|add|remove|insert|patch|rotate|attach|detach|grant|revoke|transfer|pay|deploy|start|stop|run|execute|drop|alter|send|apply|move|upload)/i;

/** What an action does, by the verb in its name: `payment.create` changes, `report:read` and `GetObject` read. */
export function classOfAction(action: string): 'read' | 'change' | 'other' {
  let kind = classes.get(action);
  if (!kind) {
    kind = classByWords(action);
    if (classes.size >= MAX_CLASSES) classes.clear();
    classes.set(action, kind);
  }
  return kind;
}

/** The same few names come again and again. */
const classes = new Map<string, 'read' | 'change' | 'other'>();
const MAX_CLASSES = 2_000;

function classByWords(action: string): 'read' | 'change' | 'other' {
  const words = action.split(/[._:/\s-]+/).reverse();
  for (const word of words) {
    if (CHANGES.test(word)) return 'change';
    if (READS.test(word)) return 'read';
  }
  return 'other';
}

interface Place {
  region: string | null;
  where: Where | null;
  agents: Set<string>;
  sessions: SessionFact[];
  reads: number;
  changes: number;
}

const overlap = (a: SessionFact, b: SessionFact): boolean => a.from <= b.until && b.from <= a.until;

/** Two regions, as their caller says them; else two networks in different countries or of different operators. */
function arePlacesApart(a: Pick<Place, 'region' | 'where'>, b: Pick<Place, 'region' | 'where'>): boolean {
  if (a.region && b.region) return a.region !== b.region;
  const how = a.where && b.where ? apart(a.where, b.where) : null;
  return how === 'country' || how === 'asn';
}

/** Of clients that are told: none of the one is any of the other. */
const areClientsApart = (a: Place, b: Place): boolean =>
  [...a.agents].every((one) => [...b.agents].every((other) => areOtherClients(one, other)));

/**
 * One credential used from two places at once, reading in one and changing in the other (requirement A11), by sessions that
 * callers declare. Judged per place and not per session: a pool whose places all read and change is one workload, however
 * many addresses it has; a place of it that has only read so far has to have read too much for that to be chance.
 */
export function detectReadChangeSplit(sessions: readonly SessionFact[], locate: Locate): Found[] {
  const byKey = new Map<string, SessionFact[]>();
  for (const session of sessions) {
    if (!session.key || session.reads + session.changes === 0) continue;
    const key = `${session.identityId} ${session.key}`;
    byKey.set(key, [...(byKey.get(key) ?? []), session]);
  }
  return [...byKey.values()].flatMap((group) => splitOf(placesOf(group, locate)) ?? []);
}

function placesOf(group: readonly SessionFact[], locate: Locate): Place[] {
  const places: Place[] = [];
  for (const session of group) {
    const { region, network, agent } = session;
    const told = { network, agent, region: null, source: 'pdp', action: '', class: 'other' as const, attributes: {} };
    const at = { region, where: whereOf(told, locate) };
    if (!at.region && !at.where) continue;
    let place = places.find((one) => !arePlacesApart(one, at));
    if (!place) {
      place = { ...at, agents: new Set(), sessions: [], reads: 0, changes: 0 };
      places.push(place);
    }
    place.sessions.push(session);
    place.reads += session.reads;
    place.changes += session.changes;
    if (agent) place.agents.add(agent);
  }
  return places;
}

function splitOf(places: readonly Place[]): Found | null {
  const changes = places.reduce((sum, place) => sum + place.changes, 0);
  const all = changes + places.reduce((sum, place) => sum + place.reads, 0);
  const readers = places.filter((place) => place.changes === 0 && isTelling(place.reads, changes, all, places.length));
  const changers = places.filter((place) => place.changes > 0);
  for (const reader of readers)
    for (const changer of changers) {
      if (!areClientsApart(reader, changer)) continue;
      const pairs = reader.sessions.flatMap((a) =>
        changer.sessions.filter((b) => overlap(a, b)).map((b) => [a, b] as const),
      );
      if (pairs.length > 0) return asserted(reader, changer, pairs);
    }
  return null;
}

const placeText = ({ region, where }: Place): string => region ?? whereText(where!);

function asserted(reader: Place, changer: Place, pairs: readonly (readonly [SessionFact, SessionFact])[]): Found {
  const [readFrom, changeFrom] = [placeText(reader), placeText(changer)];
  const one = pairs[0]![0];
  const ids = new Set(pairs.flatMap(([a, b]) => [a.id, b.id]));
  const first = pairs.map(([a, b]) => laterOf(a.from, b.from)).sort()[0]!;
  const last = pairs
    .flatMap(([a, b]) => [a.until, b.until])
    .sort()
    .at(-1)!;
  return {
    identityId: one.identityId,
    detector: 'read-change-split',
    cause: `key:${one.key}`.slice(0, 300),
    severity: 'high',
    title: 'One key in two places: reading here, changing there',
    summary: `${one.identityName}: the key ${one.key} reads from ${readFrom} and changes from ${changeFrom} at the same time.`,
    reasons: [
      `${counted(reader.reads, 'read')} and no change from ${readFrom}; ${counted(changer.changes, 'change')} from ${changeFrom}.`,
      'The sessions overlap, so the key was not handed over from one place to the other.',
      'Of one workload a place that reads so much would have changed something, too: 19 times in 20, for as many places as there are.',
    ],
    evidence: {
      sessions: [...ids].slice(0, 50),
      decisions: [],
      events: [],
      facts: {
        key: one.key!.slice(0, 300),
        reads: `${reader.reads} from ${readFrom}`,
        changes: `${changer.changes} from ${changeFrom}`,
      },
    },
    firstSeenAt: first,
    lastSeenAt: last,
  };
}
