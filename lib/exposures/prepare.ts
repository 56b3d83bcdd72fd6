import type pg from 'pg';
import type { Item } from '@/lib/decisions/request-model';
import {
  aliasKey,
  createIdentities,
  createSessions,
  find,
  groupKey,
  type Known,
  type NewSession,
  type SessionFound,
  type SetRow,
  sourceOf,
} from '@/lib/exposures/who/store';
import { derivedId } from '@/lib/platform/ids';
import { compile, isCompiled } from '@/lib/policies/compile';
import type { CompiledSet, SessionSeen } from '@/lib/policies/compiled-model';

/** One item with who asks and from which session. */
export interface Asking {
  item: Item;
  identityId: string;
  sessionId: string;
}

export interface Prepared {
  asking: Asking[];
  /** Sessions as found before the locks, by id; read again behind them. */
  sessions: Map<string, SessionSeen>;
  sets: SetRow[];
}

const labelOf = (item: Item, region: string | null): string => {
  const session = item.braid.session;
  if (!session) return `${item.tokenName} · no session named`.slice(0, 200);
  return (session.label ?? (region ? `${region} · ${session.id}` : session.id)).slice(0, 200);
};

/** Finds, or records, the identity and the session of every item. Runs before the transaction: it locks nothing. */
export async function prepare(client: pg.Client, items: Item[]): Promise<Prepared> {
  const known = await find(client, items);
  await createIdentities(client, items, known);
  const sessions = new Map<string, SessionSeen>();
  const fresh = new Map<string, NewSession>();
  const asking = items.map((item) => {
    const identityId = known.identities.get(aliasKey(item))!;
    const found = sessionFor(item, identityId, known);
    if ('startedMs' in found) sessions.set(found.id, found);
    else fresh.set(found.id, found);
    return { item, identityId, sessionId: found.id };
  });
  await createSessions(client, [...fresh.values()]);
  return { asking, sessions, sets: known.sets };
}

/**
 * The session an item comes from. One that only timed out starts anew under the same name; one that was ended stays
 * ended for ever, and is denied later. Its id follows from its name, so two processes make the same one.
 */
function sessionFor(item: Item, identityId: string, known: Known): SessionFound | NewSession {
  const key = groupKey(item);
  const named = item.braid.session?.id;
  const found =
    known.sessions.get(`${identityId} ${key}`) ?? (named ? known.sessions.get(`${identityId} ${named}`) : undefined);
  if (found && !(found.ended && found.endedBy === 'timeout' && found.source === 'pdp')) return found;
  return {
    id: derivedId('session', identityId, key, found?.id ?? ''),
    identityId,
    groupKey: key,
    label: labelOf(item, item.braid.session?.region ?? null),
    asked: item.braid.session ?? null,
  };
}

/** What the caller says of a declared session now, over what it said before. Sessions seen by a system are not changed. */
export function withAsked(session: SessionSeen, item: Item): SessionSeen {
  const asked = item.braid.session;
  if (!asked || session.source !== 'pdp') return session;
  const region = asked.region ?? session.region;
  return {
    ...session,
    region,
    network: asked.network ?? session.network,
    device: asked.device ?? session.device,
    runtime: asked.runtime ?? session.runtime,
    agent: asked.agent ?? session.agent,
    key: asked.key ?? session.key,
    tags: asked.tags ?? session.tags,
    task: asked.task ?? session.task,
    scope: asked.scope ?? session.scope,
    kind: asked.kind ?? session.kind,
    label: labelOf(item, region),
  };
}

const SAID = ['region', 'network', 'device', 'runtime', 'agent', 'key', 'task', 'scope', 'kind', 'label'] as const;
export const saysOther = (a: SessionSeen, b: SessionSeen): boolean =>
  SAID.some((field) => a[field] !== b[field]) || a.tags.join('\n') !== b.tags.join('\n');

/** Active sets, compiled; their source is read only once per hash. */
export async function compiledSets(client: pg.Client, rows: SetRow[]): Promise<CompiledSet[]> {
  const sets: CompiledSet[] = [];
  for (const row of rows) {
    const source = isCompiled(row.hash) ? null : await sourceOf(client, row.hash);
    sets.push(compile({ ...row, source }));
  }
  return sets;
}
