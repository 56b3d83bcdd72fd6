import { issuerOf } from '@/lib/connectors/model';
import { pool, prisma } from '@/lib/db/client';
import type { Drill, Prisma } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';

export type Stored = Drill;

export const insertDrill = (tx: Tx, data: Prisma.DrillUncheckedCreateInput) => tx.drill.create({ data });
export const findDrill = (id: string): Promise<Stored | null> => prisma().drill.findUnique({ where: { id } });
/** Drills that began before then and are not over. */
export const lateDrills = (before: Date): Promise<{ id: string }[]> =>
  prisma().drill.findMany({
    where: { state: 'running', startedAt: { lt: before } },
    select: { id: true },
    orderBy: { id: 'asc' },
    take: 50,
  });
/** Drills over since then that took something and have not seen it given back. */
export const notGivenBack = (since: Date): Promise<Stored[]> =>
  prisma().drill.findMany({
    where: {
      state: { not: 'running' },
      restoredAt: null,
      clickedAt: { not: null },
      identityId: { not: null },
      endedAt: { gt: since },
    },
    orderBy: { id: 'asc' },
    take: 50,
  });
export const changeDrill = (id: string, data: Prisma.DrillUncheckedUpdateInput) =>
  prisma().drill.update({ where: { id }, data });
export const closeDrill = (tx: Tx, id: string, data: Prisma.DrillUncheckedUpdateInput) =>
  tx.drill.updateMany({ where: { id, state: 'running' }, data });

/** Held so that two are never begun on one system. */
export async function lockSystem(tx: Tx, connectorId: string): Promise<void> {
  await tx.$queryRaw`select 1 from connectors where id = ${connectorId}::uuid for update`;
}
export const running = (tx: Tx, connectorId: string): Promise<{ id: string } | null> =>
  tx.drill.findFirst({ where: { connectorId, state: 'running' }, select: { id: true } });

/** The identity a connector knows by this name. */
export async function canaryOf(connectorId: string, externalId: string) {
  const alias = await prisma().identityAlias.findFirst({
    where: { issuer: issuerOf(connectorId), externalId },
    select: { identity: { select: { id: true, name: true, state: true, protected: true } } },
  });
  return alias?.identity ?? null;
}

export const liveIn = (connectorId: string, identityId: string): Promise<number> =>
  prisma().session.count({ where: { connectorId, identityId, endedAt: null } });

export const pageOf = (connectorId: string | undefined, before: string | undefined, take: number): Promise<Stored[]> =>
  prisma().drill.findMany({
    where: { ...(connectorId ? { connectorId } : {}), ...(before ? { id: { lt: before } } : {}) },
    orderBy: { id: 'desc' },
    take,
  });

export async function namesOf(connectorIds: string[]): Promise<Map<string, string>> {
  const rows = await prisma().connector.findMany({
    where: { id: { in: connectorIds } },
    select: { id: true, name: true },
  });
  return new Map(rows.map((row) => [row.id, row.name]));
}

export const schedules = () => prisma().drillSchedule.findMany({ take: 500 });

export const putSchedule = (tx: Tx, connectorId: string, every: string, nextAt: Date | null) =>
  tx.drillSchedule.upsert({
    where: { connectorId },
    create: { connectorId, every, nextAt },
    update: { every, nextAt },
  });

/** Takes what is due and moves it on, so that each is taken once. */
export async function takeDue(now: Date): Promise<string[]> {
  const { rows } = await pool().query<{ id: string }>(
    `update drill_schedules s set next_at = $1::timestamptz + case every when 'daily' then interval '1 day' else interval '7 days' end
      where connector_id in (select connector_id from drill_schedules where every <> 'off' and next_at <= $1 for update skip locked)
        and exists (select 1 from connectors c where c.id = s.connector_id and c.state = 'enabled')
     returning connector_id::text as id`,
    [now],
  );
  return rows.map((row) => row.id);
}
