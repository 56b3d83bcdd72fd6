import { detect } from '@/lib/findings/detect';
import { type Expected, isExpected } from '@/lib/findings/expected-model';
import { learn } from '@/lib/findings/learn-state';
import type { Detector, Found } from '@/lib/findings/model';
import type { Envelope, Picture } from '@/lib/findings/picture-model';

const DAY_MS = 86_400_000;

/** Everything there is of one identity in a stretch of time, with what led up to it. */
export type History = Omit<Picture, 'envelope'> & {
  /** What analysts said is expected of it. */
  expected?: readonly Expected[];
};

/** The picture of one day: what is judged begins with it, what led up to it is kept for a day. */
function dayOf(history: History, from: number, to: number, envelope: Envelope | null): Picture {
  const events = history.events.filter((event) => event.at >= from - DAY_MS && event.at <= to);
  const began = history.began.filter((at) => at >= from && at <= to);
  return {
    ...history,
    from,
    to,
    events,
    began,
    envelope,
    lives: history.lives.filter((life) => life.at <= to),
    uses: history.uses.filter((use) => use.last >= from - DAY_MS && use.first <= to),
    hours: history.hours.filter((hour) => hour.at + 3_600_000 > from && hour.at <= to),
    steps: history.steps.filter((step) => step.at >= from && step.at <= to),
  };
}

/**
 * Detectors over a stretch of history, a day at a time: what is judged on one day is judged by what was learned before it,
 * and what a finding stands on is not learned. What an analyst said is expected is no finding. Gives what was found and what is usual afterwards. Pure.
 */
export function detectHistory(
  history: History,
  envelope: Envelope | null,
  only?: ReadonlySet<Detector>,
): { found: Found[]; envelope: Envelope | null } {
  const found: Found[] = [];
  let usual = envelope;
  const days = new Set(
    [...history.events.map((event) => event.at), ...history.began, ...history.hours.map((hour) => hour.at), history.to]
      .filter((at) => at >= history.from - 3_600_000)
      .map((at) => Math.floor(Math.max(at, history.from) / DAY_MS)),
  );
  for (const day of [...days].sort((a, b) => a - b)) {
    const from = Math.max(history.from, day * DAY_MS);
    const to = Math.min(history.to, (day + 1) * DAY_MS - 1);
    if (to < from) continue;
    const picture = dayOf(history, from, to, usual);
    const seen = detect(picture, only).filter((one) => !isExpected(one, picture, history.expected ?? []));
    found.push(...seen);
    usual = learn(usual, picture, seen);
  }
  return { found, envelope: usual };
}
