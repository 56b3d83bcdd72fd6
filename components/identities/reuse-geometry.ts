import type { Reused, Use } from '@/lib/sessions/reuse-model';

/** Height of a node's place. px */
export const PLACE = 46;
/** Width of the strip in which the lines run. px */
export const STRIP = 120;

export interface Hand extends Pick<Use, 'identityId' | 'identityName' | 'tool' | 'source'> {
  id: string;
  sessions: number;
  live: number;
}
export interface Line {
  key: string;
  hand: string;
  /** SVG path from a credential to who was seen with it. */
  path: string;
  /** px; more sessions, thicker. */
  width: number;
  sessions: number;
}

const idOf = (use: Use): string => JSON.stringify([use.identityId, use.tool, use.source]);

/** Who was seen with any of these credentials, each once, in the order in which the credentials name them. */
export function handsOf(reused: readonly Reused[]): Hand[] {
  const hands = new Map<string, Hand>();
  for (const { uses } of reused)
    for (const use of uses) {
      const id = idOf(use);
      const known = hands.get(id);
      const { identityId, identityName, tool, source } = use;
      hands.set(id, {
        id,
        identityId,
        identityName,
        tool,
        source,
        sessions: (known?.sessions ?? 0) + use.sessions,
        live: (known?.live ?? 0) + use.live,
      });
    }
  return [...hands.values()];
}

export const heightOf = (reused: readonly Reused[], hands: readonly Hand[]): number =>
  Math.max(reused.length, hands.length) * PLACE;

/** The middle of a node's place in a column of `count` that is centred over `height`. */
const middle = (at: number, count: number, height: number): number => (height - count * PLACE) / 2 + (at + 0.5) * PLACE;

export function linesOf(reused: readonly Reused[], hands: readonly Hand[]): Line[] {
  const height = heightOf(reused, hands);
  const most = Math.max(1, ...reused.flatMap(({ uses }) => uses.map((use) => use.sessions)));
  const place = new Map(hands.map((hand, at) => [hand.id, at]));
  return reused.flatMap(({ key, uses }, at) => {
    const from = middle(at, reused.length, height);
    return uses.map((use) => {
      const to = middle(place.get(idOf(use))!, hands.length, height);
      return {
        key,
        hand: idOf(use),
        path: `M0,${from} C${STRIP / 2},${from} ${STRIP / 2},${to} ${STRIP},${to}`,
        width: 1.5 + 4.5 * Math.sqrt(use.sessions / most),
        sessions: use.sessions,
      };
    });
  });
}
