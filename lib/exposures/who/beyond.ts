import type pg from 'pg';
import { SESSION, sessionsOf } from '@/lib/exposures/who/store';
import { MAX_WORKFLOW_SESSIONS, type SessionSeen } from '@/lib/policies/compiled-model';
import type { SharedPool } from '@/lib/policies/live-evaluate';

// Sessions that count beyond those of the identity that asks: of its workflows, and of whoever shares something with it.

/** Queries sent behind the locks, so each sees what was committed before them. They answer versions; rows follow when one is not the known one. */
export const bindingQueries = {
  workflowSessions: (identityIds: string[]) => ({
    name: 'read_workflow_sessions',
    text: `select w.workflow_id, l.* from (select distinct workflow_id from workflow_members where identity_id = any($1::uuid[])) w,
           lateral (select ${SESSION} from workflow_members m join sessions s on s.identity_id = m.identity_id
             where m.workflow_id = w.workflow_id and s.ended_at is null and (s.live_until is null or s.live_until > now())
             order by s.started_at, s.id limit ${MAX_WORKFLOW_SESSIONS}) l
           order by w.workflow_id, l.started_at, l.id`,
    values: [identityIds],
  }),
  /** Whose credential, device or owner it is: each told by an index over what lives. */
  sharedSessions: (pools: readonly SharedPool[]) => ({
    name: 'read_shared_sessions',
    text: `select p.id as workflow_id, l.* from unnest($1::text[], $2::text[], $3::text[]) as p(id, kind, value), lateral (
             select * from (
               select ${SESSION} from sessions s where p.kind = 'credential' and left(s.key, 80) = left(p.value, 80) and s.key = p.value
                 and s.key is not null and s.ended_at is null and (s.live_until is null or s.live_until > now())
               union all
               select ${SESSION} from sessions s where p.kind = 'device' and s.device = p.value
                 and s.device is not null and s.ended_at is null and (s.live_until is null or s.live_until > now())
               union all
               select ${SESSION} from identities i join sessions s on s.identity_id = i.id where p.kind = 'owner' and i.owner = p.value
                 and i.owner is not null and s.ended_at is null and (s.live_until is null or s.live_until > now())) u
             order by u.started_at, u.id limit ${MAX_WORKFLOW_SESSIONS}) l
           order by p.id, l.started_at, l.id`,
    values: [pools.map((one) => one.id), pools.map((one) => one.kind), pools.map((one) => one.value)],
  }),
};

/** Adds what a query of `bindingQueries` found to the sessions by workflow, or by pool. */
export function addSessions(result: pg.QueryResult, into: Map<string, SessionSeen[]>): void {
  const found = sessionsOf(result);
  (result.rows as { workflow_id: string }[]).forEach(({ workflow_id: id }, index) => {
    const all = into.get(id) ?? [];
    all.push(found[index]!);
    into.set(id, all);
  });
}
