import type { Item } from '@/lib/decisions/request-model';
import { bound, type Known, type SessionFound, type SetRow } from '@/lib/exposures/known';
import type { Lane } from '@/lib/exposures/lane/store';
import {
  ACTIVE_SETS,
  aliasKey,
  createIdentities,
  createSessions,
  type Found,
  find,
  groupKey,
  type NewSession,
  setsVersion,
  sourceOf,
  type Taken,
  ZONES,
  type ZoneRow,
} from '@/lib/exposures/who/store';
import { derivedId } from '@/lib/platform/ids';
import { boundAfter } from '@/lib/policies/bound-evaluate';
import { compile, isCompiled } from '@/lib/policies/compile';
import type { CompiledSet, IdentitySeen, SessionSeen, Touched } from '@/lib/policies/compiled-model';
import { zonesFinder } from '@/lib/zones/zone-of-state';

/** One item with who asks and from which session. */
export interface Asking {
  item: Item;
  identityId: string;
  sessionId: string;
  /** What it was found to touch before the locks, and from what: where that still binds, so does the answer. */
  foreseen?: Foreseen;
}

export interface Foreseen {
  touched: Touched;
  sets: CompiledSet[];
  identity: IdentitySeen;
  session: SessionSeen;
}

export interface Prepared {
  asking: Asking[];
  taken: Taken[];
  /** Sessions that were looked up for this attempt: they may have ended. Any other was live when it was last read, and must be. */
  lookedUp: Set<string>;
}

const labelOf = (item: Item, region: string | null): string => {
  const session = item.braid.session;
  if (!session) return `${item.tokenName} · no session named`.slice(0, 200);
  return (session.label ?? (region ? `${region} · ${session.id}` : session.id)).slice(0, 200);
};

/** By nothing but its id. */
const bareLabel = (item: Item): string => labelOf({ ...item, braid: { session: namedOnly(item) } }, null);
const namedOnly = ({ braid: { session } }: Item) => session && { id: session.id };

/**
 * Finds, or records, the identity and the session of every item. Runs before the transaction: it locks nothing. Who is
 * known is taken as known; whether that still binds is asked behind the locks.
 */
export async function prepare(lane: Lane, items: Item[]): Promise<Prepared> {
  const { known } = lane;
  bound(known);
  const keys = items.map((item) => ({ item, alias: aliasKey(item), group: groupKey(item) }));
  const unknown = keys.filter(({ alias, group }) => !known.sessionIds.has(`${known.aliases.get(alias)} ${group}`));
  const lookedUp = unknown.length
    ? await lookUp(
        lane,
        unknown.map(({ item }) => item),
      )
    : new Set<string>();
  const taken = new Map<string, Taken>();
  const asking = keys.map(({ item, alias, group }) => {
    const identityId = known.aliases.get(alias)!;
    const { type, id } = item.asked.subject;
    if (!taken.has(alias)) taken.set(alias, { issuer: item.issuer, type, externalId: id, identityId });
    return { item, identityId, sessionId: known.sessionIds.get(`${identityId} ${group}`)! };
  });
  return { asking, taken: [...taken.values()], lookedUp };
}

/** Looks items up, creates what is missing, and answers the sessions they come from. */
async function lookUp({ client, known }: Lane, items: Item[]): Promise<Set<string>> {
  const found = await find(client, items);
  await createIdentities(client, items, found);
  const fresh = new Map<string, NewSession>();
  const ids = new Set<string>();
  for (const item of items) {
    const alias = aliasKey(item);
    const identityId = found.identities.get(alias)!;
    const session = sessionFor(item, identityId, found);
    if (!('startedMs' in session)) fresh.set(session.id, session);
    ids.add(session.id);
    known.aliases.set(alias, identityId);
    known.sessionIds.set(`${identityId} ${groupKey(item)}`, session.id);
  }
  await createSessions(client, [...fresh.values()]);
  return ids;
}

/** What is known of who asks turned out to be past: it is looked up again. */
export class Stale extends Error {}

export function forget(known: Known, asking: Iterable<Asking>): void {
  for (const { item } of asking) {
    const alias = aliasKey(item);
    known.sessionIds.delete(`${known.aliases.get(alias)} ${groupKey(item)}`);
    known.aliases.delete(alias);
  }
}

/**
 * The session an item comes from. One that only timed out starts anew under the same name; one that was ended stays
 * ended for ever, and is denied later; only the implicit one of a caller that names none begins anew when its identity was
 * given back after it, for there is no other name such a caller could come with. Its id follows from its name, so two processes make the same one.
 */
function sessionFor(item: Item, identityId: string, known: Found): SessionFound | NewSession {
  const key = groupKey(item);
  const named = item.braid.session?.id;
  const found =
    known.sessions.get(`${identityId} ${key}`) ?? (named ? known.sessions.get(`${identityId} ${named}`) : undefined);
  const over = found?.ended && found.source === 'pdp' && (found.endedBy === 'timeout' || (!named && found.outlived));
  if (found && !over) return found;
  // What has a key of its own may turn out to be another request under it: what it says stands once it is decided.
  const said = speaks(item) && !item.idempotency?.explicit ? item.braid.session : null;
  return {
    id: derivedId('session', identityId, key, found?.id ?? ''),
    identityId,
    groupKey: key,
    ...(said ? { label: labelOf(item, said.region ?? null), asked: said } : { label: bareLabel(item), asked: null }),
  };
}

/** Whether what an item says of its session stands afterwards: not where it only looks, or was answered elsewhere. */
export const speaks = (item: Item): boolean => !item.braid.dry_run && !item.spooledAt;

/** What the caller says of a declared session now, over what it said before; the same session where that is nothing new. Sessions seen by a system are not changed. */
export function withAsked(session: SessionSeen, item: Item): SessionSeen {
  const asked = item.braid.session;
  if (!asked || session.source !== 'pdp') return session;
  const label = labelOf(item, asked.region ?? session.region);
  if (!saysOther(asked, session) && label === session.label) return session;
  const said = Object.fromEntries(SAID.flatMap((field) => (asked[field] === undefined ? [] : [[field, asked[field]]])));
  return { ...session, ...said, label, bound: boundAfter(session) };
}

const SAID = [
  'region',
  'network',
  'device',
  'runtime',
  'agent',
  'key',
  'task',
  'scope',
  'posture',
  'asn',
  'kind',
  'tags',
] as const;

function saysOther(asked: NonNullable<Item['braid']['session']>, session: SessionSeen): boolean {
  for (const field of SAID) {
    const said = asked[field];
    if (said === undefined || said === (session[field] ?? null)) continue;
    if (field !== 'tags' || (said as string[]).join('\n') !== session.tags.join('\n')) return true;
  }
  return false;
}

/** The active sets, compiled, and beside them the trusted zones; their source is read only once per hash. Read again when `version` is not the known one. */
export async function activeSets({ client, known }: Lane, version?: string): Promise<CompiledSet[]> {
  if (known.sets && (version === undefined || known.sets.version === version)) return known.sets.compiled;
  const { rows } = await client.query<SetRow>(ACTIVE_SETS);
  const compiled: CompiledSet[] = [];
  for (const row of rows) {
    const source = isCompiled(row.hash) ? null : await sourceOf(client, row.hash);
    compiled.push(compile({ ...row, source }));
  }
  const zones = (await client.query<ZoneRow>(ZONES)).rows;
  const zonesOf = compiled.some(readsZones) ? zonesFinder(zones) : null;
  known.sets = { version: setsVersion(rows, zones), compiled, zonesOf };
  return compiled;
}

/** Where no expression names them, no session is asked for its zones. */
const readsZones = ({ meters, rules }: CompiledSet): boolean =>
  [
    ...meters.flatMap(({ per, on, where, member }) => [...per, on, where, member]),
    ...rules.flatMap(({ on, when, limit }) => [on, when, typeof limit?.max === 'object' ? limit.max : null]),
  ].some((one) => one && /\bzones\b/.test(one.source));
