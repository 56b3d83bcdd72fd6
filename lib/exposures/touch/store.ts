import type { Known } from '@/lib/exposures/known';
import { type Statement, send } from '@/lib/exposures/lane/send';
import { type Lane, onLane, together } from '@/lib/exposures/lane/store';
import { DECLARED_LIVE_SECS } from '@/lib/exposures/who/store';
import type { Touched, Writes } from '@/lib/exposures/writes';
import { clock } from '@/lib/platform/clock';
import type { SessionSeen } from '@/lib/policies/compiled-model';

// Sessions are marked as seen at most every EVERY_MS each: a row that changed with every decision would be the busiest of
// all, and every change would have to be read again behind the locks. A busy session's marks are written between batches,
// for many sessions at once; one that was quiet is marked with its decision, so that it never seems to have timed out.

const EVERY_MS = 5_000;
const LOOK_MS = 250;
const QUIET_MS = 60_000;
/** Written in one transaction, at most: decisions wait behind it. */
const MAX_AT_ONCE = 200;
const MAX_REMEMBERED = 50_000;

/** What was decided since a session was last written, longest first, and when that was. Outlives a lost connection. */
const waiting = new Map<string, Touched & { sinceMs: number }>();
const writtenMs = new Map<string, number>();
let planned = false;

const sum = (a: Touched | undefined, b: Touched): Touched => ({
  ...b,
  decisions: b.decisions + (a?.decisions ?? 0),
  reads: b.reads + (a?.reads ?? 0),
  changes: b.changes + (a?.changes ?? 0),
  changed: b.changed || (a?.changed ?? false),
});

/** Of the sessions a batch decided for, those to be written with it: not written for long, or said to be something else. */
export function dueSessions({ touched, nowMs }: Writes): Touched[] {
  return [...touched.values()]
    .filter((one) => one.changed || nowMs - (writtenMs.get(one.session.id) ?? 0) >= QUIET_MS)
    .map((one) => ({ ...sum(waiting.get(one.session.id), one), atMs: nowMs }))
    .sort((a, b) => (a.session.id < b.session.id ? -1 : 1));
}

/** After the commit: what was written is no longer waited for, the rest is written a little later. */
export function afterCommit(lane: Lane, { touched, sessions, nowMs }: Writes): void {
  const done = new Set(sessions.map((one) => one.session.id));
  for (const { session } of sessions) forgetWaiting(session.id, nowMs);
  for (const one of touched.values()) {
    const { id } = one.session;
    if (!done.has(id)) wait(one, nowMs);
    const seen = lane.known.sessions.get(id)?.session;
    if (seen && seen.lastEventMs < nowMs) seen.lastEventMs = nowMs;
  }
  planFlush();
}

function wait(one: Touched, nowMs: number): void {
  const before = waiting.get(one.session.id);
  waiting.set(one.session.id, { ...sum(before, one), atMs: nowMs, sinceMs: before?.sinceMs ?? performance.now() });
}

function planFlush(): void {
  if (!waiting.size || planned) return;
  planned = true;
  setTimeout(() => {
    planned = false;
    flushSessions(performance.now() - EVERY_MS).then(planFlush, () => undefined); // the lane is lost: they are written once there is another
  }, LOOK_MS).unref();
}

function forgetWaiting(id: string, nowMs: number): void {
  waiting.delete(id);
  if (writtenMs.size > MAX_REMEMBERED) writtenMs.clear();
  writtenMs.set(id, nowMs);
}

/** Of what is waiting, what has waited since then; the longest first. */
function longest(sinceMs: number): Touched[] {
  const found: Touched[] = [];
  for (const one of waiting.values()) {
    if (found.length === MAX_AT_ONCE || one.sinceMs > sinceMs) break;
    found.push(one);
  }
  return found.sort((a, b) => (a.session.id < b.session.id ? -1 : 1));
}

/** Writes what is waiting, or of it what has waited since then (ms of the process's own clock). */
export async function flushSessions(sinceMs = Number.POSITIVE_INFINITY): Promise<void> {
  for (let more = longest(sinceMs).length > 0; more; )
    more = await onLane(async (lane) => {
      await lane.pending; // what it decided for is waiting only then
      const due = longest(sinceMs);
      await together(lane.client.pack(() => sendSessions(lane, due)));
      for (const one of due) forgetWaiting(one.session.id, clock.ms());
      return due.length === MAX_AT_ONCE;
    });
}

/** The version a row had, and the one it was given here. */
interface Moved {
  id: string;
  was: string;
  version: string;
}

const TOUCH_SESSIONS: Statement = {
  name: 'touch_sessions',
  text: `with t as (select s.id, s.xmin::text as was from sessions s where s.id = any($1::uuid[]) order by s.id for update)
         update sessions s set last_event_at = greatest(s.last_event_at, q.at), event_count = s.event_count + q.n,
           read_count = s.read_count + q.reads, change_count = s.change_count + q.changes, stale = false,
           state = case when s.source = 'pdp' then 'live' else s.state end,
           live_until = case when s.source = 'pdp' then greatest(s.live_until, q.at + make_interval(secs => ${DECLARED_LIVE_SECS})) else s.live_until end
         from t, unnest($1::uuid[], $2::int[], $3::int[], $4::int[], $5::timestamptz[]) as q(id, n, reads, changes, at)
         where s.id = t.id and q.id = s.id and s.ended_at is null returning s.id, t.was, s.xmin::text as version`,
  rows: true,
};

const TOUCH_IDENTITIES: Statement = {
  name: 'touch_identities',
  text: `with t as (select id, xmin::text as was from identities where id = any($1::uuid[]) and (last_seen_at is null or last_seen_at < now() - interval '5 seconds') order by id for update)
         update identities i set last_seen_at = now() from t where i.id = t.id returning i.id, t.was, i.xmin::text as version`,
  rows: true,
};

/**
 * Marks sessions and their identities as seen, in one sorted order; an ended session stays ended. The new version is known
 * only of a row that was the known one: another's change in between must still be read. After a rollback the row keeps its
 * old version, and is read again.
 */
export function sendSessions({ client, known }: Lane, due: Touched[]): Promise<unknown>[] {
  if (!due.length) return [];
  const identityIds = [...new Set(due.map((one) => one.session.identityId))].sort();
  const sent: Promise<unknown>[] = [
    send<Moved>(client, TOUCH_SESSIONS, (parameters) =>
      parameters
        .array('uuid', due, (one) => one.session.id)
        .array('int', due, (one) => one.decisions)
        .array('int', due, (one) => one.reads)
        .array('int', due, (one) => one.changes)
        .array('timestamptz', due, (one) => one.atMs ?? 0),
    ).then(({ rows }) => {
      for (const { id, was, version } of rows) {
        const one = known.sessions.get(id);
        if (one?.version !== was) continue;
        if (one.session.source === 'pdp') one.session.liveUntilMs = nextUntil(one.session, due, id);
        one.version = version;
        standAnew(known, one.session);
      }
    }),
    send<Moved>(client, TOUCH_IDENTITIES, (parameters) => parameters.array('uuid', identityIds, (id) => id)).then(
      ({ rows }) => {
        for (const { id, was, version } of rows) {
          const one = known.identities.get(id);
          if (one?.version === was) one.version = version;
        }
      },
    ),
  ];
  const changed = due.filter((one) => one.changed).map((one) => one.session);
  for (const { id } of changed) {
    const one = known.sessions.get(id);
    if (!one) continue;
    one.version = '';
    standAnew(known, one.session);
  }
  if (changed.length)
    sent.push(
      client.query({
        name: 'change_sessions',
        text: `update sessions s set network = q.network, region = q.region, device = q.device, runtime = q.runtime, agent = q.agent, key = q.key,
                 task = q.task, scope = q.scope, posture = q.posture, asn = q.asn, kind = q.kind, label = q.label, bound = q.bound,
                 acr = q.acr, trusted_at = greatest(s.trusted_at, q.trusted_at),
                 tags = coalesce((select array_agg(t) from json_array_elements_text(q.tags::json) t), '{}')
               from json_to_recordset($1::json) as q(id uuid, network text, region text, device text, runtime text, agent text, key text,
                 task text, scope text, posture text, asn text, kind text, label text, tags text, bound jsonb, acr text, trusted_at timestamptz) where s.id = q.id and s.source = 'pdp' and s.ended_at is null`,
        values: [JSON.stringify(changed.map(saidOf))],
      }),
    );
  return sent;
}

/** The live sessions of its identity are of other versions now. */
function standAnew(known: Known, { identityId }: SessionSeen): void {
  const identified = known.identities.get(identityId);
  if (identified) identified.live = null;
}

const saidOf = (session: SessionSeen) => ({
  ...session,
  tags: JSON.stringify(session.tags),
  bound: session.bound ?? {},
  trusted_at: session.trustedMs == null ? null : new Date(session.trustedMs).toISOString(),
});

const nextUntil = (session: SessionSeen, due: Touched[], id: string): number | null => {
  const atMs = due.find((one) => one.session.id === id)?.atMs ?? 0;
  return Math.max(session.liveUntilMs ?? 0, atMs + DECLARED_LIVE_SECS * 1000);
};
