import { locate, locateIn } from '@/lib/findings/locate';
import type { LaneSession } from '@/lib/lanes/model';
import { readDeeds, readLaneSessions } from '@/lib/lanes/store';
import { strandsOf } from '@/lib/lanes/strands-state';
import { findZones } from '@/lib/zones/find-zones';

interface Asked {
  /** The identity. */
  id: string;
  /** ISO 8601. */
  from: string;
  to: string;
  /** Sessions at most; default: as many as a list sorts. */
  most?: number;
}

/** An identity's sessions of a stretch of time, and the same cut into what each place they were presented from did. */
export async function readStrands({
  id,
  from,
  to,
  most,
}: Asked): Promise<{ sessions: LaneSession[]; strands: LaneSession[] }> {
  const [sessions, zoneOf] = await Promise.all([readLaneSessions(id, from, to, most), findZones()]);
  const deeds = await readDeeds(
    id,
    from,
    to,
    sessions.map((session) => session.id),
  );
  return { sessions, strands: strandsOf(sessions, deeds, zoneOf ? locateIn(zoneOf) : locate) };
}
