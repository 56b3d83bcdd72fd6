import { ACTS_LEAST, ALIKE_FROM, type Course, type Likeness, type Trait } from '@/lib/sessions/likeness-model';
import { isPrivate, siteOf } from '@/lib/sessions/network-model';

/** What a run does says most, then in which order; whose client and from where can be borrowed. */
const WEIGHTS: Record<Trait, number> = { actions: 4, order: 2.5, agent: 1.5, place: 1, pace: 1 };

const counted = (names: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
};

/** Cosine of two counts. */
function cosine(a: Map<string, number>, b: Map<string, number>): number {
  const length = (of: Map<string, number>) => Math.sqrt([...of.values()].reduce((sum, n) => sum + n * n, 0));
  const size = length(a) * length(b);
  if (size === 0) return 0;
  return Math.min(1, [...a].reduce((sum, [name, n]) => sum + n * (b.get(name) ?? 0), 0) / size);
}

const pairs = (actions: readonly string[]): string[] =>
  actions.slice(1).map((name, index) => `${actions[index]}\u0000${name}`);

const leadOf = (agent: string): string => agent.split(/[ /]/)[0]!.toLowerCase();
const placeOf = (network: string): string => (isPrivate(network) ? 'private' : siteOf(network));

/** Median pause, ms; null: fewer than two pauses. */
function pauseOf(times: readonly number[]): number | null {
  const pauses = times
    .slice(1)
    .map((at, index) => at - times[index]!)
    .sort((a, b) => a - b);
  return pauses.length < 2 ? null : Math.max(1, pauses[Math.floor(pauses.length / 2)]!);
}

/** How alike two courses are, trait by trait; of what one of them does not tell nothing is said. */
function traitsOf(one: Course, other: Course): { trait: Trait; likeness: number }[] {
  const told: { trait: Trait; likeness: number }[] = [
    { trait: 'actions', likeness: cosine(counted(one.actions), counted(other.actions)) },
    { trait: 'order', likeness: cosine(counted(pairs(one.actions)), counted(pairs(other.actions))) },
  ];
  if (one.agent && other.agent)
    told.push({ trait: 'agent', likeness: leadOf(one.agent) === leadOf(other.agent) ? 1 : 0 });
  if (one.network && other.network)
    told.push({ trait: 'place', likeness: placeOf(one.network) === placeOf(other.network) ? 1 : 0 });
  const [pause, otherPause] = [pauseOf(one.times), pauseOf(other.times)];
  if (pause && otherPause)
    told.push({ trait: 'pace', likeness: Math.min(pause, otherPause) / Math.max(pause, otherPause) });
  return told;
}

const round = (share: number): number => Math.round(share * 100) / 100;

function together(traits: readonly { trait: Trait; likeness: number }[]): number {
  const weight = traits.reduce((sum, { trait }) => sum + WEIGHTS[trait], 0);
  return traits.reduce((sum, { trait, likeness }) => sum + likeness * WEIGHTS[trait], 0) / weight;
}

/**
 * Compares a session with earlier ones of its identity (requirement D15). One that still runs has done the beginning of what
 * they did: each is compared as far as it has come. It says how alike; it proves nothing about whose hand it was.
 */
export function likenessOf(one: Course, earlier: readonly Course[]): Likeness {
  const known = new Set(earlier.flatMap((other) => other.actions));
  const unseen = earlier.length ? [...new Set(one.actions)].filter((name) => !known.has(name)) : [];
  const compared = one.actions.length < ACTS_LEAST ? [] : earlier.filter((other) => other.actions.length >= ACTS_LEAST);
  const scored = compared.map((other) => {
    const far = {
      ...other,
      actions: other.actions.slice(0, one.actions.length),
      times: other.times.slice(0, one.times.length),
    };
    const traits = traitsOf(one, far);
    return { other, traits, likeness: together(traits) };
  });
  const nearest = scored.reduce<(typeof scored)[number] | null>(
    (best, next) => (best === null || next.likeness > best.likeness ? next : best),
    null,
  );
  return {
    acts: one.actions.length,
    earlier: compared.length,
    alike: scored.filter(({ likeness }) => likeness >= ALIKE_FROM).length,
    nearest: nearest && {
      id: nearest.other.id,
      label: nearest.other.label,
      likeness: round(nearest.likeness),
      traits: nearest.traits.map(({ trait, likeness }) => ({ trait, likeness: round(likeness) })),
    },
    unseen: unseen.slice(0, 20).map((name) => name.slice(0, 200)),
  };
}
