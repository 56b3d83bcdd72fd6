import type { Locate } from '@/lib/findings/picture-model';
import { apart, apartByAddress, type Where, whereOf } from '@/lib/findings/where-model';
import type { Deed, LaneSession } from '@/lib/lanes/model';

/** Places of one session that are told apart; what comes from more of them stays with its first holder. */
const PLACES_MOST = 8;
const TIMES_MOST = 200;

interface Strand {
  where: Where;
  networks: Set<string>;
  deeds: Deed[];
}

/** The deeds of one session by the places they came from, in order of appearance; what nobody's place is known of is left out. */
function placesOf(deeds: readonly Deed[], locate: Locate, differ: typeof apart): Strand[] {
  const strands: Strand[] = [];
  const inOrder = [...deeds].sort((a, b) => (a.times[0] ?? 0) - (b.times[0] ?? 0));
  for (const deed of inOrder) {
    const where = whereOf(deed, locate);
    if (!where) continue;
    const mine =
      strands.find((one) => one.networks.has(where.address)) ??
      strands.find((one) => differ(one.where, where) === null);
    if (mine) {
      mine.networks.add(where.address);
      mine.deeds.push(deed);
    } else if (strands.length < PLACES_MOST) {
      strands.push({ where, networks: new Set([where.address]), deeds: [deed] });
    }
  }
  return strands;
}

const countsOf = (deeds: readonly Deed[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { action, class: kind, count } of deeds)
    if (kind !== 'session') counts[action] = (counts[action] ?? 0) + count;
  return counts;
};

const without = (all: Record<string, number>, some: Record<string, number>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(all).flatMap(([name, n]) => (n > (some[name] ?? 0) ? [[name, n - (some[name] ?? 0)]] : [])),
  );

/** The client that did the most there. */
function clientOf(deeds: readonly Deed[]): string | null {
  const counts = new Map<string, number>();
  for (const { agent, count } of deeds) if (agent) counts.set(agent, (counts.get(agent) ?? 0) + count);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0] ?? null;
}

const timesOf = (deeds: readonly Deed[]): number[] => deeds.flatMap((deed) => deed.times).sort((a, b) => a - b);

function strandsOfOne(session: LaneSession, deeds: readonly Deed[], locate: Locate): LaneSession[] {
  const strands = placesOf(deeds, locate, session.ofInstance ? apartByAddress : apart);
  if (strands.length < 2) return [session];
  const holder =
    strands.find(({ networks }) => session.network !== null && networks.has(session.network)) ?? strands[0]!;
  const others = strands.filter((one) => one !== holder);
  const elsewhere = others.flatMap((one) => one.deeds);
  const own = timesOf(holder.deeds);
  return [
    {
      ...session,
      network: session.network ?? holder.where.address,
      agent: holder.deeds.some(({ agent }) => agent === session.agent) ? session.agent : clientOf(holder.deeds),
      until: Math.max(session.from, own.at(-1) ?? session.from),
      actions: without(session.actions, countsOf(elsewhere)),
      times: own.slice(0, TIMES_MOST),
      part: { networks: others.flatMap((one) => [...one.networks]), rest: true },
    },
    ...others.map((one): LaneSession => {
      const times = timesOf(one.deeds);
      return {
        ...session,
        network: one.where.address,
        agent: clientOf(one.deeds),
        from: times[0] ?? session.from,
        until: times.at(-1) ?? session.until,
        actions: countsOf(one.deeds),
        times: times.slice(0, TIMES_MOST),
        part: { networks: [...one.networks], rest: false },
      };
    }),
  ];
}

/**
 * Sessions, those that were presented from several places cut into what each place did: who holds a stolen token works under
 * its owner's session. Places are told apart as detectors of theft do; what has no place (a vendor's own back end, a decision)
 * stays with the holder. Each strand is a session of its own to `lanesOf`, which puts together again what is one hand.
 */
export function strandsOf(sessions: readonly LaneSession[], deeds: readonly Deed[], locate: Locate): LaneSession[] {
  const bySession = new Map<string, Deed[]>();
  for (const deed of deeds) {
    const list = bySession.get(deed.sessionId);
    if (list) list.push(deed);
    else bySession.set(deed.sessionId, [deed]);
  }
  return sessions.flatMap((session) => strandsOfOne(session, bySession.get(session.id) ?? [], locate));
}
