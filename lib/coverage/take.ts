import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { list as listConnectors } from '@/lib/connectors/list';
import { vendors } from '@/lib/connectors/vendors';
import { assess } from '@/lib/coverage/assess';
import { freshnessOf, sumRows, weekOf } from '@/lib/coverage/evaluate';
import { factsOf, proofsOf } from '@/lib/coverage/facts';
import { type ConnectorFact, type CoverageRow, type CoverageSource, TESTS } from '@/lib/coverage/model';
import { type IdentityRecord, insertSnapshot, readIdentities, readObserved, readProofs } from '@/lib/coverage/store';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { summary as decisionSummary } from '@/lib/decisions/summary';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { summary as revocationSummary } from '@/lib/revocations/summary';

const WEEK_MS = 7 * 86_400_000;
const PROOF_MS = 90 * 86_400_000;

/** Judges every service account and stores the result, with its denominator and the freshness of what it rests on. */
export async function take(ctx: Ctx): Promise<{ id: string }> {
  authorise(ctx, 'report.take');
  const at = clock.now();
  const now = at.toISOString();
  const [identities, proofs, observed, connectors, cards, decisions, revocations] = await Promise.all([
    readIdentities(),
    readProofs(new Date(at.getTime() - PROOF_MS)),
    readObserved(),
    listConnectors(ctx),
    vendors(ctx),
    decisionSummary(ctx, { from: new Date(at.getTime() - WEEK_MS).toISOString(), to: now }),
    revocationSummary(ctx),
  ]);
  const { byIdentity, byConnector } = proofsOf(proofs);
  const systems = new Map<string, ConnectorFact>(
    connectors.items.map((each) => {
      const can = cards.find((card) => card.vendor === each.vendor)?.capabilities;
      return [
        each.id,
        {
          id: each.id,
          name: each.name,
          enabled: each.state === 'enabled' && each.health !== 'failing',
          lastSyncAt: each.lastSyncAt,
          listsSessions: (can?.list ?? 'none') !== 'none',
          discovers: (can?.discover ?? 'none') !== 'none',
          revokes: (can?.revokeAll ?? 'none') !== 'none',
          proven: byConnector.get(each.id) ?? null,
        },
      ];
    }),
  );
  const counted = identities.filter((one) => one.kind !== 'human' && one.managed);
  const rows = counted.map((one): CoverageRow => {
    const facts = factsOf(one, systems, byIdentity.get(one.id) ?? null);
    const judged = assess(facts, now);
    return {
      identityId: facts.identityId,
      name: facts.name,
      kind: facts.kind,
      owner: facts.owner,
      ...judged,
      environment: facts.environment,
      sources: facts.sources,
      lastSeenAt: facts.lastSeenAt,
      liveSessions: facts.liveSessions,
      peakSessions: facts.peakSessions,
      concurrencyLimit: facts.concurrencyLimit,
    };
  });
  const fullIds = new Set(rows.filter((row) => row.visibility === TESTS.length).map((row) => row.identityId));
  const heldBy = (id: string) => counted.filter((one) => one.connector_ids?.includes(id));
  const sources: CoverageSource[] = [
    ...connectors.items.map(
      (each): CoverageSource => ({
        name: each.name,
        kind: 'connector',
        connectorId: each.id,
        identities: heldBy(each.id).length,
        full: heldBy(each.id).filter((one) => fullIds.has(one.id)).length,
        lastAt: each.lastSyncAt,
        freshness: freshnessOf(each.lastSyncAt, true, now),
        detail:
          each.state === 'enabled'
            ? `${each.title}, ${each.health}${each.healthDetail ? `: ${each.healthDetail}` : ''}`.slice(0, 500)
            : `${each.title}, disabled`,
      }),
    ),
    ...observed.map((each): CoverageSource => observedSource(each, fullIds, counted, now)),
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

function observedSource(
  each: Awaited<ReturnType<typeof readObserved>>[number],
  fullIds: ReadonlySet<string>,
  counted: readonly IdentityRecord[],
  now: string,
): CoverageSource {
  const own = new Set(each.identities);
  const inside = counted.filter((one) => own.has(one.id));
  const declared = each.source === 'pdp';
  const lastAt = each.lastAt?.toISOString() ?? null;
  return {
    name: declared ? 'Decision API' : each.source,
    kind: declared ? 'decisions' : 'log',
    connectorId: null,
    identities: inside.length,
    full: inside.filter((one) => fullIds.has(one.id)).length,
    lastAt,
    freshness: freshnessOf(lastAt, declared, now),
    detail: declared
      ? 'What callers declare; counted where an inventory knows the identity'
      : `Stored ${each.storedAt?.toISOString().slice(0, 10) ?? 'never'}`,
  };
}

const liveOf = (counted: readonly IdentityRecord[]) => ({
  identities: counted.filter((one) => one.live > 0).length,
  sessions: counted.reduce((sum, one) => sum + one.live, 0),
  aboveLimit: counted.filter((one) => one.concurrency_limit !== null && one.live > one.concurrency_limit).length,
});
