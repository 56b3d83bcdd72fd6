import { prisma } from '@/lib/db/client';
import type { Import, Prisma } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';

export type Stored = Import;

export const insertImport = (tx: Tx, data: Prisma.ImportCreateInput) => tx.import.create({ data });

export const findImport = (id: string): Promise<Stored | null> => prisma().import.findUnique({ where: { id } });

export const changeImport = (tx: Tx, id: string, data: Prisma.ImportUpdateInput) =>
  tx.import.update({ where: { id }, data });

/** Newest first, one more than `limit` to tell whether there is a next page. */
export const pageOfImports = (cursor: string | undefined, limit: number): Promise<Stored[]> =>
  prisma().import.findMany({
    where: cursor ? { id: { lt: cursor } } : {},
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
