import type { Trace } from '@/lib/decisions/model';
import type { Asked } from '@/lib/policies/compiled-model';
import type { Counterfactual, Flip, Value } from '@/lib/replay/counterfactual-model';
import type { Judged, Replayed, ReplaySummary } from '@/lib/replay/model';

const MAX_FLIPS = 200;
const MAX_POINTS = 2_000;
const MAX_SESSIONS = 100;

interface Sums {
  scale: number;
  was: bigint;
  would: bigint;
}
interface SessionSums {
  sessionId: string | null;
  label: string;
  identityName: string;
  allowedWas: number;
  allowedWould: number;
  value: Map<string, Sums>;
}

/** What a change would have made of a history, as it is replayed. Looking only (dry runs) is not counted. Pure. */
export interface Diff {
  add(one: Replayed): void;
  result(summary: ReplaySummary, since: Counterfactual['since'], notes: string[]): Counterfactual;
}

export function newDiff(exposureId: string | null): Diff {
  const flips: Flip[] = [];
  let flipped = 0;
  const value = new Map<string, Sums>();
  const sessions = new Map<string, SessionSums>();
  const rules = new Map<string, { set: string; ruleId: string; was: number; would: number }>();
  let course: NonNullable<Counterfactual['exposure']> | null = null;
  return {
    add({ recorded, same, changed }) {
      const would = changed ?? same;
      if (recorded.dryRun) return;
      if (same.verdict !== would.verdict && ++flipped <= MAX_FLIPS) flips.push(flipOf(recorded, same, would));
      const session = sessionOf(sessions, recorded);
      if (same.verdict === 'allow') session.allowedWas += 1;
      if (would.verdict === 'allow') session.allowedWould += 1;
      for (const sums of [value, session.value]) addValue(sums, same, would);
      refused(rules, same, 'was');
      refused(rules, would, 'would');
      if (exposureId) course = follow(course, exposureId, recorded, same, would);
    },
    result: ({ from, to, decisions, reproduced, truncated }, since, notes) => ({
      from,
      to,
      since,
      decisions,
      reproduced,
      truncated,
      notes,
      flipped,
      flips,
      value: values(value),
      sessions: [...sessions.values()]
        .sort((a, b) => Math.abs(b.allowedWas - b.allowedWould) - Math.abs(a.allowedWas - a.allowedWould))
        .slice(0, MAX_SESSIONS)
        .map((one) => ({ ...one, value: values(one.value) })),
      rules: [...rules.values()],
      exposure: course,
    }),
  };
}

const values = (sums: Map<string, Sums>): Value[] =>
  [...sums].map(([unit, { scale, was, would }]) => ({ unit, scale, was: was.toString(), would: would.toString() }));

function flipOf(recorded: Trace, was: Judged, would: Judged): Flip {
  const asked = recorded.request as unknown as Asked;
  const sum = was.amount === null ? would : was;
  return {
    decisionId: recorded.decisionId,
    at: recorded.at,
    identityId: recorded.identity.id,
    identityName: recorded.identity.name,
    sessionId: recorded.session?.id ?? null,
    sessionLabel: recorded.session?.label ?? 'no session named',
    action: asked.action.name,
    resourceId: asked.resource.id,
    amount: sum.amount?.toString() ?? null,
    unit: sum.unit,
    scale: sum.scale,
    was: was.verdict,
    would: would.verdict,
    reason: would.reason,
    policySet: would.policySet,
    ruleId: would.ruleId,
  };
}

function sessionOf(sessions: Map<string, SessionSums>, recorded: Trace): SessionSums {
  const key = recorded.session?.id ?? recorded.identity.id;
  let one = sessions.get(key);
  if (!one) {
    one = {
      sessionId: recorded.session?.id ?? null,
      label: recorded.session?.label ?? 'no session named',
      identityName: recorded.identity.name,
      allowedWas: 0,
      allowedWould: 0,
      value: new Map(),
    };
    sessions.set(key, one);
  }
  return one;
}

function addValue(sums: Map<string, Sums>, was: Judged, would: Judged): void {
  for (const [judged, side] of [
    [was, 'was'],
    [would, 'would'],
  ] as const) {
    if (judged.verdict !== 'allow' || judged.amount === null || !judged.unit) continue;
    const one = sums.get(judged.unit) ?? { scale: judged.scale, was: 0n, would: 0n };
    one[side] += judged.amount;
    sums.set(judged.unit, one);
  }
}

function refused(
  rules: Map<string, { set: string; ruleId: string; was: number; would: number }>,
  judged: Judged,
  side: 'was' | 'would',
): void {
  if (judged.verdict === 'allow' || !judged.ruleId || !judged.policySet) return;
  const key = `${judged.policySet} ${judged.ruleId}`;
  const one = rules.get(key) ?? { set: judged.policySet, ruleId: judged.ruleId, was: 0, would: 0 };
  one[side] += 1;
  rules.set(key, one);
}

function follow(
  course: Counterfactual['exposure'],
  id: string,
  recorded: Trace,
  was: Judged,
  would: Judged,
): Counterfactual['exposure'] {
  const seen = was.exposures.find((one) => one.exposureId === id);
  const other = would.exposures.find((one) => one.exposureId === id);
  if (!seen || !other) return course;
  const next = course ?? { id, scale: seen.scale, unit: seen.unit, limitWas: null, limitWould: null, points: [] };
  next.limitWas = seen.limit;
  next.limitWould = other.limit;
  // Beyond what a chart can show, the newest course is what is looked at.
  if (next.points.length >= MAX_POINTS) next.points.shift();
  next.points.push({ at: recorded.at, decisionId: recorded.decisionId, was: seen.after, would: other.after });
  return next;
}
