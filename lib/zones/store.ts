import { pool, prisma } from '@/lib/db/client';
import type { Prisma, Zone } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';

export type Stored = Zone;

export const readZones = (): Promise<Stored[]> => prisma().zone.findMany({ orderBy: { name: 'asc' }, take: 200 });
export const lockZones = (tx: Tx) =>
  tx.$queryRaw`select 1 from (select pg_advisory_xact_lock(hashtextextended('braid.zones', 0))) l`;
export const findZone = (tx: Tx, id: string): Promise<Stored | null> => tx.zone.findUnique({ where: { id } });
export const zoneNamed = (tx: Tx, name: string): Promise<Stored | null> => tx.zone.findUnique({ where: { name } });
export const countZones = (tx: Tx): Promise<number> => tx.zone.count();
export const insertZone = (tx: Tx, data: Prisma.ZoneCreateInput): Promise<Stored> => tx.zone.create({ data });
export const changeZone = (tx: Tx, id: string, data: Prisma.ZoneUpdateInput): Promise<Stored> =>
  tx.zone.update({ where: { id }, data });
export const deleteZone = (tx: Tx, id: string) => tx.zone.delete({ where: { id } });

/** Where live sessions come from, with how many: addresses and regions, the busiest first. */
export async function readLivePlaces(
  now: Date,
): Promise<{ network: string | null; region: string | null; n: number }[]> {
  const { rows } = await pool().query<{ network: string | null; region: string | null; n: number }>(
    `select network, region, count(*)::int as n from sessions
     where ended_at is null and (live_until is null or live_until > $1) and network is not null
     group by 1, 2 order by 3 desc limit 50000`,
    [now],
  );
  return rows;
}
