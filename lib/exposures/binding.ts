import type { Known, SessionFound } from '@/lib/exposures/known';
import type { Lane } from '@/lib/exposures/lane/store';
import { forget, type Prepared } from '@/lib/exposures/prepare';
import { readIdentities } from '@/lib/exposures/who/identities';
import { type BindingIdentity, readLive, standing } from '@/lib/exposures/who/read-binding';
import { readSessions } from '@/lib/exposures/who/store';
import { clock } from '@/lib/platform/clock';
import type { IdentitySeen, SessionSeen } from '@/lib/policies/compiled-model';

/** Identities and their live sessions as they bind: the versions read behind the locks are the versions known. */
export interface Binding {
  identities: Map<string, IdentitySeen>;
  /** Live sessions by identity, oldest first. */
  live: Map<string, string[]>;
}

/** Identities as they are known; what is not known of them is empty. */
export const expectedOf = (known: Known, identityIds: readonly string[]): BindingIdentity[] =>
  identityIds.map((id) => {
    const last = known.identities.get(id);
    if (!last) return { id, version: '', workflows: '', live: '' };
    last.live ??= standing(last.liveIds, (one) => known.sessions.get(one)?.version);
    return { id, version: last.version, workflows: last.workflows, live: last.live ?? '' };
  });

/** Its purpose ended since it was read, with which nothing is written. */
const isOver = ({ purposeOver, purposeUntilMs }: IdentitySeen): boolean =>
  !purposeOver && typeof purposeUntilMs === 'number' && purposeUntilMs <= clock.ms();

/**
 * What binds, read again where another version does. Null: a session taken as live is not any more, or an identity is gone,
 * so who asks has to be looked up again.
 */
export async function bindingOf(lane: Lane, rows: BindingIdentity[], prepared: Prepared): Promise<Binding | null> {
  const { client, known } = lane;
  const versionOf = (id: string) => known.sessions.get(id)?.version;
  const changed: BindingIdentity[] = [];
  const moved: BindingIdentity[] = [];
  const live = new Map<string, string[]>();
  for (const row of rows) {
    const last = known.identities.get(row.id);
    if (last?.version !== row.version || last.workflows !== row.workflows || isOver(last.identity)) changed.push(row);
    if (last && (last.live === row.live || standing(last.liveIds, versionOf) === row.live))
      live.set(row.id, last.liveIds);
    else moved.push(row);
  }
  const unread: string[] = [];
  const unnamed = moved.filter((row) => !row.sessions).map((row) => row.id);
  const read = await readLive(client, unnamed);
  for (const row of moved) {
    const sessions = row.sessions ?? read.get(row.id) ?? [];
    live.set(
      row.id,
      sessions.map(({ id }) => id),
    );
    for (const { id, version } of sessions) if (versionOf(id) !== version) unread.push(id);
  }
  unread.push(...prepared.lookedUp);
  const [fresh] = await Promise.all([
    readIdentities(
      client,
      changed.map((row) => row.id),
    ),
    readSessions(client, known, unread),
  ]);
  const identities = new Map<string, IdentitySeen>();
  for (const row of rows) {
    const identity = fresh.get(row.id) ?? known.identities.get(row.id)?.identity;
    if (!identity) return null;
    identities.set(row.id, identity);
    const liveIds = live.get(row.id)!;
    const last = known.identities.get(row.id);
    // Nothing of it is another than last time: mostly so.
    if (last?.identity === identity && last.liveIds === liveIds && last.live === row.live) continue;
    known.identities.set(row.id, {
      identity,
      version: row.version,
      workflows: row.workflows,
      live: standing(liveIds, versionOf),
      liveIds,
    });
  }
  // Who does not live now is looked up again, this time or the next.
  const past = prepared.asking.filter(({ identityId, sessionId }) => !live.get(identityId)?.includes(sessionId));
  forget(known, past);
  const found = past.every(({ sessionId }) => prepared.lookedUp.has(sessionId) && known.sessions.has(sessionId));
  return found && prepared.asking.every((one) => identities.has(one.identityId)) ? { identities, live } : null;
}

/** The sessions of a batch: live ones of every identity, and those that ask though they live no more. */
export function sessionsAt(known: Known, { live }: Binding, prepared: Prepared) {
  const sessions = new Map<string, SessionSeen>();
  const lives = new Map(live);
  for (const ids of live.values())
    for (const id of ids) {
      const one = known.sessions.get(id);
      if (one) sessions.set(id, one.session);
    }
  for (const { sessionId, identityId } of prepared.asking) {
    if (sessions.has(sessionId)) continue;
    const session: SessionFound = known.sessions.get(sessionId)!.session;
    sessions.set(sessionId, session);
    lives.set(identityId, sorted([...(lives.get(identityId) ?? []), sessionId], sessions));
  }
  return { sessions, live: lives };
}

const sorted = (ids: string[], sessions: Map<string, SessionSeen>): string[] =>
  ids.sort((a, b) => sessions.get(a)!.startedMs - sessions.get(b)!.startedMs || (a < b ? -1 : 1));
