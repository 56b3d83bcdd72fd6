import { setImmediate } from 'node:timers/promises';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { readTrace } from '@/lib/decisions/read-traces';
import { LIVE } from '@/lib/exposures/window-state';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { compile } from '@/lib/policies/compile';
import type { CompiledSet, Meter, Rule } from '@/lib/policies/compiled-model';
import type { PolicyDocument } from '@/lib/policies/model';
import { show } from '@/lib/policies/show';
import { aggregateLimit } from '@/lib/replay/aggregate-limit';
import { type Attack, attack, everySession, MAX_ASKS, probe, type Varied } from '@/lib/replay/attacker';
import {
  type ActorScope,
  type Boundaries,
  type Boundary,
  type BoundaryQuery,
  boundaryQuerySchema,
  DIMENSIONS,
  type Dimension,
  type LimitBoundaries,
} from '@/lib/replay/boundary-model';
import { predict, standingLimits } from '@/lib/replay/boundary-state';
import { keyValues } from '@/lib/replay/key-values';
import {
  identitiesTogether,
  type KeyRow,
  keysOf,
  keysOfPart,
  type PartRow,
  patternIds,
  type SharedRow,
} from '@/lib/replay/keys/store';
import { type MeterKey, meterKeys, type Unvaried } from '@/lib/replay/meter-keys';
import type { Judged, WorldAsk } from '@/lib/replay/model';
import { recall } from '@/lib/replay/recall';
import { identityNow, traces } from '@/lib/replay/store';
import { askIn, newWorld } from '@/lib/replay/world';

const HISTORY_MS = 7 * 86_400_000;
/** Keys beyond this change nothing in kind; the simulation stays quick. */
const MAX_KEYS = 50;

interface Period {
  from: string;
  to: string;
}

/**
 * Per limit of a policy set: on which keys an actor of this history could split what it does to stay under it, how much
 * would pass at most, which aggregate closes it. Each figure is tried by a simulated attacker under the set's own rules, all
 * of them. Throws `not_found`, `policy.invalid`.
 */
export async function analyseBoundaries(ctx: Ctx, query: BoundaryQuery): Promise<Boundaries> {
  authorise(ctx, 'console.read');
  const parsed = boundaryQuerySchema.parse(query);
  const { set: row, source, document } = await show(ctx, { name: parsed.name });
  if (!document) throw new BraidError('policy.invalid', `${parsed.name} no longer compiles.`);
  const to = parsed.to ?? clock.now().toISOString();
  const period = { from: parsed.from ?? new Date(Date.parse(to) - HISTORY_MS).toISOString(), to };
  const set = compile({ version: row.version, hash: row.hash, source, mode: row.mode });
  const rules = set.rules.filter((rule) => rule.limit && (!parsed.rule || rule.id === parsed.rule));
  if (parsed.rule && !rules.length) throw new BraidError('not_found', `${row.name} has no limit ${parsed.rule}.`);
  const limits: LimitBoundaries[] = [];
  for (const rule of rules) limits.push(await ofLimit(rule, set, document, period));
  return { set: row.name, version: row.version, ...period, limits };
}

async function ofLimit(
  rule: Rule,
  set: CompiledSet,
  document: PolicyDocument,
  period: Period,
): Promise<LimitBoundaries> {
  const meter = set.meters.find((one) => one.name === rule.limit!.meter)!;
  const base: LimitBoundaries = {
    set: set.name,
    ruleId: rule.id,
    meter: meter.name,
    kind: meter.kind,
    scope: meter.scope,
    unit: meter.unit,
    scale: meter.scale,
    windowSecs: meter.windowSecs,
    calendar: meter.calendar,
    limit: typeof rule.limit!.max === 'bigint' ? rule.limit!.max.toString() : null,
    skipped: null,
    patternId: null,
    boundaries: [],
    unvaried: [],
  };
  const skip = (skipped: string): LimitBoundaries => ({ ...base, skipped });
  if (rule.shadow || set.mode === 'shadow') return skip('It is in shadow: it stops nothing yet.');
  const member = memberOf(meter);
  if (typeof member === 'string') return skip(member);
  const calendar = meter.calendar === LIVE ? null : meter.calendar;
  const binSecs = meter.windowSecs ?? HISTORY_MS / 1000;
  const live = meter.kind === 'live_sessions';
  const asked = { set: set.name, meter: meter.name, ...period, binSecs, calendar, live };
  const pattern = await patternOf(await patternIds(asked), set, meter);
  if (!pattern) return skip('Nothing was counted by it in this period.');
  const [keys, shared] = await Promise.all([keysOf(asked), identitiesTogether(asked)]);
  const boundaries: Boundary[] = [];
  const { keys: own, unvaried } = meterKeys(meter);
  const names = new Set([...own.map((one) => one.dimension), ...DIMENSIONS]);
  if (member) names.delete(member.dimension); // another of these is what it counts
  for (const dimension of names) {
    await setImmediate(); // an attack takes a while: whoever else waits for this process has a turn
    const key = own.find((one) => one.dimension === dimension) ?? null;
    const parts = key && !isCounted(dimension) ? await keysOfPart(asked, key.part) : null;
    const found = ofDimension({ dimension, key, parts, rule, meter, member, set, document, pattern, keys, shared });
    if (found && !('why' in found)) boundaries.push(found);
    else if (found && !unvaried.some((one) => one.key === found.key)) unvaried.push(found);
  }
  boundaries.sort((a, b) => Number(BigInt(b.undetected) - BigInt(a.undetected)));
  return {
    ...base,
    patternId: pattern.decisionId,
    boundaries: boundaries.slice(0, 20),
    unvaried: unvaried.slice(0, 20),
  };
}

/** Its keys are columns of what is stored of every decision and session. */
const isCounted = (dimension: string): dimension is Dimension => DIMENSIONS.some((one) => one === dimension);

/** A stored request that was allowed and meets the meter, put to the set as it stands. */
async function patternOf(ids: string[], set: CompiledSet, meter: Meter): Promise<WorldAsk | null> {
  const texts = await traces(ids);
  for (const text of ids.map((id) => texts.get(id))) {
    if (!text) continue;
    const asked = recall(await readTrace(text), [set]);
    const now = await identityNow(asked.identity.id);
    const pattern: WorldAsk = { ...asked, identity: { ...asked.identity, ...now, state: 'active' } };
    if (meter.kind !== 'live_sessions' || meets(askIn(newWorld(), pattern), set, meter)) return pattern;
  }
  return null;
}

const meets = ({ exposures }: Judged, set: CompiledSet, meter: Meter): boolean =>
  exposures.some((one) => one.set === set.name && one.meter === meter.name);

/** What every request of an attack has to name anew for this meter: null: nothing. A text: why that can't be. */
function memberOf(meter: Meter): Varied | null | string {
  if (meter.kind === 'live_sessions') return { dimension: 'session' };
  if (meter.kind !== 'distinct' || !meter.member) return null;
  const { keys, unvaried } = meterKeys({ ...meter, per: [meter.member] });
  return keys[0] ?? `What it tells apart can’t be tried: ${unvaried[0]?.why ?? 'nothing of a request.'}`;
}

interface Asked {
  dimension: string;
  /** What of the meter's own key it is; null: the meter does not name it. */
  key: MeterKey | null;
  /** The keys of the history, where no column counts them. */
  parts: PartRow | null;
  rule: Rule;
  meter: Meter;
  /** What every request names anew, where it counts sessions or different things. */
  member: Varied | null;
  set: CompiledSet;
  document: PolicyDocument;
  pattern: WorldAsk;
  keys: KeyRow[];
  shared: SharedRow[];
}

interface Held {
  closedBy: ActorScope;
  actor: string | null;
  keys: number;
}

/** Who has the most keys of a dimension, and what would count them together. */
function heldBy({ dimension, parts, keys, shared, pattern }: Asked): Held {
  if (!isCounted(dimension))
    return { closedBy: 'identity', actor: parts?.name ?? null, keys: Math.max(1, parts?.keys ?? 1) };
  if (dimension !== 'identity') {
    const most = [...keys].sort((a, b) => b[dimension] - a[dimension])[0];
    return { closedBy: 'identity', actor: most?.name ?? null, keys: Math.max(1, most?.[dimension] ?? 1) };
  }
  const of = (kind: SharedRow['kind']) => shared.find((one) => one.kind === kind && one.identities > 1);
  const workflow = pattern.identity.workflows.length ? of('workflow') : undefined;
  const found = workflow ?? (pattern.identity.owner ? of('owner') : undefined) ?? of('resource');
  if (found) return { closedBy: found.kind, actor: found.name, keys: found.identities };
  const closedBy = pattern.identity.workflows.length ? 'workflow' : pattern.identity.owner ? 'owner' : 'resource';
  return { closedBy, actor: null, keys: 1 };
}

/** Where every request counts one, as many keys as can be used up in the time there is: two at least, or all. */
function triedKeys({ attribute }: Meter, most: bigint, keys: number): number {
  if (attribute || most <= 0n) return keys;
  const fit = Number(BigInt(MAX_ASKS) / most);
  return fit < 2 ? keys : Math.min(keys, fit);
}

function ofDimension(asked: Asked): Boundary | Unvaried | null {
  const { dimension, key, parts, rule, meter, member, set, document, pattern } = asked;
  const held = heldBy(asked);
  const plan: Attack = {
    pattern,
    sets: [set],
    dimension,
    names: key?.names ?? null,
    ...(key && !isCounted(dimension) ? { values: keyValues({ key, parts, pattern, set, meter, most: MAX_KEYS }) } : {}),
    keys: Math.min(Math.max(held.keys, 2), MAX_KEYS),
    member,
    attribute: meter.attribute,
    scale: meter.scale,
  };
  const other = probe(plan, 1);
  const again = probe(plan, 0, 1);
  const limits = standingLimits([set], probe(plan, 0), other, again);
  const limit = limits.find((one) => one.ruleId === rule.id);
  if (member && !meets(again, set, meter))
    return { key: member.dimension, why: 'With another value a request no longer meets this limit.' };
  if (key && (!limit || !meets(other, set, meter)))
    return { key: dimension, why: 'With another value a request no longer meets this limit.' };
  if (!limit?.splits) return key ? { key: dimension, why: 'The values tried count under one key.' } : null;
  const predicted = predict(limit, limits, held.keys, everySession(plan));
  const { reach } = predicted;
  const beyond = (taken: bigint): bigint => (taken > limit.max ? taken - limit.max : 0n);
  const keys = triedKeys(meter, predicted.most, Math.min(held.keys, MAX_KEYS));
  const tried = { ...plan, keys };
  const simulated = attack(tried, predicted);
  const closed = aggregateLimit(document, set, rule.id, held.closedBy);
  const afterwards = closed && attack({ ...tried, sets: [closed.set] }, predicted);
  return {
    dimension,
    closedBy: held.closedBy,
    actor: held.actor,
    keys: held.keys,
    reach: reach.toString(),
    undetected: beyond(reach).toString(),
    simulated: simulated?.toString() ?? null,
    tried: keys,
    asPredicted: simulated === predict(limit, limits, keys, everySession(plan)).reach,
    afterwards: afterwards === null ? null : beyond(afterwards).toString(),
    suggestion: closed?.text ?? null,
  };
}
