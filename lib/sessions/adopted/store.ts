/** Runs one statement in the caller's transaction, whatever client that is on. */
export type Ask = <Row>(sql: string, params: unknown[]) => Promise<Row[]>;

interface Pair {
  told: string;
  listed: string;
}

const PAIRS = `
  with listed as materialized (
    select id, identity_id, group_key from sessions where id = any($1::uuid[])
    union select id, identity_id, group_key from sessions
     where source = any($2::text[]) and group_key = any($3::text[]) and connector_id = $4::uuid
  )
  select distinct on (s.id) s.id::text as told, l.id::text as listed from listed l
    join sessions s on s.source = any($2::text[]) and s.group_key = l.group_key and s.identity_id = l.identity_id
   where s.connector_id is null and s.observed_by = 'native' and s.id <> l.id
   order by s.id, l.id desc`;

const Q = 'unnest($1::uuid[], $2::uuid[]) q(told, listed)';

const ENRICH = `
  update sessions s set event_count = s.event_count + t.events, read_count = s.read_count + t.reads, change_count = s.change_count + t.changes,
    last_event_at = greatest(s.last_event_at, t.last), dark = false,
    network = coalesce(s.network, t.network), region = coalesce(s.region, t.region), agent = coalesce(s.agent, t.agent),
    key = coalesce(s.key, t.key), credential_id = coalesce(s.credential_id, t.credential_id), device = coalesce(s.device, t.device),
    runtime = coalesce(s.runtime, t.runtime), bound_key = coalesce(s.bound_key, t.bound_key), scope = coalesce(s.scope, t.scope),
    task = coalesce(s.task, t.task), run = coalesce(s.run, t.run), consent = coalesce(s.consent, t.consent), acr = coalesce(s.acr, t.acr),
    expires_at = coalesce(s.expires_at, t.expires_at), parent_id = coalesce(s.parent_id, t.parent_id),
    lineage = coalesce(s.lineage, t.lineage), parent_ref = coalesce(s.parent_ref, t.parent_ref)
  from (select q.listed, sum(o.event_count)::int as events, sum(o.read_count)::int as reads, sum(o.change_count)::int as changes,
          max(o.last_event_at) as last, max(o.network) as network, max(o.region) as region, max(o.agent) as agent, max(o.key) as key,
          (array_agg(o.credential_id) filter (where o.credential_id is not null))[1] as credential_id, max(o.device) as device,
          max(o.runtime) as runtime, max(o.bound_key) as bound_key, max(o.scope) as scope, max(o.task) as task, max(o.run) as run,
          (array_agg(o.consent) filter (where o.consent is not null))[1] as consent, max(o.acr) as acr, max(o.expires_at) as expires_at,
          (array_agg(o.parent_id) filter (where o.parent_id is not null and o.parent_id <> q.listed))[1] as parent_id,
          max(o.lineage) as lineage, max(o.parent_ref) as parent_ref
        from ${Q} join sessions o on o.id = q.told group by 1) t
  where s.id = t.listed`;

interface Pair {
  told: string;
  listed: string;
}

/**
 * Joins sessions of these sources that a log tells of to the one of the same identity that the connector lists under the same key:
 * of the listed `ids`, and of those with these `keys`. What is told moves, and the row goes; one that was ended here stays, for
 * that is where its revocation is read.
 */
export async function adoptPairs(
  ask: Ask,
  { connectorId, sources, ids, keys }: { connectorId: string; sources: string[]; ids: string[]; keys: string[] },
): Promise<Pair[]> {
  const pairs = await ask<Pair>(PAIRS, [ids, sources, keys, connectorId]);
  if (pairs.length === 0) return [];
  const both = [pairs.map((pair) => pair.told), pairs.map((pair) => pair.listed)];
  await ask('select 1 from sessions where id = any($1::uuid[]) order by id for update', [both.flat()]);
  await ask(`update session_events e set session_id = q.listed from ${Q} where e.session_id = q.told`, both);
  await ask(`update mints m set session_id = q.listed from ${Q} where m.session_id = q.told`, both);
  await ask(
    `update sessions c set parent_id = q.listed from ${Q} where c.parent_id = q.told and c.id <> q.listed`,
    both,
  );
  await ask(ENRICH, both);
  await ask(
    `delete from sessions where id = any($1::uuid[]) and not coalesce(ended_by in ('operator', 'policy', 'signal', 'system'), false)`,
    [both[0]],
  );
  await ask(
    `update identities i set session_count = greatest(0, i.session_count - q.n)
     from (select s.identity_id, count(*)::int as n from unnest($1::uuid[]) l(id) join sessions s on s.id = l.id group by 1) q
     where i.id = q.identity_id`,
    [both[1]],
  );
  return pairs;
}
