import { prisma } from '@/lib/db/client';
import { type IdentityMerge, Prisma } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';
import { formerOf } from '@/lib/identities/former-model';
import { type Moved, movedSchema } from '@/lib/identities/merge-model';
import { BraidError } from '@/lib/platform/errors';

/** Locks both, in one order. */
export async function lockBoth(tx: Tx, ids: [string, string]) {
  await tx.$queryRaw`select 1 from identities where id = any(${ids}::uuid[]) order by id for update`;
  const found = await tx.identity.findMany({ where: { id: { in: ids } } });
  return ids.map((id) => found.find((one) => one.id === id));
}

/** Names that move away in the middle of a rotation would be neither ended nor proven. */
export async function refuseRotating(tx: Tx, ids: [string, string]): Promise<void> {
  const rows = await tx.$queryRaw<{ name: string }[]>`
    select i.name from revocations r join identities i on i.id = r.identity_id
     where r.identity_id = any(${ids}::uuid[]) and r.kind = 'rotate' and r.undone_by is null
       and r.state not in ('verified', 'residual', 'unverifiable') limit 1`;
  if (rows[0])
    throw new BraidError(
      'conflict',
      `The secret of ${rows[0].name} is being rotated: wait until that is proven, or rotate anew.`,
    );
}

export const issuersOf = async (tx: Tx, identityId: string): Promise<string[]> =>
  (await tx.identityAlias.findMany({ where: { identityId }, select: { issuer: true }, distinct: ['issuer'] })).map(
    (row) => row.issuer,
  );

/** What one works for, the other works for: a limit that spans a workflow is not left by a merge. */
const moveWorkflows = (tx: Tx, from: string, into: string) => tx.$queryRaw<Moved['workflows']>`
  with left_ as (delete from workflow_members where identity_id = ${from}::uuid returning workflow_id),
       joined as (insert into workflow_members (workflow_id, identity_id) select workflow_id, ${into}::uuid from left_
                  on conflict do nothing returning workflow_id)
  select l.workflow_id::text as id, j.workflow_id is not null as joined from left_ l left join joined j using (workflow_id) order by 1`;

async function moveWorkflowsBack(tx: Tx, from: string, into: string, workflows: Moved['workflows']): Promise<void> {
  const all = workflows.map((one) => one.id);
  const joined = workflows.filter((one) => one.joined).map((one) => one.id);
  await tx.$executeRaw`
    insert into workflow_members (workflow_id, identity_id) select id, ${from}::uuid from workflows where id = any(${all}::uuid[])
    on conflict do nothing`;
  await tx.$executeRaw`
    delete from workflow_members where identity_id = ${into}::uuid and workflow_id = any(${joined}::uuid[])`;
}

/** Who goes on as somebody, however many merges away. */
export async function countFormer(tx: Tx, identityId: string): Promise<number> {
  const [row] = await tx.$queryRaw<{ n: number }[]>`
    select count(*)::int as n from (select ${identityId}::uuid as id) r cross join lateral ${Prisma.raw(formerOf('r.id'))} f`;
  return row!.n;
}

/** Whoever somebody goes on as is read anew by everybody who decides: who counts for them is another. */
export const touchSuccessors = (tx: Tx, identityId: string) => tx.$executeRaw`
  with recursive s as (
    select m.into_id from identity_merges m where m.from_id = ${identityId}::uuid and m.undone_at is null
    union select m.into_id from identity_merges m join s on m.from_id = s.into_id where m.undone_at is null)
  update identities i set session_count = i.session_count from s where i.id = s.into_id`;

export const countWorkflows = (tx: Tx, identityId: string): Promise<number> =>
  tx.workflowMember.count({ where: { identityId } });

/** Moves names, live sessions and workflows. What was done before stays with whom it was done by: it is sealed so. */
export async function move(tx: Tx, from: string, into: string): Promise<Moved> {
  const names = await tx.$queryRaw<Moved['names']>`
    update identity_aliases set identity_id = ${into}::uuid where identity_id = ${from}::uuid
    returning issuer, type, external_id as "externalId"`;
  const sessions = await tx.$queryRaw<{ id: string }[]>`
    update sessions s set identity_id = ${into}::uuid where s.identity_id = ${from}::uuid and s.ended_at is null
      and not exists (select from sessions o where o.source = s.source and o.group_key = s.group_key and o.identity_id = ${into}::uuid
        and o.started_at = s.started_at)
    returning s.id::text`;
  const workflows = await moveWorkflows(tx, from, into);
  await setContinued(tx, from, into);
  await countAnew(tx, [from, into]);
  return { names, sessions: sessions.map((row) => row.id), workflows };
}

export interface Undone {
  id: string;
  fromId: string;
  intoId: string;
  moved: Moved;
  /** Of the merge. */
  at: Date;
}

/**
 * Moves back what is still where it was moved to, and what its names opened since (their first event tells), with the events, minted credentials and
 * consents of it and the findings that are about nothing else. Returns ids of sessions and findings, and from when to when they reach.
 */
export async function moveBack(
  tx: Tx,
  { id, fromId: from, intoId: into, moved, at }: Undone,
): Promise<{ sessions: string[]; findings: string[]; reach: { from: Date; to: Date } | null }> {
  await tx.$executeRaw`
    update identity_aliases a set identity_id = ${from}::uuid
      from jsonb_to_recordset(${JSON.stringify(moved.names)}::jsonb) q(issuer text, type text, "externalId" text)
     where a.issuer = q.issuer and a.type = q.type and a.external_id = q."externalId" and a.identity_id = ${into}::uuid`;
  const rows = await tx.$queryRaw<{ id: string; since: Date; until: Date }[]>`
    update sessions s set identity_id = ${from}::uuid where s.identity_id = ${into}::uuid and (
        s.id = any(${moved.sessions}::uuid[])
        or (s.told->'merge'->>0 = ${id} and s.told->'merge'->>2 = s.first_event::text)
        or (s.created_at >= ${at} and s.connector_id is not null and exists (select from identity_aliases a where a.identity_id = ${from}::uuid
          and a.issuer = 'connector:' || s.connector_id and a.external_id = s.native->>'externalIdentityId'))
        or (s.created_at >= ${at} and s.observed_by = 'declared' and s.group_key is json array and ${from}::uuid = (
          select a.identity_id from identity_aliases a where a.issuer = s.group_key::jsonb->>0 and a.external_id = s.group_key::jsonb->>2
            and a.type in (s.group_key::jsonb->>1, '*') order by a.type = '*' limit 1)))
      and not exists (select from sessions o where o.source = s.source and o.group_key = s.group_key and o.identity_id = ${from}::uuid
        and o.started_at = s.started_at)
    returning s.id::text, s.started_at as since, coalesce(s.ended_at, s.last_event_at) as until`;
  const ids = rows.map((row) => row.id);
  await credentialsBack(tx, { id, from, into, ids, at });
  const findings = await followSessions(tx, { id, from, into, ids, at });
  await moveWorkflowsBack(tx, from, into, moved.workflows);
  await setContinued(tx, from, null);
  await countAnew(tx, [from, into]);
  const since = rows.reduce<Date | null>((least, row) => (least && least < row.since ? least : row.since), null);
  if (!since) return { sessions: ids, findings, reach: null };
  const until = rows.reduce((most, row) => (row.until > most ? row.until : most), since);
  await tx.$executeRaw`
    update identities set count_from = least(count_from, ${since}), first_seen_at = case when id = ${from}::uuid then least(first_seen_at, ${since}) else first_seen_at end,
      last_seen_at = case when id = ${from}::uuid then greatest(last_seen_at, ${until}) else last_seen_at end
     where id in (${from}::uuid, ${into}::uuid)`;
  return { sessions: ids, findings, reach: { from: since, to: until } };
}

interface Going {
  /** The merge. */
  id: string;
  from: string;
  into: string;
  /** Sessions. */
  ids: string[];
  at: Date;
}

/** What these sessions used is a credential of its own again: known of each by the same name at the same source. */
async function credentialsBack(tx: Tx, { from, into, ids }: Going): Promise<void> {
  await tx.$executeRaw`
    insert into credentials (id, identity_id, kind, external_id, source, connector_id, state, first_seen_at, last_used_at, expires_at, attributes)
    select gen_random_uuid(), ${from}::uuid, c.kind, c.external_id, c.source, c.connector_id, c.state, min(s.started_at), max(s.last_event_at), c.expires_at, c.attributes
      from credentials c join sessions s on s.credential_id = c.id and s.id = any(${ids}::uuid[]) where c.identity_id = ${into}::uuid
     group by c.id
    on conflict (source, external_id, identity_id) do update set last_used_at = greatest(credentials.last_used_at, excluded.last_used_at)`;
  await tx.$executeRaw`
    update sessions s set credential_id = own.id from credentials c
      join credentials own on own.source = c.source and own.external_id = c.external_id and own.identity_id = ${from}::uuid
     where s.id = any(${ids}::uuid[]) and s.credential_id = c.id and c.identity_id = ${into}::uuid`;
}

/** What hangs on sessions goes with them. Decisions and revocations stay as they were sealed. Returns findings that moved. */
async function followSessions(tx: Tx, { id, from, into, ids, at }: Going): Promise<string[]> {
  const events = await tx.$queryRaw<{ id: string }[]>`
    update session_events e set identity_id = ${from}::uuid,
      credential_id = coalesce((select own.id from credentials c
        join credentials own on own.source = c.source and own.external_id = c.external_id and own.identity_id = ${from}::uuid
        where c.id = e.credential_id), e.credential_id)
     where e.identity_id = ${into}::uuid and e.day >= (${at}::timestamptz - interval '1 day')::date
       and (e.session_id = any(${ids}::uuid[]) or (e.session_id is null and e.told->>'merge' = ${id}))
    returning e.id::text`;
  await tx.$executeRaw`
    update consents set identity_id = ${from}::uuid where identity_id = ${into}::uuid and event_id = any(${events.map((row) => row.id)}::uuid[])`;
  await tx.$executeRaw`update mints set identity_id = ${from}::uuid where session_id = any(${ids}::uuid[])`;
  await tx.$executeRaw`update asked_again set identity_id = ${from}::uuid where session_id = any(${ids}::uuid[])`;
  const findings = await tx.$queryRaw<{ id: string }[]>`
    update findings f set identity_id = ${from}::uuid
     where f.identity_id = ${into}::uuid and jsonb_typeof(f.evidence->'sessions') = 'array' and jsonb_array_length(f.evidence->'sessions') > 0
       and f.evidence->'sessions' <@ to_jsonb(${ids}::text[])
       and not exists (select from findings o where o.identity_id = ${from}::uuid and o.detector = f.detector and o.cause = f.cause)
    returning f.id::text`;
  return findings.map((row) => row.id);
}

const setContinued = (tx: Tx, from: string, into: string | null) =>
  into
    ? tx.$executeRaw`update identities set attributes = attributes || jsonb_build_object('continuedAs', ${into}::text) where id = ${from}::uuid`
    : tx.$executeRaw`update identities set attributes = attributes - 'continuedAs' where id = ${from}::uuid`;

/** How many sessions there are of each is counted anew; the most at once from the earliest that is live. */
const countAnew = (tx: Tx, ids: string[]) => tx.$executeRaw`
  update identities i set session_count = (select count(*)::int from sessions s where s.identity_id = i.id),
    count_from = least(i.count_from, (select min(s.started_at) from sessions s where s.identity_id = i.id and s.ended_at is null))
  where i.id = any(${ids}::uuid[])`;

export const insertMerge = (
  tx: Tx,
  data: { id: string; fromId: string; intoId: string; moved: Moved; reason: string; byName: string; at: Date },
) => {
  const { moved, ...rest } = data;
  return tx.identityMerge.create({ data: { ...rest, aliases: moved } });
};

export async function lockMerge(tx: Tx, id: string): Promise<(IdentityMerge & { moved: Moved }) | null> {
  await tx.$queryRaw`select 1 from identity_merges where id = ${id}::uuid for update`;
  const row = await tx.identityMerge.findUnique({ where: { id } });
  return row && { ...row, moved: movedSchema.parse(row.aliases) };
}

export const markUndone = (tx: Tx, id: string, by: string, at: Date) =>
  tx.identityMerge.update({ where: { id }, data: { undoneAt: at, undoneBy: by } });

/** Merges an identity is part of, newest first. */
export async function readMerges(identityId: string) {
  const rows = await prisma().identityMerge.findMany({
    where: { OR: [{ fromId: identityId }, { intoId: identityId }] },
    orderBy: { id: 'desc' },
    take: 100,
  });
  const ids = [...new Set(rows.flatMap((row) => [row.fromId, row.intoId]))];
  const names = await prisma().identity.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } });
  return { rows, names: new Map(names.map((one) => [one.id, one.name])) };
}
