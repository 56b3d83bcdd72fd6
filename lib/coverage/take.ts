import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { list as listConnectors } from '@/lib/connectors/list';
import { sumRows, weekOf } from '@/lib/coverage/evaluate';
import { factsOf, proofsOf, rowOf, systemsOf } from '@/lib/coverage/facts';
import { TESTS } from '@/lib/coverage/model';
import { sightsOf } from '@/lib/coverage/sights-evaluate';
import { connectorSource, observedSource } from '@/lib/coverage/sources';
import { type IdentityRecord, insertSnapshot, readIdentities, readObserved, readProofs } from '@/lib/coverage/store';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { summary as decisionSummary } from '@/lib/decisions/summary';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { summary as revocationSummary } from '@/lib/revocations/summary';
import { times as revocationTimes } from '@/lib/revocations/times';

const WEEK_MS = 7 * 86_400_000;
const PROOF_MS = 90 * 86_400_000;

/** Judges every service account and stores the result, with its denominator and the freshness of what it rests on. */
export async function take(ctx: Ctx): Promise<{ id: string }> {
  authorise(ctx, 'report.take');
  const at = clock.now();
  const now = at.toISOString();
  const [identities, proofs, observed, connectors, decisions, revocations, { exposed: _, ...times }] =
    await Promise.all([
      readIdentities(),
      readProofs(new Date(at.getTime() - PROOF_MS)),
      readObserved(),
      listConnectors(ctx),
      decisionSummary(ctx, { from: new Date(at.getTime() - WEEK_MS).toISOString(), to: now }),
      revocationSummary(ctx),
      revocationTimes(ctx),
    ]);
  const { byIdentity, byConnector } = proofsOf(proofs);
  const systems = systemsOf(connectors.items, byConnector);
  const counted = identities.filter((one) => one.kind !== 'human' && one.managed);
  const rows = counted.map((one) => rowOf(factsOf(one, systems, byIdentity.get(one.id) ?? null), now));
  const fullIds = new Set(rows.filter((row) => row.visibility === TESTS.length).map((row) => row.identityId));
  const sources = [
    ...connectors.items.map((each) => connectorSource(each, fullIds, counted, now)),
    ...observed.map((each) => observedSource(each, fullIds, counted, now)),
  ];
  const id = newId();
  await transaction(
    async (tx) => {
      await insertSnapshot(tx, {
        id,
        weekOf: weekOf(now),
        takenAt: at,
        actorName: ctx.actor.name,
        sources: sources.slice(0, 500),
        rows,
        totals: {
          ...sumRows(rows),
          sights: sightsOf(counted, connectors.items),
          remainder: {
            logsOnly: counted.filter((one) => !one.connector_ids?.length).length,
            decisionsOnly: identities.filter((one) => one.kind !== 'human' && !one.managed).length,
            humans: identities.filter((one) => one.kind === 'human').length,
          },
          live: liveOf(counted),
          decisions: { total: decisions.total, split: decisions.split, spared: decisions.spared.slice(0, 50) },
          revocations: {
            total: revocations.total,
            verified: revocations.verified,
            p95Ms: revocations.clickToVerifiedMs?.p95 ?? null,
            times,
          },
        },
      });
      await record(tx, ctx, {
        action: 'report.take',
        target: { type: 'coverage', id, name: `Week of ${weekOf(now)}` },
        detail: { known: rows.length, full: fullIds.size },
      });
      await hint(tx, 'coverage', [id]);
    },
    { timeoutMs: 60_000 },
  );
  return { id };
}

const liveOf = (counted: readonly IdentityRecord[]) => ({
  identities: counted.filter((one) => one.live > 0).length,
  sessions: counted.reduce((sum, one) => sum + one.live, 0),
  aboveLimit: counted.filter((one) => one.concurrency_limit !== null && one.live > one.concurrency_limit).length,
});
