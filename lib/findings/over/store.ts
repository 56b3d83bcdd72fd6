import type { Tx } from '@/lib/db/transaction';

/** Findings of a detector by their causes that stand, over from now on. Returns how many. */
export const writeOver = (tx: Tx, detector: string, causes: string[], at: Date): Promise<number> =>
  tx.$executeRaw`update findings set evidence = evidence || jsonb_build_object('over', ${at.toISOString()}::text)
    where detector = ${detector} and cause = any(${causes}::text[]) and not (evidence ? 'over')`;
