import { assertFound, judged, moved } from '@/lib/findings/assert-model';
import { isLearned } from '@/lib/findings/learn-state';
import type { Found } from '@/lib/findings/model';
import { isOneOperator } from '@/lib/findings/operators-model';
import type { Envelope, EventFact, Picture } from '@/lib/findings/picture-model';
import { networkOf, operatorName, prefixOf, type Where, whereOf, whereText } from '@/lib/findings/where-model';

/** An identity that turns up in a new place every few days has no usual place. */
const PLACES_MOST = 3;

/** So often operators were told, before one that was not is new. */
const OPERATORS_LEAST = 50;

/** Operators are learned by number: `AS16509`. */
const isKnown = (known: readonly [string, number][], where: Where): boolean =>
  known.some(([name]) => isOneOperator({ asn: Number(name.slice(2)), org: null }, where));

/** In a country it knows: the network of another operator, if it keeps to few, and by a client it never had. */
function isElsewhere({ operators = {}, agents }: Envelope, event: EventFact, where: Where): boolean {
  const name = operatorName(where.asn);
  const known = Object.entries(operators);
  const told = known.reduce((sum, [, count]) => sum + count, 0);
  if (name === null || isKnown(known, where) || known.length > PLACES_MOST || told < OPERATORS_LEAST) return false;
  return event.agent !== null && Object.keys(agents).length > 0 && !(event.agent in agents);
}

/**
 * New is a country where countries are known, or another operator's network in one of them; else a network, if the identity
 * keeps to few, and by a client it never had.
 */
function isStrange(picture: Picture, event: EventFact, where: Where): boolean {
  const { networks, countries, agents } = picture.envelope!;
  const network = networkOf(where.address);
  if (network in networks || where.zone) return false;
  const known = Object.keys(countries);
  if (where.country && known.length > 0)
    return (
      known.length <= PLACES_MOST && (!(where.country in countries) || isElsewhere(picture.envelope!, event, where))
    );
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
  const newCountry = first.where.country !== null && !(first.where.country in picture.envelope.countries);
  const other = first.event.agent !== null && !(first.event.agent in picture.envelope.agents);
  return [
    assertFound(picture, {
      detector: 'unusual-place',
      cause: newCountry
        ? `place:${first.where.country}`
        : `place:${operatorName(first.where.asn) ?? prefixOf(first.where.address)}`,
      severity: moved(
        'low',
        (other ? 1 : 0) + (changed ? 1 : 0) + (outside ? 1 : 0) - (first.where.shared && changed ? 1 : 0),
      ),
      title: 'Acts from where it never did',
      summary: `${picture.identity.name} acted from ${whereText(first.where)}; in ${picture.envelope.days.length} days learned it kept to ${Object.keys(picture.envelope.countries).join(', ') || Object.keys(picture.envelope.networks).join(', ')}.`,
      reasons: [
        newCountry
          ? 'The country is new for it.'
          : first.where.asn === null
            ? 'The network is new for it.'
            : `The operator of the network is new for it: ${first.where.org ?? operatorName(first.where.asn)}.`,
        ...(outside ? ['It is in none of the trusted zones.'] : []),
        ...(other ? [`So is the client: ${first.event.agent}.`] : []),
        ...(changed ? ['It changed or took something from there.'] : []),
      ],
      events: strange.map(({ event }) => event),
    }),
  ];
}
