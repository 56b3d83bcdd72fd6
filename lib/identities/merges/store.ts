import { prisma } from '@/lib/db/client';
import type { IdentityMerge } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';
import { type Moved, movedSchema } from '@/lib/identities/merge-model';

/** Locks both, in one order. */
export async function lockBoth(tx: Tx, ids: [string, string]) {
  await tx.$queryRaw`select 1 from identities where id = any(${ids}::uuid[]) order by id for update`;
  const found = await tx.identity.findMany({ where: { id: { in: ids } } });
  return ids.map((id) => found.find((one) => one.id === id));
}

export const issuersOf = async (tx: Tx, identityId: string): Promise<string[]> =>
  (await tx.identityAlias.findMany({ where: { identityId }, select: { issuer: true }, distinct: ['issuer'] })).map(
    (row) => row.issuer,
  );

/** Moves names and live sessions. What was done before stays with whom it was done by: it is sealed so. */
export async function move(tx: Tx, from: string, into: string): Promise<Moved> {
  const names = await tx.$queryRaw<Moved['names']>`
    update identity_aliases set identity_id = ${into}::uuid where identity_id = ${from}::uuid
    returning issuer, type, external_id as "externalId"`;
  const sessions = await tx.$queryRaw<{ id: string }[]>`
    update sessions s set identity_id = ${into}::uuid where s.identity_id = ${from}::uuid and s.ended_at is null
      and not exists (select from sessions o where o.source = s.source and o.group_key = s.group_key and o.identity_id = ${into}::uuid
        and o.started_at = s.started_at)
    returning s.id::text`;
  await setContinued(tx, from, into);
  await countAnew(tx, [from, into]);
  return { names, sessions: sessions.map((row) => row.id) };
}

/** Moves back what is still where it was moved to. What its names opened since stays with whom it was opened by then. */
export async function moveBack(tx: Tx, from: string, into: string, moved: Moved): Promise<void> {
  await tx.$executeRaw`
    update identity_aliases a set identity_id = ${from}::uuid
      from jsonb_to_recordset(${JSON.stringify(moved.names)}::jsonb) q(issuer text, type text, "externalId" text)
     where a.issuer = q.issuer and a.type = q.type and a.external_id = q."externalId" and a.identity_id = ${into}::uuid`;
  await tx.$executeRaw`
    update sessions s set identity_id = ${from}::uuid where s.id = any(${moved.sessions}::uuid[]) and s.identity_id = ${into}::uuid`;
  await setContinued(tx, from, null);
  await countAnew(tx, [from, into]);
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
