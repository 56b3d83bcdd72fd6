import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { list as listConnectors } from '@/lib/connectors/list';
import { latest } from '@/lib/coverage/latest';
import { summary as decisionSummary } from '@/lib/decisions/summary';
import { count as countFindings } from '@/lib/findings/count';
import { list as listFindings } from '@/lib/findings/list';
import { minutesOf, needsOf } from '@/lib/overview/evaluate';
import type { Overview } from '@/lib/overview/model';
import { readLiveCounts } from '@/lib/overview/store';
import { clock } from '@/lib/platform/clock';
import { list as listRevocations } from '@/lib/revocations/list';
import { REVOCATION_STATES, type RevocationRow } from '@/lib/revocations/model';
import { summary as revocationSummary } from '@/lib/revocations/summary';
import { liveNow } from '@/lib/sessions/live-now';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Shown at most; the lists behind it have all. */
const NEEDS = 12;
const LIVE = 8;

const UNFINISHED = [...REVOCATION_STATES.filter((state) => state !== 'verified'), 'regrown'] as const;

/** One state after another: each takes a connection, and the page reads much else meanwhile. */
async function unfinished(ctx: Ctx): Promise<RevocationRow[]> {
  const rows: RevocationRow[] = [];
  for (const state of UNFINISHED) rows.push(...(await listRevocations(ctx, { state, limit: 20 })).items);
  return rows;
}

/** What the first page says: four figures, what waits for somebody, who is live, and the last hour's decisions. */
export async function show(ctx: Ctx): Promise<Overview> {
  authorise(ctx, 'console.read');
  const now = clock.ms();
  const at = (ms: number) => new Date(ms).toISOString();
  const [day, hour, live, counted, revocations, pending, coverage, findings, counts, connectors] = await Promise.all([
    decisionSummary(ctx, { from: at(now - DAY_MS), to: at(now) }),
    decisionSummary(ctx, { from: at(now - HOUR_MS), to: at(now) }),
    liveNow(ctx, { limit: LIVE }),
    readLiveCounts(),
    revocationSummary(ctx),
    unfinished(ctx),
    latest(ctx),
    listFindings(ctx, { state: 'active', limit: 50 }),
    countFindings(ctx),
    listConnectors(ctx),
  ]);
  const sources = connectors.items.map((each) => ({ ...each, enabled: each.state === 'enabled' }));
  const needs = needsOf(findings.items, pending, sources, now);
  const beyond = Math.max(0, counts.open + counts.acknowledged - findings.items.length);
  return {
    empty: connectors.items.length === 0 && counted.known === 0 && day.total === 0 && findings.items.length === 0,
    decisions: { total: day.total, split: day.split, spared: day.spared, minutes: minutesOf(hour.perMinute, now) },
    live: {
      identities: counted.identities,
      sessions: counted.sessions,
      aboveLimit: counted.aboveLimit,
      items: live.items.map(({ id, name, live: count, limit, spark }) => ({
        identityId: id,
        name,
        live: count,
        limit,
        steps: spark,
      })),
    },
    revocations: {
      total: revocations.total,
      verified: revocations.verified,
      p95Ms: revocations.clickToVerifiedMs?.p95 ?? null,
    },
    coverage,
    needs: needs.slice(0, NEEDS),
    needsTotal: needs.reduce((sum, { others }) => sum + 1 + (others?.count ?? 0), 0) + beyond,
  };
}
