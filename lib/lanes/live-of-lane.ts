import type { z } from 'zod';
import type { Ctx } from '@/lib/access/model';
import { findLane } from '@/lib/lanes/find-lane';
import { findZoneIn } from '@/lib/lanes/find-zone-in';
import { handsOf } from '@/lib/lanes/lanes-state';
import { list } from '@/lib/lanes/list';
import type { laneRefSchema } from '@/lib/lanes/model';
import { readStrands } from '@/lib/lanes/read-strands';
import { countLive, SESSIONS_MOST } from '@/lib/lanes/store';
import { BraidError } from '@/lib/platform/errors';
import { sha256Hex } from '@/lib/platform/ids';
import { ALL_MOST } from '@/lib/revocations/end-all';

/**
 * Every session of a lane that lives now. Where more live than a list sorts, as many as one act ends are sorted; `left`: live
 * sessions beyond those, any of which may be of it; `shared`: how many of them somebody in another lane holds as well. Errors: `not_found`.
 */
export async function liveOfLane(
  ctx: Ctx,
  { id, fingerprint }: z.output<typeof laneRefSchema>,
): Promise<{ sessionIds: string[]; shared: number; left: number }> {
  const total = await countLive(id);
  const liveIn = (sessions: readonly { id: string; live: boolean }[]) =>
    sessions.filter((session) => session.live).map((session) => session.id);
  if (total <= SESSIONS_MOST) {
    const { sessions } = await findLane(ctx, { identityId: id, lane: fingerprint });
    const shared = sessions.filter(({ live, alsoIn }) => live && alsoIn.length > 0).length;
    return { sessionIds: liveIn(sessions), shared, left: 0 };
  }
  const { lanes, from, to } = await list(ctx, { id });
  const [{ sessions, strands }, zoneIn] = await Promise.all([
    readStrands({ id, from, to, most: ALL_MOST }),
    findZoneIn(),
  ]);
  const known = new Set(liveIn(lanes.find((lane) => lane.fingerprint === fingerprint)?.sessions ?? []));
  // By what it is known to hold: among more sessions it may begin elsewhere, and would go by another fingerprint.
  const hands = handsOf(strands, zoneIn).map((hand) => ({
    ...hand,
    shared: hand.sessions.filter((session) => known.has(session.id)).length,
  }));
  const hand =
    known.size > 0
      ? hands.reduce((best, one) => (one.shared > best.shared ? one : best))
      : hands.find((one) => sha256Hex(`${id} ${one.basis}`) === fingerprint);
  if (!hand) throw new BraidError('not_found', 'This identity has no such lane in that time.');
  const others = new Set(hands.flatMap((one) => (one.basis === hand.basis ? [] : liveIn(one.sessions))));
  const sessionIds = [...new Set([...known, ...liveIn(hand.sessions)])];
  return {
    sessionIds,
    shared: sessionIds.filter((one) => others.has(one)).length,
    left: Math.max(0, total - liveIn(sessions).length),
  };
}
