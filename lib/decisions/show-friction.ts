import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import {
  type Friction,
  type FrictionQuery,
  frictionQuerySchema,
  LATENCY_BOUNDS,
  shareWithin,
  type TakenBack,
  within,
} from '@/lib/decisions/friction-model';
import { noneOfEach, VERDICTS, type Verdict } from '@/lib/decisions/model';
import { countedUntil, type TakenBackRow, type TallyRow, takenBack, tallied } from '@/lib/decisions/tally/store';
import { clock } from '@/lib/platform/clock';
import { NIL_ID } from '@/lib/platform/ids';
import { latencyBudgets } from '@/lib/policies/latency-budgets';

const DAY_MS = 86_400_000;
const MOST_RULES = 100;

const addUp = (all: readonly number[][]): number[] =>
  all.reduce(
    (sum, each) => sum.map((n, index) => n + (each[index] ?? 0)),
    Array.from({ length: LATENCY_BOUNDS.length + 1 }, () => 0),
  );

const latencyOf = (counts: readonly number[]) => ({
  p50Us: within(0.5, counts),
  p95Us: within(0.95, counts),
  p99Us: within(0.99, counts),
});

function daysOf(rows: TallyRow[], fromMs: number, toMs: number): Friction['days'] {
  const days = new Map<string, Record<Verdict, number>>();
  for (let at = fromMs; at < toMs; at += DAY_MS) days.set(new Date(at).toISOString().slice(0, 10), noneOfEach());
  for (const row of rows) {
    const day = days.get(row.day);
    if (day) day[row.verdict] += row.n;
  }
  return [...days].map(([day, counts]) => ({ day, ...counts }));
}

/** Rules that did not simply allow, those that stopped most first. */
function rulesOf(rows: TallyRow[], given: TakenBackRow[]): Friction['rules'] {
  const rules = new Map<string, Friction['rules'][number]>();
  for (const { policy_set: policySet, rule_id: ruleId, verdict, n, split } of rows) {
    if (verdict === 'allow') continue;
    const key = `${policySet}/${ruleId} ${verdict}`;
    const rule = rules.get(key) ?? { policySet, ruleId, verdict, n: 0, split: 0, takenBack: 0 };
    rule.n += n;
    rule.split += split;
    rules.set(key, rule);
  }
  for (const rule of rules.values())
    rule.takenBack = given.filter((each) => each.rule === `${rule.policySet}/${rule.ruleId}`).length;
  return [...rules.values()].sort((a, b) => b.n - a.n).slice(0, MOST_RULES);
}

function pointsOf(rows: TallyRow[]): Friction['points'] {
  const points = new Map<string, TallyRow[]>();
  for (const row of rows) points.set(row.token_id, [...(points.get(row.token_id) ?? []), row]);
  return [...points]
    .map(([tokenId, own]) => ({
      tokenId: tokenId === NIL_ID ? null : tokenId,
      name: tokenId === NIL_ID ? 'the console and commands' : (own[0]!.token_name ?? 'a token that is gone'),
      n: own.reduce((sum, row) => sum + row.n, 0),
      ...latencyOf(addUp(own.map((row) => row.latency))),
    }))
    .sort((a, b) => b.n - a.n)
    .slice(0, 100);
}

const givenOf = ({ kind, id, at, identity_id, name, rule, reason, by }: TakenBackRow): TakenBack => ({
  kind,
  id,
  at: at.toISOString(),
  identityId: identity_id,
  name: name ?? '',
  rule,
  reason,
  by,
});

/** What control cost in the last days: refusals and step-ups by rule, the time decisions took, and what people gave back. */
export async function showFriction(ctx: Ctx, query: FrictionQuery = {}): Promise<Friction> {
  authorise(ctx, 'console.read');
  const { days } = frictionQuerySchema.parse(query);
  const now = clock.ms();
  const fromMs = Math.floor(now / DAY_MS) * DAY_MS - (days - 1) * DAY_MS;
  const [from, to] = [new Date(fromMs), new Date(now)];
  const [rows, given, until, budgets] = await Promise.all([
    tallied(from, to),
    takenBack(from, to),
    countedUntil(),
    latencyBudgets(ctx),
  ]);
  const byVerdict = noneOfEach();
  for (const row of rows) byVerdict[row.verdict] += row.n;
  const latency = addUp(rows.map((row) => row.latency));
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    talliedUntil: until,
    total: VERDICTS.reduce((sum, verdict) => sum + byVerdict[verdict], 0),
    byVerdict,
    days: daysOf(rows, fromMs, now),
    rules: rulesOf(rows, given),
    latency: latencyOf(latency),
    points: pointsOf(rows),
    budgets: budgets.map(({ policySet, budgetMs }) => ({
      policySet,
      budgetMs,
      within: shareWithin(budgetMs * 1000, latency),
    })),
    takenBackTotal: given[0]?.total ?? 0,
    takenBack: given.map(givenOf),
  };
}
