import type pg from 'pg';
import type { Item } from '@/lib/decisions/request-model';
import type { Known, SessionFound, SetRow } from '@/lib/exposures/known';
import { together } from '@/lib/exposures/lane/store';
import { derivedId } from '@/lib/platform/ids';
import type { SessionSeen } from '@/lib/policies/compiled-model';
import type { ZoneShape } from '@/lib/zones/model';

// Who is asking and from which session: found by alias and key, created when unknown.

/** A declared session lives so long after its last decision. */
export const DECLARED_LIVE_SECS = 15 * 60;

export const aliasKey = (item: Item): string =>
  JSON.stringify([item.issuer, item.asked.subject.type, item.asked.subject.id]);

/** What makes two requests come from one session; without a named one, the implicit session of token and subject. */
export const groupKey = (item: Item): string => {
  const { type, id } = item.asked.subject;
  const session = item.braid.session?.id;
  return session === undefined
    ? JSON.stringify([item.issuer, type, id, null, item.tokenId])
    : JSON.stringify([item.issuer, type, id, session]);
};

/** Columns of a session `s` as `sessionsOf` reads them. */
export const SESSION = `s.id, s.identity_id, s.label, s.source, s.observed_by, s.kind, s.state, s.group_key, s.started_at, s.last_event_at, s.last_validated_at,
  s.live_until, s.ended_at, s.ended_by, s.network, s.region, s.device, s.runtime, s.agent, s.key, s.tags, s.task, s.scope, s.posture, s.asn, s.acr, s.trusted_at, s.bound, s.risk, s.event_count, s.xmin::text as version,
  exists (select from revocations v where v.identity_id = s.identity_id and v.kind = 'terminate' and v.undone_by is null
    and s.id = any(v.session_ids)) as refused`;

interface SessionRow extends Record<string, unknown> {
  id: string;
  identity_id: string;
  group_key: string;
  started_at: Date;
  last_event_at: Date;
  last_validated_at: Date | null;
  live_until: Date | null;
  ended_at: Date | null;
  ended_by: string | null;
  refused: boolean;
  version: string;
}

function sessionOf(row: SessionRow): SessionFound {
  const text = (name: string) => (row[name] as string | null) ?? null;
  return {
    id: row.id,
    identityId: row.identity_id,
    label: row.label as string,
    source: row.source as string,
    observedBy: row.observed_by as string,
    kind: row.kind as string,
    state: row.state as string,
    groupKey: row.group_key,
    startedMs: row.started_at.getTime(),
    lastEventMs: row.last_event_at.getTime(),
    validatedMs: row.last_validated_at?.getTime() ?? null,
    ...(row.observed_by === 'native' && row.event_count === 0 ? { told: false } : {}),
    liveUntilMs: row.live_until?.getTime() ?? null,
    ended: row.ended_at !== null,
    refused: row.refused,
    endedBy: row.ended_by,
    network: text('network'),
    region: text('region'),
    device: text('device'),
    runtime: text('runtime'),
    agent: text('agent'),
    key: text('key'),
    tags: (row.tags as string[]) ?? [],
    task: text('task'),
    scope: text('scope'),
    posture: text('posture'),
    asn: text('asn'),
    acr: text('acr'),
    ...(row.risk ? { risk: row.risk as string } : {}),
    trustedMs: (row.trusted_at as Date | null)?.getTime() ?? null,
    bound: (row.bound as SessionSeen['bound']) ?? {},
  };
}

/** The active version of every set and the one in shadow beside it, with whom their rules do not bind. */
export const ACTIVE_SETS = {
  name: 'active_sets',
  text: `select p.id, p.name, p.version, p.hash, p.mode, p.state, p.exempt_rev,
           (select json_agg(json_build_object('id', e.id, 'rule', e.rule_id, 'scope', case when e.identity_id is null then 'workflow' else 'identity' end,
              'subjectId', coalesce(e.identity_id, e.workflow_id), 'untilMs', (extract(epoch from e.until) * 1000)::bigint) order by e.id)
            from policy_exemptions e where e.policy_set = p.name and e.ended_at is null and e.until > now()) as exemptions
         from policy_sets p where p.state in ('active', 'shadow') order by p.name, p.version`,
};

/** Trusted zones with what tells one version of them from another. */
export const ZONES = {
  name: 'zones',
  text: `select z.name, z.networks, z.regions, right(z.id::text, 12) || z.xmin::text as version from zones z order by z.id`,
};
export type ZoneRow = ZoneShape & { version: string };

/** What tells one state of the active sets and zones from another; `moment` asks for the same text behind the locks. */
export const setsVersion = (rows: SetRow[], zones: ZoneRow[]): string =>
  rows.map((row) => `${row.hash}/${row.version}/${row.mode}/${row.state}/${row.exempt_rev}`).join() +
  (rows.length > 0 && zones.length > 0 ? `#${zones.map((zone) => zone.version).join()}` : '');

/** A source is what its hash says, or is not there: one changed behind our back decides nothing. */
export const sourceOf = async (client: pg.Client, hash: string): Promise<string | null> =>
  (
    await client.query<{ source: string }>(
      `select source from policy_sets where hash = $1 and encode(sha256(convert_to(source, 'UTF8')), 'hex') = hash limit 1`,
      [hash],
    )
  ).rows[0]?.source ?? null;

export interface Found {
  /** Identity id by alias. */
  identities: Map<string, string>;
  /** The newest session by group key and by id. */
  sessions: Map<string, SessionFound>;
}

/** Looks all of a batch up in one round trip. */
export async function find(client: pg.Client, items: Item[]): Promise<Found> {
  const aliases = [...new Set(items.map(aliasKey))].map((key) => JSON.parse(key) as [string, string, string]);
  const keys = [...new Set(items.map(groupKey))];
  const named = items
    .flatMap((item) => item.braid.session?.id ?? [])
    .filter((id) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id));
  const [found, sessions] = await together([
    client.query<{ issuer: string; type: string; external_id: string; asked: string; identity_id: string }>({
      name: 'find_aliases',
      text: `select q.issuer, q.type as asked, a.type, q.external_id, a.identity_id
             from unnest($1::text[], $2::text[], $3::text[]) as q(issuer, type, external_id)
             join identity_aliases a on a.issuer = q.issuer and a.type in (q.type, '*') and a.external_id = q.external_id
             order by (a.type = '*') desc`,
      values: [aliases.map((a) => a[0]), aliases.map((a) => a[1]), aliases.map((a) => a[2])],
    }),
    client.query<SessionRow>({
      name: 'find_sessions',
      text: `select ${SESSION}, (i.state = 'active' and i.state_changed_at > s.ended_at) as outlived
             from sessions s join identities i on i.id = s.identity_id where (s.source = 'pdp' and s.group_key = any($1)) or s.id = any($2::uuid[]) order by s.started_at`,
      values: [keys, named],
    }),
  ]);
  const known: Found = { identities: new Map(), sessions: new Map() };
  // The exact type comes last and wins over '*'.
  for (const row of found.rows)
    known.identities.set(JSON.stringify([row.issuer, row.asked, row.external_id]), row.identity_id);
  for (const row of sessions.rows) {
    const session = { ...sessionOf(row), outlived: row.outlived === true };
    if (session.source === 'pdp') known.sessions.set(`${session.identityId} ${session.groupKey}`, session);
    known.sessions.set(`${session.identityId} ${session.id}`, session);
  }
  return known;
}

/** Records unknown subjects as unmanaged identities. The id follows from the name, so two processes make the same one. */
export async function createIdentities(client: pg.Client, items: Item[], known: Found): Promise<void> {
  const missing = [...new Set(items.map(aliasKey))].filter((key) => !known.identities.has(key)).sort();
  if (!missing.length) return;
  const names = missing.map((key) => JSON.parse(key) as [string, string, string]);
  const rows = names.map(([issuer, type, id]) => ({
    issuer,
    type,
    id,
    identityId: derivedId('identity', issuer, type, id),
  }));
  rows.sort((a, b) => (a.identityId < b.identityId ? -1 : 1));
  const column = (pick: (row: (typeof rows)[number]) => string) => rows.map(pick);
  await client.query(
    `with made as (
       insert into identities (id, name, external_id, kind, managed, sources)
       select id, left(name, 512), name, kind, false, '{pdp}' from unnest($1::uuid[], $2::text[], $3::text[]) as q(id, name, kind)
       on conflict (id) do nothing)
     insert into identity_aliases (issuer, type, external_id, identity_id, reason)
     select issuer, type, name, id, 'Named as a subject by a caller of the decision API' from unnest($1::uuid[], $2::text[], $4::text[], $5::text[]) as q(id, name, issuer, type)
     on conflict do nothing`,
    [
      column((row) => row.identityId),
      column((row) => row.id),
      column((row) => guessKind(row.type)),
      column((row) => row.issuer),
      column((row) => row.type),
    ],
  );
  const made = await find(
    client,
    items.filter((item) => missing.includes(aliasKey(item))),
  );
  for (const [key, id] of made.identities) known.identities.set(key, id);
}

const KINDS = ['service_account', 'api_key', 'workload', 'oauth_app', 'ai_agent', 'ci_pipeline', 'human'];
/** The kind is stored, never read from a request; a first guess from the caller's word stands until somebody says better. */
const guessKind = (type: string): string => {
  const word = type.toLowerCase().replace(/[\s-]+/g, '_');
  if (KINDS.includes(word)) return word;
  return word === 'agent' ? 'ai_agent' : word === 'user' ? 'human' : 'service_account';
};

export interface NewSession {
  id: string;
  identityId: string;
  groupKey: string;
  label: string;
  asked: NonNullable<Item['braid']['session']> | null;
}

/** Writes declared sessions seen for the first time. Sorted, so that two processes can't block each other. */
export async function createSessions(client: pg.Client, fresh: NewSession[]): Promise<void> {
  if (!fresh.length) return;
  const rows = [...fresh].sort((a, b) => (a.id < b.id ? -1 : 1));
  const text = (pick: (row: NewSession) => string | undefined) => rows.map((row) => pick(row) ?? null);
  await client.query(
    `with made as (
       insert into sessions (id, identity_id, source, observed_by, group_key, kind, label, state, started_at, last_event_at, live_until,
                             trusted_at, network, region, device, runtime, agent, key, tags, task, scope, posture, asn)
       select id, identity_id, 'pdp', 'declared', group_key, coalesce(kind, 'api'), label, 'live', now(), now(), now() + make_interval(secs => $16),
              now(), network, region, device, runtime, agent, key, coalesce((select array_agg(t) from json_array_elements_text(tags::json) t), '{}'), task, scope, posture, asn
       from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                   $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $17::text[])
         as q(id, identity_id, group_key, label, network, region, device, runtime, agent, key, kind, tags, task, scope, posture, asn)
       on conflict do nothing returning identity_id),
     counted as (select identity_id, count(*)::int as n from made group by identity_id)
     update identities i set session_count = session_count + c.n from counted c where i.id = c.identity_id`,
    [
      rows.map((row) => row.id),
      rows.map((row) => row.identityId),
      rows.map((row) => row.groupKey),
      rows.map((row) => row.label),
      text((row) => row.asked?.network),
      text((row) => row.asked?.region),
      text((row) => row.asked?.device),
      text((row) => row.asked?.runtime),
      text((row) => row.asked?.agent),
      text((row) => row.asked?.key),
      text((row) => row.asked?.kind),
      rows.map((row) => JSON.stringify(row.asked?.tags ?? [])),
      text((row) => row.asked?.task),
      text((row) => row.asked?.scope),
      text((row) => row.asked?.posture),
      DECLARED_LIVE_SECS,
      text((row) => row.asked?.asn),
    ],
  );
  await client.query(
    `update identities i set peak_sessions = l.n, peak_at = now() from (
       select identity_id, count(*)::int as n from sessions
       where identity_id = any($1::uuid[]) and ended_at is null and (live_until is null or live_until > now()) group by identity_id) l
     where i.id = l.identity_id and i.peak_sessions < l.n`,
    [[...new Set(rows.map((row) => row.identityId))].sort()],
  );
}

/** Which identity each alias was taken for. */
export interface Taken {
  issuer: string;
  type: string;
  externalId: string;
  identityId: string;
}

/** Reads sessions whole and knows them by their version. */
export async function readSessions(client: pg.Client, known: Known, ids: string[]): Promise<void> {
  if (!ids.length) return;
  const found = await client.query<SessionRow>({
    name: 'read_sessions',
    text: `select ${SESSION} from sessions s where s.id = any($1::uuid[])`,
    values: [ids],
  });
  for (const row of found.rows) known.sessions.set(row.id, { version: row.version, session: sessionOf(row) });
}

export const sessionsOf = (result: pg.QueryResult): SessionFound[] => (result.rows as SessionRow[]).map(sessionOf);
