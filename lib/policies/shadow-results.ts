import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { type RuleSeen, type Trace, VERDICTS } from '@/lib/decisions/model';
import { clock } from '@/lib/platform/clock';
import { compile } from '@/lib/policies/compile';
import { deafLimits, deafText } from '@/lib/policies/deaf-limits';
import { type ShadowQuery, type ShadowResults, shadowQuerySchema } from '@/lib/policies/life-model';
import { rows } from '@/lib/policies/store';
import { watched } from '@/lib/policies/watched';

const DAY_MS = 86_400_000;
const MAX_IDENTITIES = 50;

type Standing = Awaited<ReturnType<typeof rows>>[number];
type RuleTally = ShadowResults['rules'][number];

const strictest = (rules: RuleSeen[]): number => Math.max(0, ...rules.map((rule) => VERDICTS.indexOf(rule.verdict)));

/**
 * What rules and versions in shadow would have answered, read from the log: per rule and identity, how often it fired and how
 * often that would have changed an allow. Default: the last 24 h.
 */
export async function shadowResults(ctx: Ctx, query: ShadowQuery): Promise<ShadowResults> {
  authorise(ctx, 'console.read');
  const { set, from, to } = shadowQuerySchema.parse(query);
  const end = to ?? clock.now().toISOString();
  const begin = from ?? new Date(Date.parse(end) - DAY_MS).toISOString();
  const [shadow] = await rows({ name: set, state: 'shadow' });
  const tallies = new Map<string, RuleTally>();
  const version = shadow ? { version: shadow.version, judged: 0, stricter: 0, looser: 0 } : null;
  const seen = await watched(begin, end, (trace) => {
    for (const rule of trace.rules)
      if (rule.set === set && rule.mode === 'shadow' && rule.fired && rule.kind !== 'allow')
        count(tallies, rule, trace);
    if (
      version &&
      trace.sets.some((one) => one.name === set && one.version === version.version && one.mode === 'shadow')
    )
      compare(version, set, trace);
  });
  const found = [...tallies.values()].sort((a, b) => b.wouldChange - a.wouldChange || b.fired - a.fired);
  for (const one of found) one.identities = one.identities.sort((a, b) => b.fired - a.fired).slice(0, MAX_IDENTITIES);
  return { set, from: begin, to: end, ...seen, rules: found, version, deaf: await deafOf(set, shadow) };
}

/** Of the version in shadow, or of an active one that says `mode: shadow` of itself. */
async function deafOf(name: string, shadow: Standing | undefined): Promise<string | null> {
  const [active] = await rows({ name, state: 'active' });
  const watching = shadow ?? (active?.mode === 'shadow' ? active : undefined);
  if (!watching) return null;
  return deafText(deafLimits(compile(watching), shadow && active ? compile(active) : null));
}

function count(tallies: Map<string, RuleTally>, rule: RuleSeen, trace: Trace): void {
  let tally = tallies.get(rule.id);
  if (!tally) {
    tally = { rule: rule.id, verdict: rule.verdict, fired: 0, wouldChange: 0, identities: [], last: null };
    tallies.set(rule.id, tally);
  }
  const { id, name } = trace.identity;
  let identity = tally.identities.find((one) => one.id === id);
  if (!identity) {
    identity = { id, name, fired: 0, wouldChange: 0 };
    tally.identities.push(identity);
  }
  const changes = trace.verdict === 'allow' ? 1 : 0;
  for (const one of [tally, identity]) {
    one.fired += 1;
    one.wouldChange += changes;
  }
  tally.last ??= { decisionId: trace.decisionId, at: trace.at, saw: rule.saw };
}

/** The guards of the version in shadow against those of the active one, over one request. */
function compare(version: NonNullable<ShadowResults['version']>, set: string, trace: Trace): void {
  version.judged += 1;
  const fired = trace.rules.filter((rule) => rule.set === set && rule.fired && rule.kind !== 'allow' && !rule.exempt);
  const now = strictest(fired.filter((rule) => rule.mode === 'enforce'));
  const then = strictest(fired.filter((rule) => rule.mode === 'shadow'));
  if (then > now) version.stricter += 1;
  if (then < now) version.looser += 1;
}
