import { leastKm } from '@/lib/findings/countries-model';
import { isOneOperator } from '@/lib/findings/operators-model';
import type { Locate, Picture, Use } from '@/lib/findings/picture-model';
import { apart, type Where, whereOf } from '@/lib/findings/where-model';

/** Whoever uses a credential: one client at one place, whatever sessions that makes. */
export interface Holder {
  where: Where;
  agent: string | null;
  uses: Use[];
  events: number;
  reads: number;
  changes: number;
}

export interface Credential {
  name: string;
  kind: string;
  source: string;
  holders: Holder[];
  /** Places that are apart from each other. */
  places: number;
}

/** Faster than any airliner, km/h. */
const FASTEST_KMH = 1000;
/** So soon nobody has gone from one operator's network to another's, and back, again and again, ms. */
export const AT_ONCE_MS = 10 * 60_000;
const HOLDERS_MOST = 64;

const isOnePlace = (a: Where, b: Where): boolean => a.address === b.address || apart(a, b) === null;

/** Who uses which credential, from places that can be told apart. */
export function credentialsOf({ uses, locate }: Pick<Picture, 'uses' | 'locate'>): Credential[] {
  const byName = new Map<string, Use[]>();
  for (const use of uses) {
    const key = `${use.source} ${use.credential}`;
    byName.set(key, [...(byName.get(key) ?? []), use]);
  }
  return [...byName.values()].flatMap((own) => {
    const holders = holdersOf(own, locate);
    const { credential: name, credentialKind: kind, source } = own[0]!;
    return holders.length > 1 ? [{ name, kind, source, holders, places: placesOf(holders) }] : [];
  });
}

function holdersOf(uses: readonly Use[], locate: Locate): Holder[] {
  const holders: Holder[] = [];
  for (const use of [...uses].sort((a, b) => a.first - b.first)) {
    const where = whereOf({ ...use, class: 'other', region: null }, locate);
    if (!where) continue;
    let mine = holders.find((one) => one.agent === use.agent && isOnePlace(one.where, where));
    if (!mine) {
      if (holders.length >= HOLDERS_MOST) continue;
      mine = { where, agent: use.agent, uses: [], events: 0, reads: 0, changes: 0 };
      holders.push(mine);
    }
    mine.uses.push(use);
    mine.events += use.events;
    mine.reads += use.reads;
    mine.changes += use.changes;
  }
  return holders;
}

function placesOf(holders: readonly Holder[]): number {
  const places: Where[] = [];
  for (const { where } of holders) if (!places.some((place) => isOnePlace(place, where))) places.push(where);
  return places.length;
}

/** One and the same client shows at both places: one host that moves, or leaves by several addresses. */
export const roams = (holders: readonly Holder[], a: Holder, b: Holder): boolean =>
  holders.some(
    (one) =>
      one.agent !== null &&
      isOnePlace(one.where, a.where) &&
      holders.some((two) => two !== one && two.agent === one.agent && isOnePlace(two.where, b.where)),
  );

/** In another country and with another operator: a cloud has regions, and what runs in one calls from another. */
export const isAbroad = (a: Where, b: Where): boolean => apart(a, b) === 'country' && isOneOperator(a, b) !== true;

export interface Turn {
  /** How long it took from one to the other, ms. */
  ms: number;
  at: number;
}

/** Each time the one acted after the other, as far as times are kept: at least the first and last of five minutes. */
export function turnsOf(a: Holder, b: Holder): Turn[] {
  const acts = [a, b]
    .flatMap((holder) => holder.uses.flatMap(({ first, last }) => [first, last].map((at) => ({ at, holder }))))
    .sort((one, two) => one.at - two.at);
  return acts.flatMap(({ at, holder }, index) => {
    const before = acts[index - 1];
    return before && before.holder !== holder ? [{ at, ms: at - before.at }] : [];
  });
}

/** Whether nobody gets from one to the other in that time, with another client at hand there: of neighbours within minutes. */
export function isTooFast(a: Where, b: Where, { ms }: Turn): boolean {
  if (!a.country || !b.country) return false;
  const km = leastKm(a.country, b.country);
  return ms <= AT_ONCE_MS || (km > 0 && km > (ms / 3_600_000) * FASTEST_KMH);
}
