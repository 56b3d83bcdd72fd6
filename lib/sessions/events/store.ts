import type { z } from 'zod';
import { pool } from '@/lib/db/client';
import type { Among } from '@/lib/lanes/model';
import type { allEventsQuerySchema, StoredEvent } from '@/lib/sessions/events-model';

type Query = z.output<typeof allEventsQuerySchema>;

export interface Place {
  identityId: string;
  /** ISO, microseconds. */
  at: string;
  id: string;
}

interface Read {
  id: string;
  at: Date;
  at_us: string;
  source: string;
  event_id: string;
  action: string;
  class: StoredEvent['class'];
  outcome: StoredEvent['outcome'];
  network: string | null;
  region: string | null;
  agent: string | null;
  resource: string | null;
  told: Record<string, unknown> | null;
  identity_id: string;
  name: string;
  kind: string;
  external_id: string | null;
  issuer: string | null;
  type: string | null;
  session_id: string | null;
  session_key: string | null;
  session_kind: string | null;
  session_label: string | null;
  observed_by: string | null;
  run: string | null;
  phase: 'open' | 'close' | 'seen';
  credential: string | null;
  credential_kind: string | null;
}

const eventOf = (read: Read): StoredEvent => ({
  id: read.id,
  at: read.at.toISOString(),
  source: read.source,
  eventId: read.event_id.slice(0, 512),
  identity: {
    id: read.identity_id,
    name: read.name,
    kind: read.kind,
    issuer: (read.issuer ?? read.source).slice(0, 200),
    type: (read.type ?? read.kind).slice(0, 100),
    externalId: (read.external_id ?? read.name).slice(0, 2048),
  },
  session:
    read.session_id === null
      ? null
      : {
          id: read.session_id,
          key: read.session_key!.slice(0, 2048),
          kind: read.session_kind!,
          label: read.session_label!,
          observedBy: read.observed_by!,
          run: read.run,
          phase: read.phase,
        },
  credential:
    read.credential === null ? null : { externalId: read.credential.slice(0, 512), kind: read.credential_kind! },
  action: read.action,
  class: read.class,
  outcome: read.outcome,
  network: read.network,
  region: read.region,
  agent: read.agent,
  resource: read.resource,
  told: read.told ?? {},
});

/**
 * Events in the order of identity, time and id, which is the order they are stored in; one more than asked for, when there is
 * more. `among`: none but those of these sessions, and of some of them only what came from, or did not come from, some addresses.
 */
export async function readAllEvents(
  query: Query,
  after: Place | null,
  among: Among | null,
): Promise<{ event: StoredEvent; place: Place }[]> {
  const where = ['true'];
  const values: unknown[] = [];
  const add = (text: string, ...given: unknown[]) => {
    let at = values.length;
    values.push(...given);
    where.push(text.replaceAll('?', () => `$${++at}`));
  };
  if (query.identityId) add('e.identity_id = ?', query.identityId);
  if (query.sessionId) add('e.session_id = ?', query.sessionId);
  if (query.run) add('e.session_id in (select r.id from sessions r where r.run = ?)', query.run);
  if (query.source) add('e.source = ?', query.source);
  if (query.from) add('e.at >= ?::timestamptz', query.from);
  if (query.to) add('e.at <= ?::timestamptz', query.to);
  if (among)
    add(
      `(e.session_id = any(?::uuid[]) or exists (select 1 from jsonb_to_recordset(?::jsonb) p(id uuid, networks text[], rest boolean)
         where p.id = e.session_id and (coalesce(e.network, '') = any(p.networks)) <> p.rest))`,
      among.whole,
      JSON.stringify(among.parts),
    );
  if (after)
    add('(e.identity_id, e.at, e.id) > (?::uuid, ?::timestamptz, ?::uuid)', after.identityId, after.at, after.id);
  const { rows } = await pool().query<Read>(
    `with page as (
       select e.* from session_events e where ${where.join(' and ')} order by e.identity_id, e.at, e.id limit ${query.limit + 1}
     )
     select e.id::text, e.at, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at_us, e.source, e.event_id,
       e.action, e.class, e.outcome, e.network, e.region, e.agent, e.resource, e.told, e.identity_id::text, i.name, i.kind,
       a.external_id, a.issuer, a.type, s.id::text as session_id, s.group_key as session_key, s.kind as session_kind,
       s.label as session_label, s.observed_by, s.run, c.external_id as credential, c.kind as credential_kind,
       case when e.class <> 'session' or s.id is null then 'seen' when s.first_event = e.id then 'open'
         when s.ended_by = 'itself' and s.ended_at = e.at then 'close' else 'seen' end as phase
     from page e join identities i on i.id = e.identity_id left join sessions s on s.id = e.session_id
       left join credentials c on c.id = coalesce(e.credential_id, s.credential_id)
       left join lateral (select * from identity_aliases a where a.identity_id = e.identity_id and a.type not in ('token', '*')
         order by (a.issuer like e.source || '%') desc, a.issuer, a.type, a.external_id limit 1) a on true
     order by e.identity_id, e.at, e.id`,
    values,
  );
  return rows.map((read) => ({
    event: eventOf(read),
    place: { identityId: read.identity_id, at: read.at_us, id: read.id },
  }));
}
