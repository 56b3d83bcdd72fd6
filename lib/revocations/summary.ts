import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { connectorNames, countByState, type Measured, measured } from '@/lib/revocations/measured/store';
import type { Propagation, RevocationSummary } from '@/lib/revocations/model';

const propagation = (row: Measured): Propagation => ({
  p50: Math.round(row.p50),
  p95: Math.round(row.p95),
  count: row.count,
});

/** How many revocations wait, and how long click to verified takes, over the last 90 days. */
export async function summary(ctx: Ctx): Promise<RevocationSummary> {
  authorise(ctx, 'console.read');
  const counts = await countByState();
  const times = await measured();
  const names = await connectorNames(times.flatMap((row) => row.connectorId ?? []));
  const overall = times.find((row) => row.of === 'all');
  const of = (...states: string[]) => states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  return {
    total: Object.values(counts).reduce((sum, count) => sum + count, 0),
    unfinished: of('requested', 'accepted', 'effective', 'failed', 'residual', 'regrown'),
    verified: of('verified'),
    residual: of('residual'),
    regrown: of('regrown'),
    clickToVerifiedMs: overall ? propagation(overall) : null,
    perConnector: names.map(({ id, name }) => ({
      connectorId: id,
      name,
      ...propagation(times.find((row) => row.connectorId === id)!),
    })),
  };
}
