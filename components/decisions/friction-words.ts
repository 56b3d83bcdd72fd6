import type { Friction } from '@/lib/decisions/friction-model';
import { amountText, numberWord, plural } from '@/lib/exposures/format';

// What the friction page says in words. Pure.

/** "0.42 ms", "8.3 ms", "120 ms", "1.2 s"; null: nothing was counted. */
export function latencyText(us: number | null): string {
  if (us === null) return 'not known';
  if (us < 1_000) return `${(us / 1_000).toFixed(2)} ms`;
  if (us < 100_000) return `${(us / 1_000).toFixed(1)} ms`;
  if (us < 1_000_000) return `${Math.round(us / 1_000)} ms`;
  return `${(us / 1_000_000).toFixed(1)} s`;
}

/** "99.96 %": never rounded up to a hundred. */
export function shareText(share: number | null): string {
  if (share === null) return 'not known';
  const percent = share * 100;
  const digits = percent >= 99 && percent < 100 ? 2 : 0;
  const floor = Math.floor(percent * 10 ** digits) / 10 ** digits;
  return `${floor.toFixed(digits)} %`;
}

/** How many days there are from the first on which anything was asked: what was not there yet does not thin the rates. */
export function daysAsked(days: Friction['days']): number {
  const first = days.findIndex((day) => day.allow + day.step_up + day.pause + day.deny > 0);
  return first < 0 ? 1 : days.length - first;
}

/** A count over days as so many a day. */
export function perDay(n: number, days: number): string {
  const each = n / days;
  return each === 0
    ? '0'
    : each < 0.1
      ? 'less than 0.1'
      : each < 10
        ? each.toFixed(1)
        : amountText(String(Math.round(each)));
}

/** What the page found, first. */
export function headline({ total, byVerdict, takenBackTotal, latency }: Friction, days: number): string {
  const span = days === 1 ? 'Today' : `In the last ${numberWord(days)} days`;
  if (total === 0) return `${span} nothing was asked.`;
  const stopped = byVerdict.step_up + byVerdict.pause + byVerdict.deny;
  const all = `${amountText(String(total))} ${plural(total, 'request')}`;
  const share =
    stopped === 0
      ? `nothing of ${all} was`
      : `${amountText(String(stopped))} of ${all} ${stopped === 1 ? 'was' : 'were'}`;
  const back =
    takenBackTotal === 0
      ? 'nobody had to take anything back'
      : `people took back ${numberWord(takenBackTotal)} ${plural(takenBackTotal, 'stop')}`;
  return `${span} ${share} stopped, ${back}, and half of the decisions took ${latencyText(latency.p50Us)} or less.`;
}

export const KIND_WORDS = {
  approval: 'approved after all',
  exemption: 'exempted from a rule',
  resume: 'resumed after a pause',
  restore: 'restored after a revocation',
} as const;
