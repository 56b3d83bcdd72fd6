import { assertFound, judged, moved } from '@/lib/findings/assert-model';
import { strangeFrom, usualPeak } from '@/lib/findings/learn-state';
import type { Found } from '@/lib/findings/model';
import type { Picture } from '@/lib/findings/picture-model';
import { networkOf, whereOf } from '@/lib/findings/where-model';

/**
 * More sessions at once than this identity ever had while it was learned. A pool of 56 is normal for one and 3 are strange
 * for another; with nothing learned, no number is strange.
 */
export function detectUnusualConcurrency(picture: Picture): Found[] {
  const usual = usualPeak(picture.envelope);
  if (usual === null) return [];
  const above = picture.steps.filter(
    (step) => step.at >= picture.from && step.at <= picture.to && step.count >= strangeFrom(usual),
  );
  const [first] = above;
  if (!first) return [];
  const most = above.reduce((best, step) => (step.count > best.count ? step : best), first);
  const live = [...picture.sessions.values()].filter((session) => session.from <= most.at && session.until >= most.at);
  const events = judged(picture).filter(
    (event) => event.sessionId && live.some((session) => session.id === event.sessionId),
  );
  const strangers = events.filter((event) => {
    const where = whereOf(event, picture.locate);
    const network = where && networkOf(where.address);
    return (
      (network && !(network in picture.envelope!.networks)) ||
      (event.agent && !(event.agent in picture.envelope!.agents))
    );
  });
  return [
    assertFound(picture, {
      detector: 'unusual-concurrency',
      cause: 'concurrency',
      severity: moved(
        'low',
        (strangers.length > 0 ? 1 : 0) + (strangers.length > 0 && most.count >= 2 * strangeFrom(usual) ? 1 : 0),
      ),
      title: `${most.count} sessions at once, usually ${usual} at most`,
      summary: `${picture.identity.name} had ${most.count} sessions at once; on ${picture.envelope!.peaks.length} days learned it never had more than ${usual}.`,
      reasons: [
        `${strangeFrom(usual)} or more at once are strange for it.`,
        strangers.length > 0
          ? 'Some come from a network or a client it had not been seen with.'
          : 'All come from where it usually acts: it may only be busier.',
      ],
      events: (strangers.length > 0 ? strangers : events).slice(-20),
      sessions: live.slice(-50).map((session) => session.id),
      since: first.at,
      facts: { 'at once': most.count, usual },
    }),
  ];
}
