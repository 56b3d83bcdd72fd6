import type { Snapshot } from '@/lib/coverage/model';

export type ReportedTimes = NonNullable<Snapshot['totals']['revocations']['times']>;

export const seconds = (ms: number | null | undefined): string =>
  ms === null || ms === undefined ? '–' : ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;

/** What the times of a report come to, in words: the same on its page and in its files. */
export function revokeSentence(times: ReportedTimes): string {
  const { exposure, verified, missed, total, targetMs } = times;
  return [
    verified
      ? `Access was proven ended ${seconds(verified.p50)} after the click in the median, ${seconds(verified.p95)} at the 95th percentile; ${missed} of ${total} missed the target of ${seconds(targetMs)}.`
      : `No access was proven ended in these 90 days; the target is ${seconds(targetMs)}.`,
    ...(exposure
      ? [
          `From first seen to proven ended, what was found stayed open ${seconds(exposure.p50)} in the median (${exposure.count}).`,
        ]
      : []),
  ].join(' ');
}
