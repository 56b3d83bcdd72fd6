import { plural, scopeText } from '@/lib/exposures/format';
import { windowStart } from '@/lib/exposures/window-state';
import type { DecisionFact, Evidence, ExposureFact } from '@/lib/findings/model';

/** `3, 'session'` → `3 sessions`. */
export const counted = (count: number, one: string, many?: string): string => `${count} ${plural(count, one, many)}`;

/** Of the sessions a title counts, those that got nothing, and so are on no path as holders. */
export const refusedOf = (count: number): string => (count > 0 ? `, ${count} of them only refused` : '');

export const listText = (items: readonly string[], most = 4): string =>
  items.length <= most ? items.join(', ') : `${items.slice(0, most).join(', ')} and ${items.length - most} more`;

/** ` on account 4711`; nothing for a key that is an id only Braid knows (the identity or session itself). */
export function onText(scope: string, key: string, resourceType?: string | null): string {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(key) ? '' : ` on ${scopeText(scope, key, resourceType)}`;
}

/** The largest of some amounts, 0 for none. (Math.max can't take bigint.) */
export const largestOf = (amounts: readonly bigint[]): bigint =>
  [...amounts].sort((a, b) => (a < b ? -1 : 1)).at(-1) ?? 0n;

/** The later, or the earlier, of two ISO 8601 times in UTC. */
export const laterOf = (a: string, b: string): string => [a, b].sort().at(-1)!;
export const earlierOf = (a: string, b: string): string => [a, b].sort()[0]!;

/** The first of these refusals, oldest first, that still lies in the window in which the last one was judged. */
export function crossingOf(
  refused: readonly DecisionFact[],
  { windowSecs, calendar }: Pick<ExposureFact, 'windowSecs' | 'calendar'>,
): string | undefined {
  const last = refused.at(-1);
  if (!last) return undefined;
  const from = windowStart(windowSecs, calendar, Date.parse(last.at)) ?? Number.NEGATIVE_INFINITY;
  return refused.find((decision) => Date.parse(decision.at) >= from)?.id;
}

/** Where the story behind a finding is drawn: the path of its exposure, seen from the decision that first crossed. */
export function pathHref({ exposureId, crossing, decisions }: Evidence): string | null {
  if (!exposureId) return null;
  const from = crossing ?? decisions[0];
  return from ? `/decisions/${from}/path?exposure=${exposureId}` : `/decisions/path?exposure=${exposureId}`;
}

/** A stretch of time in the unit people would use: `40 s`, `12 min`, `5 h`, `76 days`. */
export function spanText(ms: number): string {
  const secs = Math.max(0, Math.round(ms / 1000));
  if (secs < 120) return `${secs} s`;
  if (secs < 7_200) return `${Math.round(secs / 60)} min`;
  if (secs < 172_800) return `${Math.round(secs / 3_600)} h`;
  return `${Math.round(secs / 86_400)} days`;
}
