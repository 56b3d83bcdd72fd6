import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { type Activity, activityOf, divergence } from '@/lib/sessions/divergence-state';
import {
  type Done,
  done,
  lifetime,
  limitOf,
  type Mark,
  marks,
  type Span,
  sessionsOf,
  spans,
} from '@/lib/sessions/graph/store';
import {
  type Concurrency,
  type ConcurrencyQuery,
  type ConcurrencyRange,
  concurrencyQuerySchema,
} from '@/lib/sessions/model';
import { peakOf, slicesOf, stepsOf } from '@/lib/sessions/overlap-state';
import { rowOf } from '@/lib/sessions/store';
import { usualOf } from '@/lib/sessions/usual-state';

const LANES = 200;
const STEPS = 300;
const WEEK = 7 * 86_400_000;
const SPAN = { '15m': 900_000, '1h': 3_600_000, '24h': 86_400_000 } as const;

type Query = z.output<typeof concurrencyQuerySchema>;
type Life = Awaited<ReturnType<typeof lifetime>>;

/** Without a wish an hour, or the whole life of one so short that an hour would be mostly empty. */
function fitting(life: Life, now: number): ConcurrencyRange {
  if (!life) return '1h';
  const end = life.live ? now : life.last.getTime();
  return life.first.getTime() > end - SPAN['1h'] ? 'all' : '1h';
}

interface Range {
  from: number;
  to: number;
  following: boolean;
  range: ConcurrencyRange | null;
}

/** The range that was asked for; else up to now when something lived in it, else up to when it last lived. */
function rangeOf(query: Query, life: Life, now: number): Range {
  if (query.from || query.to) {
    const to = query.to ? Date.parse(query.to) : now;
    const from = query.from ? Date.parse(query.from) : to - SPAN['1h'];
    if (from >= to) throw new BraidError('input.invalid', 'The range ends before it begins.');
    return { from, to, following: !query.to, range: null };
  }
  const range = query.range ?? fitting(life, now);
  if (range === 'all') {
    const from = life ? life.first.getTime() : now - SPAN['1h'];
    const to = life && !life.live ? life.last.getTime() : now;
    return { from: Math.min(from, to - 60_000), to, following: life?.live === true, range };
  }
  const lived = !life || life.live || life.last.getTime() >= now - SPAN[range];
  const to = lived ? now : life.last.getTime();
  return { from: to - SPAN[range], to, following: lived, range };
}

function byLane(found: Mark[]): Map<string, Concurrency['lanes'][number]['marks']> {
  const lanes = new Map<string, Concurrency['lanes'][number]['marks']>();
  for (const mark of found) {
    const held = lanes.get(mark.session_id) ?? [];
    held.push({
      at: mark.at.toISOString(),
      class: mark.class.slice(0, 200),
      ...(mark.verdict ? { verdict: mark.verdict } : {}),
      ...(mark.decision_id ? { decisionId: mark.decision_id } : {}),
    });
    lanes.set(mark.session_id, held);
  }
  return lanes;
}

/** What each drawn session did, by class. */
function activities(inside: Span[], labels: Map<string, string>, acted: Done[]): Activity[] {
  const counts = new Map<string, Activity['counts']>();
  for (const { session_id, kind, word, count } of acted) {
    const name = activityOf(kind, word);
    if (!name) continue;
    const held = counts.get(session_id) ?? {};
    held[name] = (held[name] ?? 0) + count;
    counts.set(session_id, held);
  }
  return inside.flatMap(({ id, start, end }) => {
    const did = counts.get(id);
    return did ? [{ id, label: labels.get(id) ?? '', start, end, counts: did }] : [];
  });
}

/** At most 200: live ones, newest first, then those that lived longest in the range; in all newest start first. */
function lanesOf(inside: Span[], from: number, to: number): string[] {
  if (inside.length <= LANES) return inside.map((span) => span.id);
  const length = (span: Span): number =>
    span.end === null ? to * 2 + span.start : Math.min(span.end, to) - Math.max(span.start, from);
  const chosen = [...inside].sort((a, b) => length(b) - length(a)).slice(0, LANES);
  return chosen.sort((a, b) => b.start - a.start || (a.id < b.id ? 1 : -1)).map((span) => span.id);
}

/**
 * How many sessions of one identity overlapped, and which: steps of the count and a lane per session with what it did.
 * Intervals are closed; at one instant starts count before ends. Errors: `access.denied`, `input.invalid`, `not_found`.
 */
export async function showConcurrency(ctx: Ctx, query: ConcurrencyQuery): Promise<Concurrency> {
  authorise(ctx, 'console.read');
  const parsed = concurrencyQuerySchema.parse(query);
  const now = clock.now();
  const [identity, life] = await Promise.all([limitOf(parsed.identityId), lifetime(parsed.identityId, now)]);
  if (!identity) throw new BraidError('not_found', 'There is no such identity.');
  const { from, to, following, range } = rangeOf(parsed, life, now.getTime());
  const weekAgo = Math.min(from, to - WEEK);
  const all = life ? await spans(parsed.identityId, new Date(weekAgo), new Date(to), now) : [];
  const steps = stepsOf(all);
  const inside = all.filter((span) => span.end === null || span.end >= from);
  const shown = lanesOf(inside, from, to);
  const [sessions, found, acted] = await Promise.all([
    sessionsOf(shown),
    marks(shown, new Date(from), new Date(to)),
    done(shown, new Date(from), new Date(to)),
  ]);
  const byId = new Map(sessions.map((session) => [session.id, session]));
  const lanes = byLane(found);
  const most = parsed.step ? Math.min(STEPS, Math.max(1, Math.ceil((to - from) / (parsed.step * 1000)))) : STEPS;
  const stretch = slicesOf(steps, from, to, most);
  const peak = peakOf(stretch);
  return {
    identityId: parsed.identityId,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    following,
    range,
    limit: identity.concurrencyLimit,
    usual: usualOf(
      steps.filter((step) => step.at < to),
      to,
    ),
    peak: peak && peak.count > 0 ? { count: peak.count, at: new Date(peak.at).toISOString() } : null,
    divergence: divergence(activities(inside, new Map(sessions.map(({ id, label }) => [id, label])), acted)),
    steps: stretch.map((step) => ({ at: new Date(step.at).toISOString(), count: step.count })),
    lanes: shown.flatMap((id) => {
      const session = byId.get(id);
      return session ? [{ ...rowOf(session, identity.name, now), marks: lanes.get(id) ?? [] }] : [];
    }),
    lanesTotal: inside.length,
  };
}
