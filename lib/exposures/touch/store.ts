import type pg from 'pg';
import { DECLARED_LIVE_SECS } from '@/lib/exposures/who/store';
import type { SessionSeen } from '@/lib/policies/compiled-model';

/** A session a batch decided for. */
export interface Touched {
  session: SessionSeen;
  decisions: number;
  /** The caller said something else of it than before. */
  changed: boolean;
}

/** Marks sessions and their identities as seen, in one sorted order; an ended session stays ended. */
export function sendSessions(client: pg.Client, touched: Touched[], nowMs: number): Promise<unknown>[] {
  if (!touched.length) return [];
  const sorted = [...touched].sort((a, b) => (a.session.id < b.session.id ? -1 : 1));
  const sent: Promise<unknown>[] = [
    client.query({
      name: 'touch_sessions',
      text: `with t as (select s.id from sessions s where s.id = any($1::uuid[]) order by s.id for update)
             update sessions s set last_event_at = greatest(s.last_event_at, $3::timestamptz), event_count = s.event_count + q.n, stale = false,
               state = case when s.source = 'pdp' then 'live' else s.state end,
               live_until = case when s.source = 'pdp' then $3::timestamptz + make_interval(secs => ${DECLARED_LIVE_SECS}) else s.live_until end
             from t, unnest($1::uuid[], $2::int[]) as q(id, n) where s.id = t.id and q.id = s.id and s.ended_at is null`,
      values: [sorted.map((one) => one.session.id), sorted.map((one) => one.decisions), new Date(nowMs).toISOString()],
    }),
    client.query({
      name: 'touch_identities',
      text: `with t as (select id from identities where id = any($1::uuid[]) and (last_seen_at is null or last_seen_at < $2::timestamptz - interval '5 seconds') order by id for update)
             update identities i set last_seen_at = $2 from t where i.id = t.id`,
      values: [[...new Set(sorted.map((one) => one.session.identityId))], new Date(nowMs).toISOString()],
    }),
  ];
  const changed = sorted.filter((one) => one.changed).map((one) => one.session);
  if (changed.length)
    sent.push(
      client.query({
        name: 'change_sessions',
        text: `update sessions s set network = q.network, region = q.region, device = q.device, runtime = q.runtime, agent = q.agent, key = q.key,
                 task = q.task, scope = q.scope, kind = q.kind, label = q.label,
                 tags = coalesce((select array_agg(t) from json_array_elements_text(q.tags::json) t), '{}')
               from json_to_recordset($1::json) as q(id uuid, network text, region text, device text, runtime text, agent text, key text,
                 task text, scope text, kind text, label text, tags text) where s.id = q.id and s.source = 'pdp' and s.ended_at is null`,
        values: [JSON.stringify(changed.map((session) => ({ ...session, tags: JSON.stringify(session.tags) })))],
      }),
    );
  return sent;
}
