import { counted, laterOf } from '@/lib/findings/format';
import type { Found, SessionFact } from '@/lib/findings/model';

/** Reads that make a place a reader; below it, it may only have looked around. */
const LEAST_READS = 2;

const isPrivate = (ip: string): boolean =>
  /^(10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|::1$|f[cd]|fe80)/i.test(
    ip,
  );

/** Where a session acts from: its region, else its network down to /16 (IPv4) or /32 (IPv6); private addresses are one place. */
export function placeOf(session: Pick<SessionFact, 'region' | 'network'>): string | null {
  if (session.region) return session.region;
  if (!session.network) return null;
  if (isPrivate(session.network)) return 'private network';
  return session.network.includes(':')
    ? `${session.network.split(':').slice(0, 2).join(':')}::/32`
    : `${session.network.split('.').slice(0, 2).join('.')}.0.0/16`;
}

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
  sessions: SessionFact[];
  reads: number;
  changes: number;
}

const overlap = (a: SessionFact, b: SessionFact): boolean => a.from <= b.until && b.from <= a.until;

/**
 * One credential used from two places at once, reading in one and changing in the other (requirements A11). Judged per
 * place and not per session: a pool whose places all read and change is one workload, however many addresses it has.
 */
export function detectReadChangeSplit(sessions: readonly SessionFact[]): Found[] {
  const byKey = new Map<string, SessionFact[]>();
  for (const session of sessions) {
    if (!session.key || session.reads + session.changes === 0) continue;
    const key = `${session.identityId} ${session.key}`;
    byKey.set(key, [...(byKey.get(key) ?? []), session]);
  }
  return [...byKey.values()].flatMap((group) => splitOf(group) ?? []);
}

function splitOf(group: readonly SessionFact[]): Found | null {
  const places = new Map<string, Place>();
  for (const session of group) {
    const name = placeOf(session);
    if (!name) continue;
    const place = places.get(name) ?? { sessions: [], reads: 0, changes: 0 };
    place.sessions.push(session);
    place.reads += session.reads;
    place.changes += session.changes;
    places.set(name, place);
  }
  const readers = [...places].filter(([, place]) => place.reads >= LEAST_READS && place.changes === 0);
  const changers = [...places].filter(([, place]) => place.changes > 0);
  for (const [readFrom, reader] of readers)
    for (const [changeFrom, changer] of changers) {
      const pair = reader.sessions.flatMap((a) =>
        changer.sessions.filter((b) => overlap(a, b)).map((b) => [a, b] as const),
      );
      if (pair.length > 0) return asserted(readFrom, reader, changeFrom, changer, pair);
    }
  return null;
}

function asserted(
  readFrom: string,
  reader: Place,
  changeFrom: string,
  changer: Place,
  pairs: readonly (readonly [SessionFact, SessionFact])[],
): Found {
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
