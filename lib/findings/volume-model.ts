import { assertFound } from '@/lib/findings/assert-model';
import type { Detector, Found } from '@/lib/findings/model';
import type { Hour, Picture } from '@/lib/findings/picture-model';

/** Work varies from hour to hour by a small factor; ten times its own record is another kind of work. */
const TIMES = 10;

const highest = (hours: readonly Hour[], by: (hour: Hour) => number): Hour | null =>
  hours.reduce<Hour | null>((best, hour) => (best === null || by(hour) > by(best) ? hour : best), null);

/** An hour that is far above the most there ever was. */
export function aboveRecord(
  picture: Picture,
  of: { detector: Detector; what: string; title: string; per: 'hour' | 'minute'; show?: (amount: number) => string },
  by: (hour: Hour) => number,
  usual: number,
  least: number,
): Found[] {
  const hour = highest(picture.hours, by);
  if (!hour || by(hour) < least || by(hour) < Math.max(1, usual) * TIMES) return [];
  const show = of.show ?? String;
  const events = picture.events.filter((event) => event.at >= hour.at && event.at < hour.at + 3_600_000);
  return [
    assertFound(picture, {
      detector: of.detector,
      cause: of.what,
      severity: usual > 0 ? 'medium' : 'high',
      title: of.title,
      summary: `${picture.identity.name}: ${show(by(hour))} ${of.show ? `of ${of.what}` : of.what} within ${of.per === 'hour' ? 'an hour' : 'a minute'}; the most learned in ${picture.envelope!.days.length} days is ${show(usual)}.`,
      reasons: [
        usual > 0
          ? `That is ${Math.floor(by(hour) / usual)} times its own record.`
          : `It had never made any ${of.what} before.`,
      ],
      events: events.slice(-50),
      since: hour.at,
      facts: of.show ? { [of.what]: show(by(hour)), usual: show(usual) } : { [of.what]: by(hour), usual },
    }),
  ];
}
