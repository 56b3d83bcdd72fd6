import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { points, type ValueRow, values, variances } from '@/lib/allotments/blind/store';
import { type BlindQuery, type BlindReport, blindQuerySchema } from '@/lib/allotments/model';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

const WEEK_MS = 7 * 86_400_000;
const MAX_MS = 400 * 86_400_000;

/**
 * What was decided without knowing shared state: per unit the share of value, and per enforcement point what it was given,
 * what it really spent, and what should not have been. Without a period: the last seven days. Errors: `access.denied`,
 * `input.invalid`.
 */
export async function blindReport(ctx: Ctx, query: BlindQuery = {}): Promise<BlindReport> {
  authorise(ctx, 'console.read');
  const asked = blindQuerySchema.parse(query);
  const to = asked.to ?? clock.now().toISOString();
  const from = asked.from ?? new Date(Date.parse(to) - WEEK_MS).toISOString();
  const span = Date.parse(to) - Date.parse(from);
  if (!(span > 0 && span <= MAX_MS)) throw new BraidError('input.invalid', 'A period runs forward, at most 400 days.');
  const [rows, found, parts] = await Promise.all([values(from, to), points(from, to), variances(from, to)]);
  return {
    from,
    to,
    units: [...new Set(rows.map((row) => row.unit))].slice(0, 50).map((unit) => shareOf(unit, rows)),
    points: found.map((point) => ({
      tokenId: point.id,
      name: point.name,
      mode: point.mode,
      staleSecs: point.stale_secs,
      settleAfterSecs: point.settle_after_secs,
      decisions: point.decisions,
      allotments: point.allotments,
      open: point.open,
      overdue: point.overdue,
      overused: point.overused,
      told: point.told,
      toldDenied: point.told_denied,
      variance: parts
        .filter((part) => part.token_id === point.id)
        .map(({ unit, scale, ...sums }) => ({
          unit,
          scale,
          given: sums.given.toString(),
          spent: sums.spent.toString(),
          returned: sums.returned.toString(),
          beyond: sums.beyond.toString(),
          denied: sums.denied.toString(),
        })),
    })),
  };
}

function shareOf(unit: string, rows: ValueRow[]): BlindReport['units'][number] {
  const own = rows.filter((row) => row.unit === unit);
  const scale = Math.max(...own.map((row) => row.scale));
  // Meters of one unit may differ in scale: sums are in the finest of them.
  const of = (mode: ValueRow['mode']) =>
    own
      .filter((row) => row.mode === mode)
      .reduce((sum, row) => sum + row.amount * 10n ** BigInt(scale - row.scale), 0n);
  const [online, bounded, offline, legacy] = [of('online'), of('bounded'), of('offline'), of('legacy')];
  const total = online + bounded + offline + legacy;
  const blind = offline + legacy;
  const tenths = total > 0n ? Number((blind * 1000n + total - 1n) / total) : 0;
  return {
    unit,
    scale,
    online: online.toString(),
    bounded: bounded.toString(),
    offline: offline.toString(),
    legacy: legacy.toString(),
    total: total.toString(),
    blind: blind.toString(),
    percent: tenths / 10,
  };
}
