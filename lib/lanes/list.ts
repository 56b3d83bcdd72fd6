import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { findZoneIn } from '@/lib/lanes/find-zone-in';
import { lanesOf } from '@/lib/lanes/lanes-state';
import { type Held, type Lanes, type LanesQuery, lanesQuerySchema } from '@/lib/lanes/model';
import { readStrands } from '@/lib/lanes/read-strands';
import { lastLived, readHeld, SESSIONS_MOST } from '@/lib/lanes/store';
import { clock } from '@/lib/platform/clock';
import { sha256Hex } from '@/lib/platform/ids';

const DAY_MS = 86_400_000;

/**
 * The hands behind one identity's sessions in a stretch of time (default: the last day it lived): sessions sorted by
 * fingerprint, pace and grammar, with whose they are where an analyst has confirmed it. Errors: `input.invalid`.
 */
export async function list(ctx: Ctx, query: LanesQuery): Promise<Lanes> {
  authorise(ctx, 'console.read');
  const { id, ...given } = lanesQuerySchema.parse(query);
  const until = given.to ?? ((await lastLived(id)) ?? clock.now()).toISOString();
  const from = given.from ?? new Date(Date.parse(until) - DAY_MS).toISOString();
  const [{ sessions, strands }, known, zoneIn] = await Promise.all([
    readStrands({ id, from, to: until }),
    readHeld(id),
    findZoneIn(),
  ]);
  const { lanes, concurrent } = lanesOf(strands, zoneIn);
  const printOf = (basis: string) => sha256Hex(`${id} ${basis}`);
  const held = new Map(known.map((each) => [each.fingerprint, each]));
  return {
    identityId: id,
    from,
    to: until,
    concurrent,
    sorted: sessions.length,
    more: sessions.length === SESSIONS_MOST,
    lanes: lanes.map(({ basis, wideBasis, ...lane }) => {
      const fingerprint = printOf(basis);
      const alone = lanes.filter((other) => other.wideBasis === wideBasis).length === 1;
      const told = held.get(fingerprint) ?? (alone ? held.get(sha256Hex(`${id} ${wideBasis}`)) : undefined);
      return {
        ...lane,
        sessions: lane.sessions.map((session) => ({ ...session, alsoIn: session.alsoIn.map(printOf) })),
        fingerprint,
        name:
          told?.name ?? ([lane.agent, lane.networks[0]].filter(Boolean).join(' · ') || 'unknown client').slice(0, 200),
        held: (told?.held as Held | undefined) ?? 'unknown',
        byName: told?.byName ?? null,
      };
    }),
  };
}
