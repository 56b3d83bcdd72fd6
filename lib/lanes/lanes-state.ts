import type { Cadence, Lane, LaneSession, Part, SessionOfLane } from '@/lib/lanes/model';
import { isPrivate, siteOf } from '@/lib/sessions/network-model';

/** Two bodies of work with this much in common (cosine of action counts) are one grammar. */
const ALIKE = 0.5;
const STEADY = 0.5;
const SPARSE_SECS = 600;
const LANES_MOST = 50;
const SESSIONS_MOST = 500;
const ALSO_MOST = 10;

interface Cluster {
  agent: string | null;
  boundTo: string | null;
  networks: Map<string, number>;
  sessions: LaneSession[];
  actions: Record<string, number>;
  cadence: Cadence;
  everySecs: number | null;
}

/** The trusted zone an address is in; null: in none. */
export type ZoneIn = (address: string) => string | null;

/** Where a session acts from: the trusted zone its address is in; else private, or the network of one site. */
const placeOf = (network: string | null, zoneOf: ZoneIn | null): string => {
  if (!network) return 'unknown';
  const zone = zoneOf?.(network);
  return zone ? `zone ${zone}` : isPrivate(network) ? 'private' : siteOf(network);
};

/** As lanes were told apart before, by /16 and /32: what an analyst confirmed then still stands where it means one lane. */
const widePlaceOf = (network: string | null): string =>
  !network
    ? 'unknown'
    : isPrivate(network)
      ? 'private'
      : network.includes(':')
        ? network.split(':').slice(0, 2).join(':')
        : network.split('.').slice(0, 2).join('.');

const leadOf = (agent: string | null): string => agent?.split(' ')[0]?.toLowerCase() ?? '';

const median = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)]!;

/** How evenly events follow each other: the middle half of the pauses against their median. */
export function cadenceOf(times: readonly number[]): { cadence: Cadence; everySecs: number | null } {
  const pauses = times
    .slice(1)
    .map((at, index) => at - times[index]!)
    .sort((a, b) => a - b);
  if (pauses.length < 2) return { cadence: 'sparse', everySecs: null };
  const middle = median(pauses);
  const everySecs = Math.round(middle / 100) / 10;
  if (middle / 1000 > SPARSE_SECS) return { cadence: 'sparse', everySecs };
  const spread = pauses[Math.floor(pauses.length * 0.75)]! - pauses[Math.floor(pauses.length * 0.25)]!;
  return { cadence: spread <= STEADY * Math.max(middle, 1) ? 'steady' : 'bursts', everySecs };
}

/** Cosine of two bodies of work, 0 to 1; of one that is silent nothing can be said: 1. */
export function likeness(a: Record<string, number>, b: Record<string, number>): number {
  const length = (of: Record<string, number>) => Math.sqrt(Object.values(of).reduce((sum, n) => sum + n * n, 0));
  const size = length(a) * length(b);
  if (size === 0) return 1;
  return Object.entries(a).reduce((sum, [name, n]) => sum + n * (b[name] ?? 0), 0) / size;
}

function merged(actions: readonly Record<string, number>[]): Record<string, number> {
  const all: Record<string, number> = {};
  for (const each of actions) for (const [name, n] of Object.entries(each)) all[name] = (all[name] ?? 0) + n;
  return all;
}

function clusterOf(sessions: LaneSession[]): Cluster {
  const [first] = sessions;
  const networks = new Map<string, number>();
  for (const { network } of sessions) if (network) networks.set(network, (networks.get(network) ?? 0) + 1);
  // A hand keeps its pace within a session: the pace of the busiest speaks for it.
  const busiest = sessions.reduce((best, one) => (one.times.length > best.times.length ? one : best));
  return {
    agent: first!.agent,
    boundTo: first!.boundTo,
    networks,
    sessions,
    actions: merged(sessions.map((session) => session.actions)),
    ...cadenceOf(busiest.times),
  };
}

const shareSession = (a: Cluster, b: Cluster): boolean =>
  a.sessions.some(({ id, part }) => part && b.sessions.some((other) => other.id === id));

/**
 * One client with one grammar and one pace on several networks is one hand behind several exits: a pool, not a second one.
 * Exits that share out one session share out its pace as well.
 */
const isOneHand = (a: Cluster, b: Cluster): boolean =>
  leadOf(a.agent) === leadOf(b.agent) &&
  a.boundTo === b.boundTo &&
  (a.cadence === b.cadence || a.everySecs === null || b.everySecs === null || shareSession(a, b)) &&
  likeness(a.actions, b.actions) >= ALIKE;

function clustersOf(unsorted: readonly LaneSession[], zoneOf: ZoneIn | null): Cluster[] {
  const sessions = [...unsorted].sort((a, b) => a.from - b.from);
  const groups = new Map<string, LaneSession[]>();
  for (const session of sessions) {
    const key = [leadOf(session.agent), session.boundTo ?? '', placeOf(session.network, zoneOf)].join('\u0000');
    const group = groups.get(key);
    if (group) group.push(session);
    else groups.set(key, [session]);
  }
  const clusters: Cluster[] = [];
  for (const group of [...groups.values()].sort((a, b) => b.length - a.length || a[0]!.from - b[0]!.from)) {
    const made = clusterOf(group);
    const like = clusters.findIndex((one) => isOneHand(one, made));
    if (like < 0) clusters.push(made);
    else clusters[like] = clusterOf([...clusters[like]!.sessions, ...group].sort((a, b) => a.from - b.from));
  }
  return clusters;
}

const overlaps = (a: Cluster, b: Cluster): boolean =>
  a.sessions.some((one) => b.sessions.some((other) => one.from <= other.until && other.from <= one.until));

const firstOf = ({ sessions }: Cluster): LaneSession =>
  sessions.reduce((best, one) => (one.from < best.from ? one : best));

const basisOf = (cluster: Cluster, zoneOf: ZoneIn | null): string =>
  [leadOf(cluster.agent), cluster.boundTo ?? '', placeOf(firstOf(cluster).network, zoneOf)].join(' ');

/** As `lanesOf` sorts them, all of them and each whole: nothing is told of a lane but what it is known by and what it holds. */
export const handsOf = (
  sessions: readonly LaneSession[],
  zoneOf: ZoneIn | null,
): { basis: string; sessions: LaneSession[] }[] =>
  clustersOf(sessions, zoneOf).map((cluster) => ({ basis: basisOf(cluster, zoneOf), sessions: cluster.sessions }));

type Member = Omit<SessionOfLane, 'alsoIn'> & { /** Bases of lanes. */ alsoIn: string[] };

export interface Sorted {
  lanes: (Omit<Lane, 'fingerprint' | 'name' | 'held' | 'byName' | 'sessions'> & {
    basis: string;
    wideBasis: string;
    sessions: Member[];
  })[];
  concurrent: number;
}

/** Two parts of one session, as one. */
function partsTogether(a: Part, b: Part): Part {
  if (a.rest === b.rest) return { networks: [...new Set([...a.networks, ...b.networks])], rest: a.rest };
  const [rest, some] = a.rest ? [a, b] : [b, a];
  return { networks: rest.networks.filter((network) => !some.networks.includes(network)), rest: true };
}

/** The sessions of a cluster, each once; of one whose parts are all here nothing is left out. */
function membersOf(cluster: Cluster): Omit<Member, 'alsoIn'>[] {
  const members = new Map<string, Omit<Member, 'alsoIn'>>();
  for (const { id, label, live, part } of cluster.sessions) {
    const before = members.get(id)?.part;
    const both = part && before ? partsTogether(before, part) : (part ?? null);
    members.set(id, { id, label, live, part: both?.rest && both.networks.length === 0 ? null : both });
  }
  return [...members.values()].slice(-SESSIONS_MOST);
}

/**
 * Sorts one identity's sessions into hands: by fingerprint (client, bound key or device, network), then those fingerprints
 * together that share client, pace and grammar. `basis` is what a lane is known by again, `wideBasis` what it was known by before. It suggests; the analyst
 * confirms. A session that came in strands is in the lane of each. `zoneOf`: trusted zones, if there are any: one zone is one place.
 */
export function lanesOf(sessions: readonly LaneSession[], zoneOf: ZoneIn | null = null): Sorted {
  const clusters = clustersOf(sessions, zoneOf).slice(0, LANES_MOST);
  const bases = clusters.map((cluster) => basisOf(cluster, zoneOf));
  const alsoIn = (id: string, mine: number) =>
    bases
      .filter((_, other) => other !== mine && clusters[other]!.sessions.some((session) => session.id === id))
      .slice(0, ALSO_MOST);
  const concurrent = clusters.filter((one) => clusters.some((other) => other !== one && overlaps(one, other))).length;
  const lanes = clusters.map((cluster, index) => {
    const others = clusters.filter((other) => other !== cluster && Object.keys(other.actions).length > 0);
    const total = Object.values(cluster.actions).reduce((sum, n) => sum + n, 0);
    const first = firstOf(cluster);
    return {
      basis: bases[index]!,
      wideBasis: [leadOf(cluster.agent), cluster.boundTo ?? '', widePlaceOf(first.network)].join(' '),
      networks: [...cluster.networks.entries()]
        .sort((a, b) => b[1] - a[1])
        .slice(0, 8)
        .map(([network]) => network),
      agent: cluster.agent,
      boundTo: cluster.boundTo,
      cadence: cluster.cadence,
      everySecs: cluster.everySecs,
      actions: Object.entries(cluster.actions)
        .sort((a, b) => b[1] - a[1])
        .slice(0, 6)
        .map(([name, n]) => ({ name: name.slice(0, 200), share: Math.round((n / total) * 100) / 100 })),
      unlike:
        total === 0 || others.length === 0
          ? null
          : Math.round((1 - likeness(cluster.actions, merged(others.map((other) => other.actions)))) * 100) / 100,
      events: total,
      from: new Date(first.from).toISOString(),
      until: new Date(Math.max(...cluster.sessions.map((session) => session.until))).toISOString(),
      sessions: membersOf(cluster).map((member) => ({
        ...member,
        alsoIn: member.part ? alsoIn(member.id, index) : [],
      })),
    };
  });
  return { lanes, concurrent };
}
