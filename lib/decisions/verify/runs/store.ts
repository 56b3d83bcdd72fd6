import { prisma } from '@/lib/db/client';
import type { Prisma } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';

export const insertRun = (
  tx: Tx,
  run: {
    id: string;
    state: string;
    actorKind: string;
    actorName: string;
    startedAt: Date;
    finishedAt?: Date;
    result?: object;
  },
) =>
  tx.verification.create({
    data: { ...run, result: run.result ? (run.result as Prisma.InputJsonObject) : undefined },
  });

export const updateRun = (
  id: string,
  change: { state?: string; finishedAt?: Date; progress?: object; result?: object },
) =>
  prisma().verification.updateMany({
    where: { id },
    data: {
      ...change,
      progress: change.progress as Prisma.InputJsonObject | undefined,
      result: change.result as Prisma.InputJsonObject | undefined,
    },
  });

export const runById = (id: string) => prisma().verification.findUnique({ where: { id } });

export const runPage = (before: string | undefined, limit: number) =>
  prisma().verification.findMany({
    where: before ? { id: { lt: before } } : {},
    orderBy: { id: 'desc' },
    take: limit,
  });

/** Runs that nobody works on any more: their worker died and the queue gave up. */
export const openRun = () => prisma().verification.findFirst({ where: { state: 'running' }, orderBy: { id: 'desc' } });
