import { pool } from '@/lib/db/client';

// Under which keys a meter has counted, and whose they are. Read only.

export interface KeyRow {
  id: string;
  name: string;
  session: number;
  credential: number;
  network: number;
  region: number;
  device: number;
  resource: number;
}

const MOVED = `select e.key, l.session_id, l.decision_id, case when $6::text is null
    then date_bin(make_interval(secs => greatest($5::float, 1)), l.at, 'epoch'::timestamptz) else date_trunc($6::text, l.at, $7::text) end as bin
  from exposures e join ledger_entries l on l.exposure_id = e.id
  where e.policy_set = $1 and e.meter = $2 and l.at >= $3 and l.at <= $4 and l.day >= $3::timestamptz::date - 1
    and l.kind in ('settle', 'reserve') and l.decision_id is not null order by l.at desc limit 50000`;

/** Sessions are counted, not moved: whose requests were allowed is who was there. */
const SEEN = `select null::text as key, d.session_id, d.id as decision_id, case when $6::text is null
    then date_bin(make_interval(secs => greatest($5::float, 1)), d.at, 'epoch'::timestamptz) else date_trunc($6::text, d.at, $7::text) end as bin
  from decisions d where $1::text is not null and $2::text is not null and d.day >= $3::timestamptz::date - 1 and d.at >= $3 and d.at <= $4
    and d.verdict = 'allow' and d.session_id is not null and not d.dry_run order by d.id desc limit 50000`;

interface Moved {
  set: string;
  meter: string;
  from: string;
  to: string;
  /** Keys are counted together within so many seconds. */
  binSecs: number;
  /** Or within a period of a calendar: `day Europe/Berlin`. */
  calendar: string | null;
  /** It counts live sessions. */
  live: boolean;
}

const whatOf = ({ live }: Moved): string => (live ? SEEN : MOVED);

const moved = ({ set, meter, from, to, binSecs, calendar }: Moved): unknown[] => {
  const [period = null, zone = null] = calendar?.split(' ') ?? [];
  return [set, meter, from, to, binSecs, period, zone];
};

/** Of each identity a meter has counted: how many keys of each kind it showed within one window at most. */
export async function keysOf(asked: Moved): Promise<KeyRow[]> {
  const found = await pool().query<KeyRow>(
    `select id, name, max(session) as session, max(credential) as credential, max(network) as network, max(region) as region,
       max(device) as device, max(resource) as resource
     from (
       select i.id, i.name, m.bin, count(distinct m.session_id)::int as session, count(distinct s.key)::int as credential,
         count(distinct s.network)::int as network, count(distinct s.region)::int as region, count(distinct s.device)::int as device,
         count(distinct d.resource_id)::int as resource
       from (${whatOf(asked)}) m join decisions d on d.id = m.decision_id join sessions s on s.id = m.session_id join identities i on i.id = s.identity_id
       group by 1, 2, 3) q group by 1, 2`,
    moved(asked),
  );
  return found.rows;
}

export interface PartRow {
  name: string;
  keys: number;
  values: string[];
}

/**
 * Who was counted under the most keys within one window, by one part of what the meter counts per, and at most 50 of these;
 * null for a meter whose key is one expression.
 */
export async function keysOfPart(asked: Moved, part: number | null): Promise<PartRow | null> {
  const found = await pool().query<PartRow>(
    `with q as (
       select s.identity_id, m.bin, count(distinct m.part)::int as keys, (array_agg(distinct m.part))[1:50] as values
       from (select m.*, case when $8::int is null then m.key else m.key::jsonb ->> $8::int end as part from (${whatOf(asked)}) m) m
       join sessions s on s.id = m.session_id group by 1, 2)
     select i.name, q.keys, q.values from q join identities i on i.id = q.identity_id order by q.keys desc, q.bin desc limit 1`,
    [...moved(asked), part],
  );
  return found.rows[0] ?? null;
}

export interface SharedRow {
  kind: 'workflow' | 'owner' | 'resource';
  name: string;
  identities: number;
}

/** How many identities a meter has counted act for one workflow, have one owner, or act on one resource; the most of each. */
export async function identitiesTogether(asked: Moved): Promise<SharedRow[]> {
  const found = await pool().query<SharedRow>(
    `with m as (select distinct s.identity_id, d.resource_id from (${whatOf(asked)}) m join decisions d on d.id = m.decision_id join sessions s on s.id = m.session_id)
     select distinct on (kind) kind, name, identities from (
       select 'workflow' as kind, w.name, count(distinct m.identity_id)::int as identities
         from m join workflow_members x on x.identity_id = m.identity_id join workflows w on w.id = x.workflow_id group by w.id, w.name
       union all select 'owner', i.owner, count(distinct m.identity_id)::int from m join identities i on i.id = m.identity_id where i.owner <> '' group by i.owner
       union all select 'resource', m.resource_id, count(distinct m.identity_id)::int from m group by m.resource_id) q
     order by kind, identities desc`,
    moved(asked),
  );
  return found.rows;
}

/** The newest allowed requests a meter has counted, or that were made at all where it counts sessions, to serve as patterns. */
export async function patternIds(asked: Moved): Promise<string[]> {
  const found = await pool().query<{ decision_id: string }>(
    `select decision_id from (${whatOf(asked)}) m limit 20`,
    moved(asked),
  );
  return [...new Set(found.rows.map((row) => row.decision_id))];
}
