import { pool, prisma } from '@/lib/db/client';
import type { Prisma, SignalIn, SignalSource } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';

export type StoredSource = SignalSource;
export type StoredIn = SignalIn;

export const findSource = (id: string): Promise<StoredSource | null> =>
  prisma().signalSource.findUnique({ where: { id } });
export const listSourceRows = () => prisma().signalSource.findMany({ orderBy: { name: 'asc' }, take: 200 });
export const insertSource = (tx: Tx, data: Prisma.SignalSourceCreateInput) => tx.signalSource.create({ data });
export const changeSourceRow = (tx: Tx | null, id: string, data: Prisma.SignalSourceUpdateInput) =>
  (tx ?? prisma()).signalSource.updateMany({ where: { id }, data });
export const deleteSource = (tx: Tx, id: string) => tx.signalSource.delete({ where: { id } });
export const sourceNamed = async (name: string): Promise<boolean> =>
  (await prisma().signalSource.count({ where: { name } })) > 0;

/** A source that is to be polled now, kept from others for `leaseMs`. */
export async function claimPoll(now: Date, leaseMs: number): Promise<string | null> {
  const { rows } = await pool().query<{ id: string }>(
    `update signal_sources set poll_due_at = $2
      where id = (select id from signal_sources where method = 'poll' and state = 'enabled' and poll_url is not null
        and coalesce(poll_due_at, '-infinity') <= $1 order by poll_due_at nulls first limit 1 for update skip locked)
      returning id::text`,
    [now, new Date(now.getTime() + leaseMs)],
  );
  return rows[0]?.id ?? null;
}

/** False: it was received before. */
export async function insertIn(tx: Tx, data: Prisma.SignalInCreateManyInput): Promise<boolean> {
  return (await tx.signalIn.createMany({ data: [data], skipDuplicates: true })).count > 0;
}
export const findIn = (id: string) => prisma().signalIn.findUnique({ where: { id }, include: { source: true } });
export const changeIn = (tx: Tx | null, id: string, data: Prisma.SignalInUpdateInput) =>
  (tx ?? prisma()).signalIn.updateMany({ where: { id }, data });
export const unfinished = (before: Date) =>
  prisma().signalIn.findMany({
    where: { state: 'received', receivedAt: { lt: before } },
    select: { id: true },
    orderBy: { id: 'asc' },
    take: 200,
  });
export const letGoIn = async (before: Date): Promise<number> =>
  (await prisma().signalIn.deleteMany({ where: { receivedAt: { lt: before }, state: { not: 'received' } } })).count;

interface InFilter {
  only?: string;
  sourceId?: string;
  state?: string;
}
export const pageOfIn = ({ only, ...filter }: InFilter, before: string | null, take: number) =>
  prisma().signalIn.findMany({
    where: {
      ...filter,
      ...(only || before ? { id: { ...(only ? { equals: only } : {}), ...(before ? { lt: before } : {}) } } : {}),
    },
    include: { source: { select: { name: true } } },
    orderBy: { id: 'desc' },
    take,
  });
export const identityNames = (ids: string[]) =>
  prisma().identity.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } });

export async function countsOfIn(): Promise<Map<string, { received: number; acted: number; refused: number }>> {
  const { rows } = await pool().query<{ id: string; received: number; acted: number; refused: number }>(
    `select source_id::text as id, count(*)::int as received, count(*) filter (where state = 'acted')::int as acted,
            count(*) filter (where state = 'refused')::int as refused from signals_in group by 1`,
  );
  return new Map(rows.map(({ id, ...counts }) => [id, counts]));
}
