import { assertFound, judged, moved } from '@/lib/findings/assert-model';
import { isLearned } from '@/lib/findings/learn-state';
import type { Found } from '@/lib/findings/model';
import type { EventFact, Picture } from '@/lib/findings/picture-model';
import { networkOf, prefixOf, type Where, whereOf, whereText } from '@/lib/findings/where-model';

/** An identity that turns up in a new place every few days has no usual place. */
const PLACES_MOST = 3;

/** New is a country where countries are known; else a network, if the identity keeps to few, and by a client it never had. */
function isStrange(picture: Picture, event: EventFact, where: Where): boolean {
  const { networks, countries, agents } = picture.envelope!;
  const network = networkOf(where.address);
  if (network in networks || where.zone) return false;
  const known = Object.keys(countries);
  if (where.country && known.length > 0) return known.length <= PLACES_MOST && !(where.country in countries);
  return Object.keys(networks).length <= PLACES_MOST && event.agent !== null && !(event.agent in agents);
}

/**
 * A machine's identity that acts from where it never did, after it was learned to keep to few places (requirement C12).
 * People move: theirs is travel, or nothing.
 */
export function detectUnusualPlace(picture: Picture): Found[] {
  if (picture.identity.kind === 'human' || !isLearned(picture.envelope)) return [];
  const strange = judged(picture).flatMap((event) => {
    const where = event.outcome === 'success' ? whereOf(event, picture.locate) : null;
    return where && isStrange(picture, event, where) ? [{ event, where }] : [];
  });
  const [first] = strange;
  if (!first) return [];
  const changed = strange.some(({ event }) => event.class === 'change' || event.class === 'export');
  const outside = first.where.zone === null;
  const other = first.event.agent !== null && !(first.event.agent in picture.envelope.agents);
  return [
    assertFound(picture, {
      detector: 'unusual-place',
      cause: `place:${first.where.country ?? prefixOf(first.where.address)}`,
      severity: moved(
        'low',
        (other ? 1 : 0) + (changed ? 1 : 0) + (outside ? 1 : 0) - (first.where.shared && changed ? 1 : 0),
      ),
      title: 'Acts from where it never did',
      summary: `${picture.identity.name} acted from ${whereText(first.where)}; in ${picture.envelope.days.length} days learned it kept to ${Object.keys(picture.envelope.countries).join(', ') || Object.keys(picture.envelope.networks).join(', ')}.`,
      reasons: [
        first.where.country ? 'The country is new for it.' : 'The network is new for it.',
        ...(outside ? ['It is in none of the trusted zones.'] : []),
        ...(other ? [`So is the client: ${first.event.agent}.`] : []),
        ...(changed ? ['It changed or took something from there.'] : []),
      ],
      events: strange.map(({ event }) => event),
    }),
  ];
}
