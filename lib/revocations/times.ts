import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { list as listConnectors } from '@/lib/connectors/list';
import { target } from '@/lib/revocations/target';
import type { Span, SystemTimes, Times } from '@/lib/revocations/times/model';
import { type DrillRow, drilled, exposed, overall, perSystem, type SpanRow } from '@/lib/revocations/times/store';

const spanOf = (row: SpanRow | undefined, of: 'effective' | 'verified'): Span | null => {
  const [p50, p95] = [row?.[`${of}_p50`], row?.[`${of}_p95`]];
  if (!row || p50 === null || p50 === undefined || p95 === null || p95 === undefined) return null;
  return { p50: Math.round(p50), p95: Math.round(p95), count: row[`${of}_count`] };
};

const whole = (ms: number | null): number | null => (ms === null ? null : Math.round(ms));

const drillsOf = (row: DrillRow | undefined): SystemTimes['drilled'] =>
  row
    ? {
        count: row.count,
        failed: row.failed,
        refusedMs: whole(row.refusedMs),
        deadMs: whole(row.deadMs),
        verifiedMs: whole(row.verifiedMs),
        lastAt: row.lastAt.toISOString(),
        lastState: row.lastState,
      }
    : null;

/** The value below which `part` of the sorted values are. */
const quantile = (sorted: number[], part: number): number =>
  sorted[Math.min(Math.ceil(sorted.length * part), sorted.length) - 1] ?? 0;

const SHOWN = 50;

/**
 * Time to revoke over the last 90 days as it was measured, beside what is declared and what drills measured: click to
 * effective and to verified, as a whole and per system, how many missed the target, and the exposure after detection.
 */
export async function times(ctx: Ctx): Promise<Times> {
  authorise(ctx, 'console.read');
  const { ms: targetMs } = await target(ctx);
  const [all, own, drills, found, connectors] = await Promise.all([
    overall(targetMs),
    perSystem(targetMs),
    drilled(),
    exposed(),
    listConnectors(ctx),
  ]);
  const decision = own.find((row) => row.connectorId === null);
  const systems = connectors.items.map((connector): SystemTimes => {
    const row = own.find((one) => one.connectorId === connector.id);
    return {
      connectorId: connector.id,
      name: connector.name,
      vendor: connector.vendor,
      total: row?.total ?? 0,
      effective: spanOf(row, 'effective'),
      verified: spanOf(row, 'verified'),
      missed: row?.missed ?? 0,
      declared: connector.capabilities.propagationMs,
      drilled: drillsOf(drills.find((one) => one.connectorId === connector.id)),
    };
  });
  const sorted = found.map((one) => one.ms).sort((a, b) => a - b);
  return {
    targetMs,
    total: all.total,
    missed: all.missed,
    effective: spanOf(all, 'effective'),
    verified: spanOf(all, 'verified'),
    systems: [
      {
        connectorId: null,
        name: 'Decision point',
        vendor: 'braid',
        total: decision?.total ?? 0,
        effective: spanOf(decision, 'effective'),
        verified: spanOf(decision, 'verified'),
        missed: decision?.missed ?? 0,
        declared: null,
        drilled: null,
      },
      ...systems,
    ].slice(0, 200),
    exposure: sorted.length
      ? { p50: Math.round(quantile(sorted, 0.5)), p95: Math.round(quantile(sorted, 0.95)), count: sorted.length }
      : null,
    exposed: found.slice(0, SHOWN).map((one) => ({
      ...one,
      seenAt: one.seenAt.toISOString(),
      requestedAt: one.requestedAt.toISOString(),
      verifiedAt: one.verifiedAt?.toISOString() ?? null,
      ms: Math.round(one.ms),
    })),
  };
}
