import type { Tx } from '@/lib/db/transaction';
import { IMPACTS, type Impact } from '@/lib/findings/impacts-model';

/** What it did once it has done, whatever the latest evidence is of. */
export async function withEarlier(tx: Tx, id: string, impact: Impact[]): Promise<Impact[]> {
  const before = await tx.finding.findUniqueOrThrow({ where: { id }, select: { impact: true } });
  return IMPACTS.filter((one) => impact.includes(one) || before.impact.includes(one));
}
