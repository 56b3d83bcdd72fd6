import type { SessionEventInput } from '@/lib/sessions/model';

/** Members of a session that its events tell, each with when it was told and by which event. */
export interface Told {
  [member: string]: [value: unknown, atMs: number, eventId: string];
}

/** What was told last holds: trust is established anew, a token is extended. Of all else what was told first. */
const LATEST = new Set(['trustedAt', 'acr', 'expiresAt']);
const TAGS_MOST = 32;

export const NOTHING: Told = Object.freeze({});

type Teller = Pick<
  SessionEventInput,
  | 'source'
  | 'parent'
  | 'binding'
  | 'scope'
  | 'task'
  | 'run'
  | 'consent'
  | 'trustedAt'
  | 'acr'
  | 'expiresAt'
  | 'tags'
  | 'session'
>;

/** What one event tells of its session, and that it opened it. A close tells nothing: which session it closes may change. */
export function toldBy(event: Teller, atMs: number, eventId: string): Told {
  if (event.session?.phase === 'close') return NOTHING;
  const { parent, binding, consent, tags, session } = event;
  if (
    !(
      parent ||
      binding ||
      consent ||
      tags ||
      event.scope ||
      event.task ||
      event.run ||
      event.trustedAt ||
      event.acr ||
      event.expiresAt
    )
  )
    return framing(session, atMs, eventId);
  const said: Record<string, unknown> = {
    device: binding?.device,
    runtime: binding?.runtime,
    boundKey: binding?.boundKey,
    scope: event.scope,
    task: event.task,
    run: event.run,
    consent,
    trustedAt: event.trustedAt,
    acr: event.acr,
    expiresAt: event.expiresAt,
    tags: tags?.length ? [...new Set(tags)].sort() : undefined,
    lineage: parent?.how,
    parentRef: parent && refOf(parent, event.source),
    inferred: session?.observedBy === 'inferred' || undefined,
    native: session?.observedBy === 'native' || undefined,
    opened: session?.phase === 'open' || undefined,
  };
  let told: Told | null = null;
  for (const [member, value] of Object.entries(said)) {
    if (value === undefined || value === null) continue;
    told ??= {};
    told[member] = [value, atMs, eventId];
  }
  return told ?? NOTHING;
}

/** Of an event that tells nothing else: how its session was observed, and that it was opened. */
function framing(session: Teller['session'], atMs: number, eventId: string): Told {
  const opened = session?.phase === 'open';
  const by = session?.observedBy;
  if (!opened && (by === undefined || by === 'derived')) return NOTHING;
  const told: Told = {};
  if (by === 'inferred' || by === 'native') told[by] = [true, atMs, eventId];
  if (opened) told.opened = [true, atMs, eventId];
  return told;
}

/** Under which a session names its parent: `key:` or `credential:`, the source it was seen at, and the name. */
export function refOf(parent: NonNullable<SessionEventInput['parent']>, source: string): string | undefined {
  const at = parent.source ?? source;
  if (parent.key) return `key:${at}:${parent.key}`.slice(0, 2400);
  return parent.credential ? `credential:${at}:${parent.credential}` : undefined;
}

const before = (a: Told[string], b: Told[string]): boolean => a[1] < b[1] || (a[1] === b[1] && a[2] <= b[2]);

/** Of two tellings of one session. In whatever order tellings are joined, the same comes out. */
export function joinTold(a: Told, b: Told): Told {
  if (b === NOTHING) return a;
  if (a === NOTHING) return b;
  const joined: Told = { ...a };
  for (const [member, theirs] of Object.entries(b)) {
    const ours = joined[member];
    if (!ours) joined[member] = theirs;
    else if (member === 'tags') {
      const all = [...new Set([...(ours[0] as string[]), ...(theirs[0] as string[])])].sort();
      joined[member] = [
        all.slice(0, TAGS_MOST),
        Math.min(ours[1], theirs[1]),
        ours[2] < theirs[2] ? ours[2] : theirs[2],
      ];
    } else if (before(ours, theirs) === LATEST.has(member)) joined[member] = theirs;
  }
  return joined;
}

export interface ToldColumns {
  device: string | null;
  runtime: string | null;
  boundKey: string | null;
  scope: string | null;
  task: string | null;
  run: string | null;
  consent: unknown;
  trustedAt: string | null;
  acr: string | null;
  expiresAt: string | null;
  tags: string[];
  lineage: string | null;
  parentRef: string | null;
  observedBy: 'native' | 'derived' | 'inferred';
}

/** A session's own columns of what was told. */
export function columnsOf(told: Told): ToldColumns {
  const text = (member: string): string | null => (told[member]?.[0] as string | undefined) ?? null;
  return {
    device: text('device'),
    runtime: text('runtime'),
    boundKey: text('boundKey'),
    scope: text('scope'),
    task: text('task'),
    run: text('run'),
    consent: told.consent?.[0] ?? null,
    trustedAt: text('trustedAt'),
    acr: text('acr'),
    expiresAt: text('expiresAt'),
    tags: (told.tags?.[0] as string[] | undefined) ?? [],
    lineage: text('lineage'),
    parentRef: text('parentRef'),
    observedBy: told.inferred ? 'inferred' : told.native ? 'native' : 'derived',
  };
}
