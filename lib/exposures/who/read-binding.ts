import type pg from 'pg';
import { type Statement, send } from '@/lib/exposures/lane/send';
import type { Taken } from '@/lib/exposures/who/store';
import { MAX_SESSIONS } from '@/lib/policies/compiled-model';

/** What binds of one identity, as versions. */
export interface BindingIdentity {
  id: string;
  version: string;
  workflows: string;
  /** As `standing` words it; empty: none lives. */
  live: string;
  /** Of one that is not as it was known: its live sessions, oldest first. */
  sessions?: Standing[];
}
export interface Standing {
  id: string;
  version: string;
}
export interface Moment {
  now: Date;
  sets: string | null;
  /** How many aliases stand for another identity by now. */
  moved: number;
  /** Of the identities that are still there. */
  identities: BindingIdentity[];
}

/** Live sessions of an identity `i`, newest first: one more than an expression may see. */
const LIVE = `select s.id, s.xmin from sessions s
  where s.identity_id = i.id and s.ended_at is null and (s.live_until is null or s.live_until > now())
  order by s.started_at desc, s.id desc limit ${MAX_SESSIONS + 1}`;

/**
 * What `live` says where these sessions, oldest first, are those that live: which they are and of which version, newest first.
 * Null where the version of one is not known. Rows written by one transaction share a version, so it alone names no session;
 * the end of an id does.
 */
export function standing(ids: readonly string[], versionOf: (id: string) => string | undefined): string | null {
  let text = '';
  for (let at = ids.length - 1; at >= 0; at--) {
    const id = ids[at]!;
    const version = versionOf(id);
    if (!version) return null;
    text += `${text && ','}${id.slice(-ID_END)}${version}`;
  }
  return text;
}
const ID_END = 12;

/**
 * What binds, asked behind the locks: the instant of the batch, the versions of the active sets and of the trusted zones, aliases that stand for
 * another identity by now, and versions of identities, of their workflows, and of their live sessions, one more than an
 * expression may see. Of identities that are as they were known, nothing is told but how many there are; of others, also their
 * live sessions by name.
 */
const BINDING: Statement = {
  name: 'binding',
  text: `select date_trunc('milliseconds', clock_timestamp()) as now,
           (select string_agg(hash || '/' || version || '/' || mode || '/' || state || '/' || exempt_rev, ',' order by name, version)
            from policy_sets where state in ('active', 'shadow')) || coalesce('#' ||
            (select string_agg(right(z.id::text, ${ID_END}) || z.xmin::text, ',' order by z.id) from zones z), '') as sets,
           (select count(*)::int from unnest($1::text[], $2::text[], $3::text[], $4::uuid[]) as q(issuer, type, external_id, identity_id)
            where q.identity_id is distinct from coalesce(
              (select a.identity_id from identity_aliases a where a.issuer = q.issuer and a.type = q.type and a.external_id = q.external_id),
              (select a.identity_id from identity_aliases a where a.issuer = q.issuer and a.type = '*' and a.external_id = q.external_id))) as moved,
           b.found, b.changed
         from (select count(*)::int as found, json_agg(json_build_object('id', i.id, 'version', i.version, 'workflows', i.workflows, 'live', i.live,
                   'all', (select string_agg(l.id::text || l.xmin::text, ',') from (${LIVE}) l)))
                 filter (where i.version <> i.known_version or i.workflows <> i.known_workflows or i.live <> i.known_live) as changed
               from (select i.id, i.xmin::text as version, q.version as known_version, q.workflows as known_workflows, q.live as known_live,
                       coalesce((select string_agg(w.id::text || m.xmin::text || '/' || w.xmin::text, ',' order by w.id)
                        from workflow_members m join workflows w on w.id = m.workflow_id where m.identity_id = i.id), '') as workflows,
                       coalesce((select string_agg(right(l.id::text, ${ID_END}) || l.xmin::text, ',')
                        from (${LIVE}) l), '') as live
                     from unnest($5::uuid[], $6::text[], $7::text[], $8::text[]) as q(id, version, workflows, live) join identities i on i.id = q.id) i) b`,
  rows: true,
};

interface BindingRow extends Omit<Moment, 'identities'> {
  found: number;
  changed: (BindingIdentity & { all: string | null })[] | null;
}

/** `expected`: the identities, as they are known; what is not known of them is empty. */
export async function readBinding(client: pg.Client, taken: Taken[], expected: BindingIdentity[]): Promise<Moment> {
  const found = await send<BindingRow>(client, BINDING, (parameters) =>
    parameters
      .array('text', taken, (one) => one.issuer)
      .array('text', taken, (one) => one.type)
      .array('text', taken, (one) => one.externalId)
      .array('uuid', taken, (one) => one.identityId)
      .array('uuid', expected, (one) => one.id)
      .array('text', expected, (one) => one.version)
      .array('text', expected, (one) => one.workflows)
      .array('text', expected, (one) => one.live),
  );
  const { found: n, changed, ...moment } = found.rows[0]!;
  if (n !== expected.length) return { ...moment, moved: Math.max(1, moment.moved), identities: [] };
  const others = changed && new Map(changed.map(({ all, ...one }) => [one.id, { ...one, sessions: oldestFirst(all) }]));
  return { ...moment, identities: others ? expected.map((one) => others.get(one.id) ?? one) : expected };
}

/** Live sessions of each identity, oldest first, with their versions. */
export async function readLive(client: pg.Client, identityIds: string[]): Promise<Map<string, Standing[]>> {
  if (!identityIds.length) return new Map();
  const found = await send<{ id: string; live: string | null }>(client, LIVE_OF, (parameters) =>
    parameters.array('uuid', identityIds, (id) => id),
  );
  return new Map(found.rows.map((row) => [row.id, oldestFirst(row.live)]));
}

const oldestFirst = (all: string | null): Standing[] =>
  (all?.split(',') ?? []).map((one) => ({ id: one.slice(0, ID_LENGTH), version: one.slice(ID_LENGTH) })).reverse();

const ID_LENGTH = 36;
const LIVE_OF: Statement = {
  name: 'live_of',
  text: `select i.id, (select string_agg(l.id::text || l.xmin::text, ',') from (${LIVE}) l) as live from unnest($1::uuid[]) as i(id)`,
  rows: true,
};
