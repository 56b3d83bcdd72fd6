import { prisma } from '@/lib/db/client';
import type { Prisma } from '@/lib/db/generated/client';

/** A running transaction, handed by a verb to the verbs and stores it calls. Offers Prisma's models and `$queryRaw`/`$executeRaw`. */
export type Tx = Prisma.TransactionClient;

/** Runs `work` in one transaction (read committed). It commits when `work` resolves and rolls back when it throws. */
export function transaction<T>(work: (tx: Tx) => Promise<T>, options: { timeoutMs?: number } = {}): Promise<T> {
  return prisma().$transaction(work, { maxWait: 5_000, timeout: options.timeoutMs ?? 15_000 });
}
