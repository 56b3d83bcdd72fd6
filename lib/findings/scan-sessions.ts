import { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { transaction } from '@/lib/db/transaction';
import { detectConcurrencyLimit } from '@/lib/findings/detect-concurrency-limit';
import { classOfAction, detectReadChangeSplit } from '@/lib/findings/detect-read-change-split';
import { leaveOutDrills } from '@/lib/findings/leave-out-drills';
import { locate, locateIn } from '@/lib/findings/locate';
import type { SessionFact } from '@/lib/findings/model';
import { type Raised, raise } from '@/lib/findings/raise';
import {
  endExcursions,
  oldestImportSince,
  readAboveLimit,
  readAsked,
  readSpreadKeys,
} from '@/lib/findings/scan/sessions/store';
import { readCursor, writeCursor } from '@/lib/findings/scan/store';
import { scanEvents } from '@/lib/findings/scan-events';
import { clock } from '@/lib/platform/clock';
import { floorId } from '@/lib/platform/ids';
import { findZones } from '@/lib/zones/find-zones';

const CURSOR = 'findings.sessions';
/** Sessions stored this long before the last pass are read again: their counts grow after they are stored, ms. */
const OVERLAP_MS = 60_000;
/** What declared sessions asked within this time counts as what they do, ms. */
const ASKED_MS = 3_600_000;

const inputSchema = z.strictObject({
  /** Look at all sessions of these identities, whenever they were. */
  identityIds: z.array(z.uuid()).max(10_000).default([]),
  /** ISO 8601; sessions stored since then, instead of since the last pass. */
  since: z.iso.datetime({ offset: true }).optional(),
});

/** Reads live sessions, and sessions and events stored since the last pass, and raises what they show. Safe to run again. */
export async function scanSessions(ctx: Ctx, input: z.input<typeof inputSchema> = {}): Promise<Raised> {
  authorise(ctx, 'console.read');
  const { identityIds, since } = inputSchema.parse(input);
  const now = clock.ms();
  const last = since ?? (await readCursor(CURSOR));
  const lastMs = last ? Date.parse(last) : 0;
  const importing = await oldestImportSince(new Date(lastMs));
  const from = Math.min(lastMs - OVERLAP_MS, importing?.getTime() ?? lastMs);
  const [above, spread, zoneOf] = await Promise.all([
    readAboveLimit(),
    readSpreadKeys(floorId(from), identityIds),
    findZones(),
  ]);
  const sessions = await withAsked(spread, floorId(now - ASKED_MS));
  const found = [
    ...above.flatMap((live) => detectConcurrencyLimit(live) ?? []),
    ...detectReadChangeSplit(sessions, zoneOf ? locateIn(zoneOf) : locate),
  ];
  const raised = await transaction(async (tx) => {
    if (!since && identityIds.length === 0) await writeCursor(tx, CURSOR, new Date(now).toISOString());
    await endExcursions(
      tx,
      above.map((live) => live.identityId),
      new Date(now),
    );
    return raise(tx, ctx, await leaveOutDrills(tx, found));
  });
  const more = await scanEvents(ctx, identityIds.length > 0 ? { identityIds } : {});
  return {
    raised: raised.raised + more.raised,
    reopened: raised.reopened + more.reopened,
    updated: raised.updated + more.updated,
    ids: [...raised.ids, ...more.ids],
  };
}

async function withAsked(declared: readonly SessionFact[], after: string): Promise<SessionFact[]> {
  const asked = await readAsked(
    [...new Set(declared.map((s) => s.identityId))],
    declared.map((s) => s.id),
    after,
  );
  const counts = new Map<string, { read: number; change: number }>();
  for (const { sessionId, action, count } of asked) {
    const kind = classOfAction(action);
    if (kind === 'other') continue;
    const sum = counts.get(sessionId) ?? { read: 0, change: 0 };
    sum[kind] += count;
    counts.set(sessionId, sum);
  }
  return declared.map((session) => {
    const count = counts.get(session.id);
    // Where the decision point has counted already, the larger figure is the whole one.
    return count
      ? { ...session, reads: Math.max(session.reads, count.read), changes: Math.max(session.changes, count.change) }
      : session;
  });
}
