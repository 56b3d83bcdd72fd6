import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { transaction } from '@/lib/db/transaction';
import { detectHistory } from '@/lib/findings/detect-history';
import { leaveOutDrills } from '@/lib/findings/leave-out-drills';
import { type Detector, type Found, SEVERITIES } from '@/lib/findings/model';
import type { Envelope } from '@/lib/findings/picture-model';
import { raise } from '@/lib/findings/raise';
import { readHistories } from '@/lib/findings/read-histories';
import { refuseNotHunted } from '@/lib/hunts/hunted-model';
import { type Hunted, type HuntInput, type HuntProgress, huntInputSchema, KEPT } from '@/lib/hunts/model';
import { identitiesOf, standingOf } from '@/lib/hunts/store';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

/** What is usual is learned from so long before the period, ms. */
const LEARNED_MS = 30 * 86_400_000;
const LONGEST_MS = 366 * 86_400_000;
/** Stretches one identity's history is read in, at most. */
const STRETCHES = 1_000;

export interface HuntResult {
  found: Hunted[];
  progress: HuntProgress;
}

export interface Hunting {
  /** With what is kept so far. */
  onProgress?: (progress: HuntProgress, found: Hunted[]) => Promise<void> | void;
  signal?: AbortSignal;
}

/**
 * Runs detectors over stored history, an identity at a time, as if it came in anew: what is usual is learned from the month
 * before. Raises what it finds, or only says what it would raise. Errors: `access.denied`, `input.invalid`.
 */
export async function hunt(ctx: Ctx, input: HuntInput, { onProgress, signal }: Hunting = {}): Promise<HuntResult> {
  const given = huntInputSchema.parse(input);
  authorise(ctx, given.raises ? 'finding.write' : 'console.read');
  const [from, to] = [Date.parse(given.from), Math.min(Date.parse(given.to), clock.ms())];
  if (to <= from || to - from > LONGEST_MS)
    throw new BraidError('input.invalid', 'A hunt looks at a period that has begun, of at most a year.');
  refuseNotHunted(given.detectors);
  const only = given.detectors.length > 0 ? new Set<Detector>(given.detectors) : undefined;
  const who = await identitiesOf(new Date(from), new Date(to), given.identityId ?? null);
  const progress: HuntProgress = { identities: 0, identitiesTotal: who.length, events: 0, found: 0 };
  let kept: Hunted[] = [];
  for (const { id, name } of who) {
    signal?.throwIfAborted();
    const seen = await over(id, { from, to, only, progress, signal });
    const found = await transaction((tx) => leaveOutDrills(tx, seen));
    const standing = await standingOf(id);
    if (given.raises && found.length > 0) await transaction((tx) => raise(tx, ctx, found));
    progress.identities += 1;
    progress.found += found.length;
    kept = bySeverity([...kept, ...found.map((one) => hunted(one, name, standing))]).slice(0, KEPT);
    await onProgress?.(progress, kept);
  }
  return { found: kept, progress };
}

interface Period {
  from: number;
  to: number;
  only: Set<Detector> | undefined;
  progress: HuntProgress;
  signal: AbortSignal | undefined;
}

/** What is found of one identity in the period; one cause is told once. */
async function over(identityId: string, { from, to, only, progress, signal }: Period): Promise<Found[]> {
  const found = new Map<string, Found>();
  let envelope: Envelope | null = null;
  let start = from - LEARNED_MS;
  for (let stretch = 0; stretch < STRETCHES && start <= to; stretch += 1) {
    signal?.throwIfAborted();
    const window = { identityId, from: new Date(start).toISOString(), to: new Date(to).toISOString() };
    const history = (await readHistories([window])).get(identityId);
    if (!history) break;
    const seen = detectHistory(history, envelope, only);
    envelope = seen.envelope;
    progress.events += history.events.length;
    for (const one of seen.found) {
      const key = `${one.detector} ${one.cause}`;
      if (Date.parse(one.lastSeenAt) >= from && !found.has(key)) found.set(key, one);
    }
    if (history.rest === null) break;
    start = history.rest + 1;
  }
  return [...found.values()];
}

const hunted = (one: Found, identityName: string, standing: ReadonlySet<string>): Hunted => ({
  identityId: one.identityId,
  identityName,
  detector: one.detector,
  severity: one.severity,
  title: one.title.slice(0, 300),
  summary: one.summary.slice(0, 2000),
  firstSeenAt: one.firstSeenAt,
  lastSeenAt: one.lastSeenAt,
  known: standing.has(`${one.detector} ${one.cause}`),
});

const bySeverity = (found: Hunted[]): Hunted[] =>
  found.sort(
    (a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || (a.lastSeenAt < b.lastSeenAt ? 1 : -1),
  );
