import { prisma } from '@/lib/db/client';
import { Prisma } from '@/lib/db/generated/client';
import type { ActTotals } from '@/lib/playbooks/acts-model';

/** The incident's own sessions that are looked at: the latest. */
const SESSIONS_MOST = 5_000;
/** Parents that rest longer than this before the incident began hand on nothing that is looked for, days. */
const PARENTS_DAYS = 30;

/** Whose acts are asked for. */
export interface Whose {
  identityIds: string[];
  sessionIds: string[];
  runtimes: string[];
  devices: string[];
  runs: string[];
}

export interface ActRow {
  action: string;
  tool: string | null;
  resource: string | null;
  session_id: string | null;
  label: string | null;
  identity_id: string;
  name: string;
  heir: string | null;
  outcome: string;
  from: string;
  count: number;
  first: Date;
  last: Date;
  last_text: string;
  latest: string;
}

/** `acts`: sessions of the incident and what descends from them, and what was done in them, grouped by what was done alike. */
function actsOf(whose: Whose, from: Date, to: Date): Prisma.Sql {
  const back = new Date(from.getTime() - PARENTS_DAYS * 86_400_000);
  const day = new Date(from.getTime() - 86_400_000);
  const list = (values: string[], type: 'uuid' | 'text') => Prisma.sql`${values}::${Prisma.raw(type)}[]`;
  const identities = list(whose.identityIds, 'uuid');
  return Prisma.sql`with recursive own(id) as (
      select s.id from sessions s
       where (s.identity_id = any(${identities}) or s.id = any(${list(whose.sessionIds, 'uuid')}) or s.runtime = any(${list(whose.runtimes, 'text')})
          or s.device = any(${list(whose.devices, 'text')}) or s.run = any(${list(whose.runs, 'text')}))
         and s.last_event_at >= ${back}
       order by s.last_event_at desc limit ${SESSIONS_MOST}
    ), held(id) as (
      select id from own union select s.id from held h join sessions s on s.parent_id = h.id
    ), one as (
      select e.id, e.at, e.session_id, e.identity_id, e.action, e.told->'ai'->>'tool' as tool, e.resource, e.outcome, e.source as "from"
        from held h join session_events e on e.session_id = h.id where e.at between ${from} and ${to} and e.class <> 'session'
      union all
      select e.id, e.at, null, e.identity_id, e.action, e.told->'ai'->>'tool', e.resource, e.outcome, e.source
        from session_events e where e.identity_id = any(${identities}) and e.session_id is null and e.at between ${from} and ${to} and e.class <> 'session'
      union all
      select d.id, d.at, d.session_id, d.identity_id, d.action, null, d.resource_type || ':' || d.resource_id, d.verdict, 'pdp'
        from held h join decisions d on d.session_id = h.id where d.day >= ${day}::date and d.at between ${from} and ${to} and not d.dry_run
      union all
      select d.id, d.at, null, d.identity_id, d.action, null, d.resource_type || ':' || d.resource_id, d.verdict, 'pdp'
        from decisions d where d.identity_id = any(${identities}) and d.session_id is null and d.day >= ${day}::date
         and d.at between ${from} and ${to} and not d.dry_run
    ), acts as (
      select action, tool, resource, session_id, identity_id, outcome, "from", count(*)::int as count, min(at) as first, max(at) as last,
        (array_agg(id order by at desc, id desc))[1] as latest
      from one group by action, tool, resource, session_id, identity_id, outcome, "from"
    )`;
}

/** The latest first; one more than asked for where there is more. `after`: as `last_text` and `latest` of the one before. */
export const pageOfActs = (
  whose: Whose,
  window: { from: Date; to: Date },
  after: { at: string; id: string } | null,
  take: number,
): Promise<ActRow[]> =>
  prisma().$queryRaw<ActRow[]>`${actsOf(whose, window.from, window.to)}
    select a.action, a.tool, a.resource, a.session_id::text, s.label, a.identity_id::text, i.name,
      case when a.session_id is null or a.session_id in (select id from own) then null else coalesce(s.lineage, 'delegation') end as heir,
      a.outcome, a."from", a.count, a.first, a.last, a.latest::text,
      to_char(a.last at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as last_text
    from acts a join identities i on i.id = a.identity_id left join sessions s on s.id = a.session_id
    where ${after ? Prisma.sql`(a.last, a.latest) < (${after.at}::timestamptz, ${after.id}::uuid)` : Prisma.sql`true`}
    order by a.last desc, a.latest desc limit ${take}`;

export const countActs = async (whose: Whose, window: { from: Date; to: Date }): Promise<ActTotals> => {
  const [totals] = await prisma().$queryRaw<ActTotals[]>`${actsOf(whose, window.from, window.to)}
    select count(*)::int as rows, coalesce(sum(count), 0)::int as calls,
      coalesce(sum(count) filter (where outcome not in ('success', 'allow')), 0)::int as refused,
      count(distinct session_id)::int as sessions,
      (count(distinct session_id) filter (where session_id not in (select id from own)))::int as heirs,
      count(distinct identity_id)::int as identities
    from acts`;
  return totals!;
};
