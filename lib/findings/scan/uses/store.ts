import { pool } from '@/lib/db/client';
import type { Window } from '@/lib/findings/scan/events/store';
import { TELL_PLACE } from '@/lib/findings/where-model';

export interface UseRecord {
  identity_id: string;
  source: string;
  credential: string;
  credential_kind: string;
  network: string;
  agent: string | null;
  attributes: Record<string, string | number | boolean | null>;
  action: string;
  events: number;
  reads: number;
  changes: number;
  first: number;
  last: number;
  event_ids: string[];
  session_ids: string[] | null;
}

/**
 * Who used which credential from where, by five minutes, of credentials that several addresses used in their window; of each
 * identity at most `most`, the newest.
 */
export async function readUses(windows: readonly Window[], most: number): Promise<UseRecord[]> {
  const { rows } = await pool().query<UseRecord>(
    `select x.*, c.external_id as credential, c.kind as credential_kind from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) w(id, f, t)
     cross join lateral (
       with several as materialized (
         select e.credential_id from session_events e where e.identity_id = w.id and e.at between w.f and w.t
           and e.credential_id is not null and e.network is not null and e.class <> 'session'
         group by 1 having min(e.network) <> max(e.network)
       ), own as (
         select e.credential_id, e.source, e.network, e.agent, e.action, e.class, e.outcome, e.at, e.id, e.session_id, e.attributes
         from several join session_events e on e.credential_id = several.credential_id
         where e.identity_id = w.id and e.at between w.f and w.t and e.network is not null and e.class <> 'session'
       )
       select w.id::text as identity_id, credential_id, source, network, agent, p.attributes, min(action) as action, count(*)::int as events,
         count(*) filter (where outcome = 'success' and class in ('read', 'export'))::int as reads,
         count(*) filter (where outcome = 'success' and class = 'change')::int as changes,
         floor(extract(epoch from min(at)) * 1000)::float8 as first, floor(extract(epoch from max(at)) * 1000)::float8 as last,
         array[(array_agg(id::text order by at, id))[1], (array_agg(id::text order by at desc, id desc))[1]] as event_ids,
         (array_agg(distinct session_id::text) filter (where session_id is not null))[1:5] as session_ids
       from own cross join lateral (
         select coalesce(jsonb_object_agg(name, value), '{}') as attributes from jsonb_each(own.attributes) a(name, value) where name = any($4)) p
       group by credential_id, source, network, agent, p.attributes, floor(extract(epoch from at) / 300)
       order by max(at) desc limit $5
     ) x join credentials c on c.id = x.credential_id`,
    [windows.map((w) => w.identityId), windows.map((w) => w.from), windows.map((w) => w.to), TELL_PLACE, most],
  );
  return rows;
}
