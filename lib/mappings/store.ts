import { pool, prisma } from '@/lib/db/client';
import type { EventMapping, Prisma } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';

export type Stored = EventMapping;

/** The newest version, retired or not. Versions of one name are made one after the other. */
export async function lockNewest(tx: Tx, name: string): Promise<Stored | null> {
  await tx.$queryRaw`select 1 from (select pg_advisory_xact_lock(hashtextextended(${`braid.mapping:${name}`}, 0))) l`;
  return tx.eventMapping.findFirst({ where: { name }, orderBy: { version: 'desc' } });
}

export const insertVersion = (tx: Tx, data: Prisma.EventMappingCreateInput) => tx.eventMapping.create({ data });

export const retireAll = (tx: Tx, name: string, by: string, at: Date) =>
  tx.eventMapping.updateMany({ where: { name, retiredAt: null }, data: { retiredAt: at, retiredBy: by } });

export const newestOf = (name: string): Promise<Stored | null> =>
  prisma().eventMapping.findFirst({ where: { name }, orderBy: { version: 'desc' } });

export const versionOf = (name: string, version: number): Promise<Stored | null> =>
  prisma().eventMapping.findUnique({ where: { name_version: { name, version } } });

export const versionsOf = (name: string): Promise<Stored[]> =>
  prisma().eventMapping.findMany({ where: { name }, orderBy: { version: 'desc' }, take: 200 });

/** The newest version of each, by name; one more than asked for where there is more. */
export async function pageOfMappings(of: { after?: string; limit: number; retired: boolean }): Promise<Stored[]> {
  return prisma().$queryRaw<Stored[]>`
    select distinct on (name) name, version, text, sample, created_at as "createdAt", created_by as "createdBy", reason,
      retired_at as "retiredAt", retired_by as "retiredBy"
    from event_mappings where (${of.after ?? null}::text is null or name > ${of.after ?? null}) and (${of.retired} or retired_at is null)
    order by name, version desc limit ${of.limit + 1}`;
}

/** Batches of the last week per mapping. */
export async function usesOf(names: string[]): Promise<Map<string, { batches: number; last: string }>> {
  const { rows } = await pool().query<{ name: string; batches: number; last: Date }>(
    `select split_part(mapping, '@', 1) as name, count(*)::int as batches, max(received_at) as last from event_batches
     where mapping is not null and split_part(mapping, '@', 1) = any($1) group by 1`,
    [names],
  );
  return new Map(rows.map((row) => [row.name, { batches: row.batches, last: row.last.toISOString() }]));
}
