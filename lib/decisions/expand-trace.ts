import type { Contributor, ExposureSeen, RuleSeen, Seen, Trace } from '@/lib/decisions/model';
import { type Entry, longHash, longId, type TraceV2 } from '@/lib/decisions/trace-format';
import { BraidError } from '@/lib/platform/errors';
import type { CompiledSet, Rule } from '@/lib/policies/compiled-model';
import { formatSaw } from '@/lib/policies/format';
import { NOT_APPLICABLE, NOT_COUNTED } from '@/lib/policies/rules-evaluate';
import { exposureIdOf } from '@/lib/policies/touch';
import { usualLimit } from '@/lib/policies/usual-evaluate';
import { meterSeen } from '@/lib/policies/views-evaluate';

/**
 * What a stored trace says, in full. `sets` holds, by hash, at least the policy sets it names. Pure. Throws `internal` when
 * one is missing, SyntaxError when the text is no JSON.
 */
export function expandTrace(text: string, sets: readonly CompiledSet[]): Trace {
  const read = JSON.parse(text) as TraceV2 | Trace;
  return isV2(read) ? expand(read, sets) : read;
}

export const isV2 = (read: object): read is TraceV2 => (read as { v?: unknown }).v === 2;

/** The set as it was active: which version, and whether in shadow, is the trace's to say. */
function setsOf(v2: TraceV2, known: readonly CompiledSet[]): CompiledSet[] {
  return v2.sets.map(([name, version, short, mode]) => {
    const hash = longHash(short);
    const set = known.find((one) => one.hash === hash);
    if (!set) throw new BraidError('internal', `Version ${version} of policy set ${name} is not there any more.`);
    return { ...set, name, version, mode: mode ?? 'enforce' };
  });
}

function expand(v2: TraceV2, known: readonly CompiledSet[]): Trace {
  const sets = setsOf(v2, known);
  const [id, name, kind, ...rest] = v2.identity;
  const state = rest.find((one) => typeof one === 'string') ?? 'active';
  const identity = { id: longId(id), name, kind, state, managed: !rest.includes(false) };
  const named = v2.sessions.map((entry) => sessionOf(entry, identity.id, v2.at));
  const [place, ageMs, observedBy = 'declared'] = v2.session;
  const session = named[place]!;
  const around: Around = { v2, sets, named, identity, session, holders: [] };
  const exposures = v2.exposures.map((one) => exposureOf(one, around));
  const others = named.flatMap(({ seen }) => seen ?? []);
  return {
    version: 1,
    decisionId: v2.id,
    at: new Date(v2.at).toISOString(),
    request: v2.request,
    identity,
    session: { id: session.id, label: session.label, observedBy, startedAt: new Date(v2.at - ageMs).toISOString() },
    liveSessions: v2.live ?? others.length + 1,
    sets: sets.map(({ name, version, hash, mode }) => ({ name, version, hash, mode })),
    verdict: v2.verdict as Trace['verdict'],
    alone: (v2.alone as Trace['alone']) ?? null,
    reason: (v2.reason as Trace['reason']) ?? 'ok',
    rules: v2.rules === null ? [] : rulesOf(v2, sets, exposures),
    exposures,
    warnings: v2.warnings ?? [],
    holdId: v2.holdId ?? null,
    supersedes: v2.supersedes ?? null,
    dryRun: v2.dryRun === true,
    ...v2.also,
    ...(v2.seen || others.length
      ? { seen: { ...v2.seen, ...(others.length ? { sessions: others } : {}) } as Seen }
      : {}),
  };
}

interface Named {
  id: string;
  label: string;
  identityId: string;
  seen: Record<string, unknown> | null;
}

function sessionOf([short, label, ...rest]: Entry, identityId: string, atMs: number): Named {
  const id = longId(short);
  const other = rest.find((one) => typeof one === 'string');
  const ageMs = rest.find((one) => typeof one === 'number');
  const fields = rest.find((one) => typeof one === 'object');
  return {
    id,
    label,
    identityId: other === undefined ? identityId : longId(other),
    seen: ageMs === undefined ? null : { id, startedMs: atMs - ageMs, ...fields },
  };
}

// ── exposures ───────────────────────────────────────────────────────────────────────────────────────────────────────

interface Around {
  v2: TraceV2;
  sets: CompiledSet[];
  named: Named[];
  identity: { id: string };
  session: Named;
  /** Of the exposures before. */
  holders: string[];
}

function exposureOf(listed: unknown[], { v2, sets, named, identity, session, holders: before }: Around): ExposureSeen {
  const first = typeof listed[0] === 'number';
  const set = sets[first ? (listed[0] as number) : 0]!;
  const [meterName, keyPart, numbers, holders, more] = (first ? listed.slice(1) : listed) as [
    string,
    string | 0 | 1,
    string,
    string,
    { limit?: string | null; formerly?: string[] }?,
  ];
  const meter = set.meters.find((one) => one.name === meterName)!;
  const key = keyPart === 0 ? identity.id : keyPart === 1 ? session.id : keyPart;
  const [revision, settled, held, amount, own, ownAmount] = numbers.split(' ').map(BigInt) as bigint[];
  const shares = typeof holders === 'number' ? before[holders]! : holders;
  before.push(shares);
  const standing = settled! + held!;
  const asked = standing + amount!;
  const counts = v2.verdict === 'allow' || meter.kind === 'live_sessions';
  return {
    exposureId: exposureIdOf(set.name, meter, key),
    set: set.name,
    ...meterSeen(meter),
    key,
    limit: more?.limit !== undefined ? more.limit : (usualLimit(set, meter.name)?.toString() ?? null),
    settledBefore: `${settled}`,
    heldBefore: `${held}`,
    amount: `${amount}`,
    after: `${counts ? asked : standing}`,
    asked: `${asked}`,
    aloneBefore: `${own}`,
    aloneAsked: `${own! + (ownAmount ?? amount!)}`,
    revision: `${revision}`,
    ...(more?.formerly ? { formerly: more.formerly.map((one) => exposureIdOf(set.name, meter, one)) } : {}),
    ...holdersOf(shares, named),
  };
}

function holdersOf(text: string, named: Named[]): Pick<ExposureSeen, 'contributors' | 'othersSettled' | 'othersHeld'> {
  const contributors: Contributor[] = [];
  let othersSettled = '0';
  let othersHeld = '0';
  for (const part of text ? text.trimStart().split(' ') : []) {
    const [place, settled, held = '0'] = part.split(':') as [string, string, string?];
    if (place === '+') {
      othersSettled = settled;
      othersHeld = held;
    } else {
      const { id, identityId, label } = named[Number(place)]!;
      contributors.push({ sessionId: id, identityId, label, settled, held });
    }
  }
  return { contributors, othersSettled, othersHeld };
}

// ── rules ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function rulesOf(v2: TraceV2, sets: CompiledSet[], exposures: ExposureSeen[]): RuleSeen[] {
  const placeOf = (rule: number, set = 0): string => `${set}/${rule}`;
  const skipped = new Set((v2.skipped ?? []).map(([rule, set]) => placeOf(rule, set)));
  const unusual = new Map((v2.rules ?? []).map((one) => [placeOf(one.rule, one.set), one]));
  const aloneFired = v2.alone === undefined ? null : false;
  return sets.flatMap((set, place) =>
    set.rules.map((rule, at): RuleSeen => {
      const plain: RuleSeen = {
        set: set.name,
        id: rule.id,
        mode: rule.shadow || set.mode === 'shadow' ? 'shadow' : 'enforce',
        kind: rule.kind,
        fired: false,
        verdict: 'allow',
        reason: 'ok',
        saw: '',
        message: rule.message,
        exposureId: null,
        aloneFired,
      };
      const { set: _set, rule: _rule, exposure, ...other } = unusual.get(placeOf(at, place)) ?? { rule: at };
      if (skipped.has(placeOf(at, place))) return { ...plain, saw: NOT_APPLICABLE.saw! };
      const one: RuleSeen = { ...plain, ...other };
      const explicit = unusual.has(placeOf(at, place));
      const seen = explicit
        ? exposures[exposure as number]
        : exposures.find((each) => each.set === set.name && each.meter === rule.limit?.meter);
      one.exposureId = seen?.exposureId ?? (typeof exposure === 'string' ? exposure : null);
      if (other.saw === undefined) one.saw = sawOf(rule, one.fired, seen);
      return one;
    }),
  );
}

/** The words of a rule that follow from its set and from the exposure it looked at. */
function sawOf(rule: Rule, fired: boolean, seen: ExposureSeen | undefined): string {
  if (!rule.limit) return `${rule.when?.source.slice(0, 400)} is ${fired}`;
  if (!seen || typeof rule.limit.max !== 'bigint') return NOT_COUNTED.saw!;
  const { kind, scale, unit } = seen;
  const numbers = { settled: BigInt(seen.settledBefore), held: BigInt(seen.heldBefore), amount: BigInt(seen.amount) };
  return formatSaw({ ...numbers, limit: rule.limit.max, kind, scale, unit }, fired);
}
