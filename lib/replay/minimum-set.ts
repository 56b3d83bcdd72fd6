import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { ExposureView } from '@/lib/exposures/model';
import { show } from '@/lib/exposures/show';
import { BraidError } from '@/lib/platform/errors';
import { allottedOf, leaving, liveSessions } from '@/lib/replay/minimum/store';
import type { MinimumSet } from '@/lib/replay/minimum-set-model';
import { fewest } from '@/lib/replay/minimum-set-state';
import { type EndsHow, endsHow } from '@/lib/revocations/ends-how';

/**
 * The fewest live sessions whose end makes room in an exposure: what is held comes back with the session that holds it, a
 * session itself counts no more, what was settled stays until it leaves the window, what was allotted until it is reported or
 * over. `need` is the room wanted on top, in minor units; or `below` the percent of the limit it shall stand below afterwards.
 * Throws `not_found`.
 */
export async function minimumSet(
  ctx: Ctx,
  query: { exposureId: string; need?: string; below?: number },
): Promise<MinimumSet> {
  authorise(ctx, 'console.read');
  const exposure = (await show(ctx, { exposureId: query.exposureId })).items[0];
  if (!exposure) throw new BraidError('not_found', 'There is no such exposure.');
  const live = await liveSessions(exposure.contributors.flatMap((one) => one.sessionId ?? []));
  const allotted = await allottedOf(exposure.id);
  const parts = exposure.contributors
    .flatMap((one) => {
      const session = one.sessionId ? live.get(one.sessionId) : undefined;
      if (!session) return [];
      const { back, stays } = partsOf(exposure, one, allotted.get(session.id) ?? 0n);
      return [{ sessionId: session.id, identityName: session.identity_name, label: session.label, back, stays }];
    })
    .sort((a, b) => (a.back < b.back ? 1 : a.back > b.back ? -1 : 0))
    .slice(0, 500);
  const how = await endsHow(
    ctx,
    parts.map((one) => one.sessionId),
  );
  const sessions = parts.map((one) => ({ ...one, ...(how.get(one.sessionId) ?? UNKNOWN) }));
  const need =
    query.below === undefined || exposure.limit === null
      ? BigInt(query.need ?? '0')
      : roomBelow(BigInt(exposure.limit), BigInt(query.below));
  const standing = BigInt(exposure.settled) + BigInt(exposure.held);
  const missing = exposure.limit === null ? 0n : standing + need - BigInt(exposure.limit);
  const found = fewest(sessions, missing);
  const all = sessions.reduce((sum, one) => sum + one.back, 0n);
  return {
    exposureId: exposure.id,
    unit: exposure.unit,
    scale: exposure.scale,
    limit: exposure.limit,
    standing: standing.toString(),
    need: need.toString(),
    missing: (missing > 0n ? missing : 0n).toString(),
    allotted: [...allotted.values()].reduce((sum, one) => sum + one, 0n).toString(),
    sessions: sessions.map((one) => ({ ...one, back: one.back.toString(), stays: one.stays.toString() })),
    minimum: found?.sessionIds ?? null,
    exact: found?.exact ?? true,
    back: (found?.back ?? all).toString(),
    freeAt: missing > 0n && !found ? await freeAt(exposure, missing - all) : null,
  };
}

/** It ended while it was looked up. */
const UNKNOWN: EndsHow = {
  canEnd: false,
  why: 'It has ended meanwhile.',
  where: '',
  endsInMs: null,
  measured: false,
  reach: 'session',
};

/** So much room is left where it stands just below so many percent of its limit. */
const roomBelow = (limit: bigint, percent: bigint): bigint => limit - (limit * percent + 99n) / 100n + 1n;

/** What ending a session brings back of its part, by what the exposure counts. What it was allotted is not among it. */
function partsOf(
  { kind, calendar }: ExposureView,
  part: { settled: string; held: string },
  allotted: bigint,
): { back: bigint; stays: bigint } {
  const settled = BigInt(part.settled);
  const held = BigInt(part.held) - allotted;
  const leaves = kind === 'live_sessions' || calendar === 'live';
  return leaves ? { back: settled + held, stays: allotted } : { back: held, stays: settled + allotted };
}

/** When so much of what was counted will have left the window. */
async function freeAt(exposure: ExposureView, missing: bigint): Promise<string | null> {
  if (exposure.windowSecs === null) return null;
  let left = 0n;
  for (const slice of await leaving(exposure.id)) {
    left += slice.settled;
    if (left >= missing) return new Date(slice.at.getTime() + exposure.windowSecs * 1000).toISOString();
  }
  return null;
}
