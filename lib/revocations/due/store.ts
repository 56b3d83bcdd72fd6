import { prisma } from '@/lib/db/client';
import { type Stored, withSteps } from '@/lib/revocations/store';

const besides = (crowded: string[]) => ({ OR: [{ connectorId: null }, { connectorId: { notIn: crowded } }] });

/** Those that are due, the longest due first; not where only such systems are left as take no more (NULL: the decision point's). */
export const dueNow = (now: Date, crowded: string[]): Promise<Stored[]> =>
  prisma().revocation.findMany({
    where: {
      undoneBy: null,
      state: { not: 'regrown' },
      dueAt: { lte: now },
      ...(crowded.length ? { steps: { some: { state: { not: 'verified' }, ...besides(crowded) } } } : {}),
    },
    include: withSteps,
    orderBy: [{ dueAt: 'asc' }, { id: 'asc' }],
    take: 200,
  });

/** Puts right when it is due, unless somebody wrote it meanwhile. */
export const changeDue = (id: string, seen: Date | null, dueAt: Date | null) =>
  prisma().revocation.updateMany({ where: { id, dueAt: seen }, data: { dueAt } });
