import { pool, prisma } from '@/lib/db/client';
import type { Prisma } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';
import type { BacktestResult } from '@/lib/policies/life-model';

export interface NewBacktest {
  id: string;
  policySet: string;
  source: string;
  hash: string;
  fromAt: Date;
  toAt: Date;
  total: number;
  requestedBy: string;
}

export const insertBacktest = (tx: Tx, row: NewBacktest) =>
  tx.policyBacktest.create({ data: { ...row, state: 'waiting' } });

export const backtestRow = (id: string) => prisma().policyBacktest.findUnique({ where: { id } });

/** The newest runs of a set; without what they found. */
export const backtestRows = (policySet: string) =>
  prisma().policyBacktest.findMany({
    where: { policySet },
    orderBy: { requestedAt: 'desc' },
    take: 20,
    omit: { result: true, source: true },
  });

export const noteProgress = async (id: string, done: number): Promise<void> => {
  await prisma().policyBacktest.update({ where: { id }, data: { state: 'running', done } });
};

export const finish = async (id: string, done: number, result: BacktestResult): Promise<void> => {
  await prisma()
    .$executeRaw`update policy_backtests set state = 'done', done = ${done}, total = greatest(total, ${done}),
    result = ${JSON.stringify(result)}::jsonb, against = ${result.against}, finished_at = now() where id = ${id}::uuid`;
};

export const fail = async (id: string, error: string): Promise<void> => {
  await prisma()
    .$executeRaw`update policy_backtests set state = 'failed', error = ${error}, finished_at = now() where id = ${id}::uuid`;
};

/** How many decisions lie in a period, up to `most`. */
export async function countDecisions(from: string, to: string, most: number): Promise<number> {
  const found = await pool().query<{ n: number }>(
    `select count(*)::int as n from (select from decisions
       where day >= $1::timestamptz::date - 1 and day <= $2::timestamptz::date + 1 and at >= $1 and at <= $2 limit $3) q`,
    [from, to, most],
  );
  return found.rows[0]?.n ?? 0;
}

export type StoredBacktest = Prisma.PolicyBacktestGetPayload<Record<never, never>>;
