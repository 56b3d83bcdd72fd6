import type { EnforcementPoint, PointMode } from '@/lib/access/model';
import type { BlindReport } from '@/lib/allotments/model';
import { amountText, spanText } from '@/lib/exposures/format';

export const MODE_WORDS: Record<PointMode, string> = {
  online: 'Online: asks about every request',
  bounded: 'Bounded: may act on an answer for a while',
  offline: 'Offline: spends a signed share given beforehand',
  legacy: 'Legacy: tells afterwards what it did',
};

/** "bounded, 30 seconds", "online, final after 2 hours" */
export function pointText({ mode, staleSecs, settleAfterSecs }: EnforcementPoint): string {
  const stale = staleSecs === null ? '' : `, ${spanText(staleSecs)}`;
  return `${mode}${stale}${settleAfterSecs === null ? '' : `, final after ${spanText(settleAfterSecs)}`}`;
}

/** "2.4 % of 118 000 EUR was decided blind." */
export function blindText({ units, points }: BlindReport): string {
  const blind = units.filter((one) => one.blind !== '0');
  if (units.length === 0) return 'No value was decided in this week.';
  if (blind.length === 0) {
    const away = points.filter((point) => point.mode !== 'online').length;
    return away === 0
      ? 'Every value was decided on shared state: no enforcement point is blind.'
      : 'Every value of this week was decided on shared state.';
  }
  const parts = blind.map((one) => `${one.percent} % of ${amountText(one.total, one.scale, one.unit)}`);
  return `${parts.join(' and ')} was decided blind.`;
}

/** What is wrong at one enforcement point, in words; null: nothing is. */
export function flagText(point: BlindReport['points'][number]): string | null {
  const beyond = point.variance.filter((one) => one.beyond !== '0');
  const denied = point.variance.filter((one) => one.denied !== '0');
  const parts = [
    ...beyond.map((one) => `${amountText(one.beyond, one.scale, one.unit)} spent beyond what was given`),
    ...denied.map((one) => `${amountText(one.denied, one.scale, one.unit)} would have been denied`),
    ...(point.overdue ? [`${point.overdue} ended without a report, taken as spent`] : []),
  ];
  return parts.length ? parts.join('; ') : null;
}
