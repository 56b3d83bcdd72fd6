import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { DecisionRow, ExposureSeen } from '@/lib/decisions/model';
import { type Path, type PathQuery, pathQuerySchema } from '@/lib/decisions/path-model';
import { readTrace, readTraces } from '@/lib/decisions/read-traces';
import { byId, byIds, page, type Stored, sessionNames, tracesOf } from '@/lib/decisions/store';
import {
  asOne,
  crossingOf,
  type Moved,
  type Refused,
  refusedOf,
  sharesOf,
  tracePath,
} from '@/lib/decisions/trace-path';
import { ledgerOf } from '@/lib/exposures/ledger-of';
import type { ExposureView } from '@/lib/exposures/model';
import { show as showExposures } from '@/lib/exposures/show';
import { windowStart } from '@/lib/exposures/window-state';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

const MAX_STEPS = 1_000;
const MAX_REFUSED = 500;
/** After the decision asked for, so that the page also shows what followed. */
const AFTER_MS = 2 * 60_000;
/** Of what never leaves by time: so much a page. */
const LIFETIME_MS = 30 * 86_400_000;

interface Asked {
  exposure: ExposureView;
  decision: Stored | null;
  /** The exposure as the decision saw it. */
  seen: ExposureSeen | null;
  from: number;
  to: number;
  /** Nothing leaves by time: what happened before `from` is of this path as well. */
  endless: boolean;
}

/**
 * How an exposure got where it is: the ledger entries that moved it and the decisions it refused, in order, strand by
 * strand. By decision: the deciding rule's exposure, over one window up to it; where nothing leaves by time, thirty days a
 * page. Throws `not_found`.
 */
export async function path(ctx: Ctx, query: PathQuery): Promise<Path> {
  authorise(ctx, 'console.read');
  const parsed = pathQuerySchema.parse(query);
  const asked = 'decisionId' in parsed ? await byDecision(ctx, parsed) : await byExposure(ctx, parsed);
  const { exposure, decision, seen } = asked;
  const from = new Date(asked.from).toISOString();
  const to = parsed.before ?? new Date(asked.to).toISOString();
  const [moved, refusals] = await Promise.all([
    movedOf(ctx, exposure.id, (seen ?? exposure).formerly ?? [], from, to),
    page({ exposureId: exposure.id, refused: true, from, to, limit: MAX_REFUSED + 1 }),
  ]);
  const cut = cutOf(moved, refusals);
  const earlier = cut ?? (asked.endless ? await lastBefore(ctx, exposure.id, asked.from) : null);
  const entries = moved.filter((one) => !cut || one.at.toISOString() > cut);
  const kept = refusals.filter((one) => !cut || one.at > cut || one.id === decision?.id);
  if (decision && decision.verdict !== 'allow' && !kept.some((one) => one.id === decision.id)) kept.push(decision);
  const [allowed, traces] = await Promise.all([
    byIds([...new Set(entries.flatMap((entry) => entry.decision_id ?? []))]),
    tracesOf(kept.map((one) => one.id)),
  ]);
  const read = await readTraces(kept.map((one) => traces.get(one.id)!));
  const refused = kept.flatMap((one, index) => refusedOf(one, read[index]!, exposure.id) ?? []);
  const steps = tracePath(entries, refused, new Map(allowed.map((one) => [one.id, one])), exposure.windowSecs);
  const limit = seen ? seen.limit : exposure.limit;
  return {
    exposure: {
      ...exposureOf(exposure),
      limit,
      resourceType:
        exposure.scope === 'resource.id' ? (resourceTypeOf([decision, ...refused, ...allowed]) ?? null) : null,
    },
    decisionId: decision?.id ?? null,
    from: steps[0]?.at ?? from,
    to,
    strands: await strandsOf(steps),
    steps,
    crossing: crossingOf(steps, limit === null ? null : BigInt(limit)),
    truncated: earlier !== null,
    nextCursor: earlier,
  };
}

/** What moved an exposure in a period; with `formerly`, those of who was merged into who has it, as one. */
async function movedOf(ctx: Ctx, id: string, formerly: readonly string[], from: string, to: string): Promise<Moved[]> {
  const within = (exposureId: string) => ledgerOf(ctx, { exposureId, from, to, limit: MAX_STEPS + 1 });
  if (!formerly.length) return within(id);
  const ledgers = await Promise.all(
    [id, ...formerly].map(async (exposureId) => {
      const moved = await within(exposureId);
      const [last] = await ledgerOf(ctx, { exposureId, from: EPOCH, to: from, limit: 1 });
      return { moved, stood: last ? last.settled_now + last.held_now : 0n };
    }),
  );
  return asOne(ledgers).slice(-MAX_STEPS - 1);
}

/** The instant below which a page ends: that of the newest step it has no room for. What happened at one instant stays together. */
function cutOf(moved: { at: Date }[], refusals: { at: string }[]): string | null {
  const step = moved.length > MAX_STEPS ? moved[0]!.at.toISOString() : null;
  const refusal = refusals[MAX_REFUSED]?.at ?? null;
  return step && refusal ? (step > refusal ? step : refusal) : (step ?? refusal);
}

/** When something last happened before an instant; null: never. */
async function lastBefore(ctx: Ctx, exposureId: string, atMs: number): Promise<string | null> {
  const to = new Date(atMs - 1).toISOString();
  const [moved, refused] = await Promise.all([
    ledgerOf(ctx, { exposureId, from: EPOCH, to, limit: 1 }),
    page({ exposureId, refused: true, to, limit: 1 }),
  ]);
  const at = [moved[0]?.at.toISOString(), refused[0]?.at].filter((one) => one !== undefined);
  return at.sort().at(-1) ?? null;
}

const EPOCH = new Date(0).toISOString();

const notFound = (what: string) => new BraidError('not_found', `There is no such ${what}.`);

async function byDecision(
  ctx: Ctx,
  query: { decisionId: string; exposureId?: string; before?: string },
): Promise<Asked> {
  const decision = await byId(query.decisionId);
  if (!decision) throw notFound('decision');
  const exposureId = query.exposureId ?? decision.exposureId;
  const trace = await readTrace(decision.trace);
  const seen = trace.exposures.find((one) => one.exposureId === exposureId) ?? null;
  if (!exposureId || (query.exposureId && !seen)) throw notFound('exposure on this decision');
  const exposure = (await showExposures(ctx, { exposureId })).items[0];
  if (!exposure) throw notFound('exposure');
  const at = Date.parse(decision.at);
  return {
    exposure,
    decision,
    seen,
    ...startOf(exposure, at, query.before),
    to: Math.min(at + AFTER_MS, Math.max(at, clock.ms())),
  };
}

async function byExposure(
  ctx: Ctx,
  query: { exposureId: string; from?: string; to?: string; before?: string },
): Promise<Asked> {
  const exposure = (await showExposures(ctx, { exposureId: query.exposureId })).items[0];
  if (!exposure) throw notFound('exposure');
  const to = query.to ? Date.parse(query.to) : clock.ms();
  return {
    exposure,
    decision: null,
    seen: null,
    ...(query.from ? { from: Date.parse(query.from), endless: false } : startOf(exposure, to, query.before)),
    to,
  };
}

/** Where its window began at an instant, so that all that was there at its start leaves within. */
function startOf(
  { windowSecs, calendar }: ExposureView,
  atMs: number,
  before?: string,
): Pick<Asked, 'from' | 'endless'> {
  const from = windowStart(windowSecs, calendar, atMs);
  if (from !== null) return { from, endless: false };
  return { from: (before ? Date.parse(before) : atMs) - LIFETIME_MS, endless: true };
}

const exposureOf = (view: ExposureView): Omit<Path['exposure'], 'limit' | 'resourceType'> => ({
  id: view.id,
  set: view.set,
  meter: view.meter,
  kind: view.kind,
  scope: view.scope,
  key: view.key,
  keyName: view.keyName,
  unit: view.unit,
  scale: view.scale,
  windowSecs: view.windowSecs,
  calendar: view.calendar,
  ruleId: view.ruleId,
});

const resourceTypeOf = (asked: (Stored | DecisionRow | Refused | null)[]): string | undefined =>
  asked.map((one) => (one && 'decision' in one ? one.decision : one)?.resourceType).find(Boolean);

async function strandsOf(steps: Path['steps']): Promise<Path['strands']> {
  const shares = [...sharesOf(steps).values()];
  const names = await sessionNames(shares.flatMap((one) => one.sessionId ?? []));
  return shares.map(({ sessionId, identityId, share }) => {
    const name = sessionId ? names.get(sessionId) : undefined;
    return {
      sessionId,
      identityId: name?.identity_id ?? identityId,
      identityName: name?.identity_name ?? '',
      label: name?.label ?? 'no session named',
      share: share.toString(),
      ended: name?.ended ?? false,
    };
  });
}
