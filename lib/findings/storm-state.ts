import { counted, earlierOf, laterOf } from '@/lib/findings/format';
import { DETECTORS, type Found, SEVERITIES } from '@/lib/findings/model';

/** Findings of one detector that an identity has at a time; what comes beyond them is told as one. */
export const MOST = 10;
const KEPT = 100;

export interface Standing {
  identityId: string;
  detector: string;
  cause: string;
  /** open or acknowledged. */
  active: boolean;
}

export const pairOf = ({ identityId, detector }: Pick<Standing, 'identityId' | 'detector'>): string =>
  `${identityId} ${detector}`;

const bySeverity = (a: Found, b: Found): number =>
  SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || (a.firstSeenAt < b.firstSeenAt ? -1 : 1);

/**
 * Storm control: causes that stand already stay their own; of new ones the most severe, until the identity has ten of that
 * detector; the rest are one finding, which grows. Nothing is left out of it but its place in the list. Pure.
 */
export function calm(found: readonly Found[], standing: readonly Standing[]): Found[] {
  const known = new Set(standing.map((one) => `${pairOf(one)} ${one.cause}`));
  const groups = new Map<string, Found[]>();
  for (const one of found) groups.set(pairOf(one), [...(groups.get(pairOf(one)) ?? []), one]);
  return [...groups].flatMap(([pair, list]) => {
    const old = list.filter((one) => known.has(`${pair} ${one.cause}`));
    const fresh = list.filter((one) => !known.has(`${pair} ${one.cause}`)).sort(bySeverity);
    const active = standing.filter((one) => pairOf(one) === pair && one.active && one.cause !== 'many').length;
    const room = Math.max(0, MOST - active);
    if (fresh.length <= room) return list;
    return [...old, ...fresh.slice(0, room), together(fresh.slice(room))];
  });
}

const joined = (lists: readonly string[][]): string[] => [...new Set(lists.flat())].slice(-KEPT);

function together(found: readonly Found[]): Found {
  const worst = [...found].sort(bySeverity)[0]!;
  const name = DETECTORS[worst.detector];
  return {
    ...worst,
    cause: 'many',
    title: `Many more: ${name.charAt(0).toLowerCase()}${name.slice(1)}`,
    summary: `${counted(found.length, 'further cause')} at a time, the worst: ${worst.summary}`,
    reasons: [`More than ${MOST} of the kind stand for this identity: they are told together.`, ...worst.reasons],
    evidence: {
      sessions: joined(found.map((one) => one.evidence.sessions)),
      decisions: joined(found.map((one) => one.evidence.decisions)),
      events: joined(found.map((one) => one.evidence.events)),
      facts: { causes: found.length },
    },
    firstSeenAt: found.map((one) => one.firstSeenAt).reduce(earlierOf),
    lastSeenAt: found.map((one) => one.lastSeenAt).reduce(laterOf),
  };
}
