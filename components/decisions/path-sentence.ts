import { decided, type MeterKind, type Part } from '@/lib/decisions/format';
import type { Path, PathStep } from '@/lib/decisions/path-model';
import {
  amountText,
  numberWord,
  percentOf,
  plural,
  roundUp,
  scopeText,
  scopeWord,
  sentenceCase,
  spanText,
} from '@/lib/exposures/format';

const SUM_VERBS: [RegExp, string, string][] = [
  [/refund/, 'refunded', 'on'],
  [/pay|transfer|disburse|settle/, 'paid', 'into'],
  [/withdraw/, 'withdrew', 'from'],
  [/export|download/, 'exported', 'from'],
  [/buy|purchase|order|spend/, 'spent', 'on'],
];

/** What a sum's actions did, and how it stands to what it is counted on: `payment.create` → paid … into. */
function sumVerb(steps: PathStep[]): [string, string] {
  const actions = new Set(steps.flatMap((step) => (step.action ? [step.action.toLowerCase()] : [])));
  const found = SUM_VERBS.find(([pattern]) => actions.size > 0 && [...actions].every((action) => pattern.test(action)));
  return found ? [found[1], found[2]] : ['used', 'on'];
}

interface PathFacts {
  focus: PathStep | null;
  /** Held by the exposure just before the focus (or at the end without one). */
  standing: bigint;
  asked: bigint;
  limit: bigint | null;
  /** What each strand held then, of those that held something. */
  shares: bigint[];
  largest: { label: string; own: bigint } | null;
  identities: { id: string; name: string }[];
  seconds: number;
  applied: PathStep[];
  /** Something was refused here before the focus: the focus is not what crossed first. */
  again: boolean;
}

const keyOf = (part: { sessionId: string | null; identityId: string | null }): string =>
  part.sessionId ?? `identity:${part.identityId}`;

function factsOf(path: Path): PathFacts {
  const asked = path.decisionId === null ? -1 : path.steps.findIndex((step) => step.decisionId === path.decisionId);
  const at = asked >= 0 ? asked : (path.crossing ?? path.steps.length);
  const focus = path.steps[at] ?? null;
  const applied = path.steps.slice(0, at).filter((step) => step.kind !== 'refused');
  const own = new Map<string, bigint>();
  for (const step of applied) own.set(keyOf(step), BigInt(step.own));
  const holders = [...own].filter(([, share]) => share > 0n);
  const strands = new Map(path.strands.map((strand) => [keyOf(strand), strand]));
  const top = [...holders].sort((a, b) => (a[1] < b[1] ? 1 : -1))[0];
  const grown = applied.filter((step) => BigInt(step.amount) > 0n);
  const unmoved = focus === null ? 0n : BigInt(focus.after) - (focus.kind === 'refused' ? 0n : BigInt(focus.amount));
  const last = applied[applied.length - 1];
  const named = holders.length > 0 ? holders.map(([key]) => strands.get(key)) : path.strands;
  return {
    focus,
    standing: last ? BigInt(last.after) : unmoved > 0n ? unmoved : 0n,
    asked: focus ? BigInt(focus.amount) : 0n,
    limit: path.exposure.limit === null ? null : BigInt(path.exposure.limit),
    shares: holders.map(([, share]) => share),
    largest: top ? { label: strands.get(top[0])?.label ?? 'one session', own: top[1] } : null,
    identities: [
      ...new Map(
        named.flatMap((strand) =>
          strand ? [[strand.identityId, { id: strand.identityId, name: strand.identityName }] as const] : [],
        ),
      ).values(),
    ],
    seconds: grown.length > 1 ? (Date.parse(grown[grown.length - 1]!.at) - Date.parse(grown[0]!.at)) / 1000 : 0,
    applied,
    again: path.steps.slice(0, at).some((step) => step.kind === 'refused'),
  };
}

/** What a path found, in one or two sentences. `kind` is the meter's; `resourceType` names a resource by what it is. */
export function pathHeadline(path: Path, kind: MeterKind, resourceType: string | null = null): Part[] {
  const facts = factsOf(path);
  if (kind === 'lease') return leaseHeadline(path, facts, resourceType);
  return [
    ...howItStood(path, facts, kind, resourceType),
    ...noneAlone(path, facts, kind),
    ' ',
    ...theNext(path, facts, kind),
  ];
}

const who = (facts: PathFacts): Part[] =>
  facts.identities.length === 1
    ? [{ code: facts.identities[0]!.name, href: `/identities/${facts.identities[0]!.id}` }]
    : [facts.identities.length === 0 ? 'nobody' : `${numberWord(facts.identities.length)} identities`];

const sessionsOf = (facts: PathFacts): Part[] => [
  `${sentenceCase(numberWord(facts.shares.length))} ${plural(facts.shares.length, 'session')} of `,
  ...who(facts),
];

const money = (path: Path, minor: bigint): string => amountText(minor, path.exposure.scale);

/** "into account 4711"; nothing where the scope is the identity, which the sentence has named already. */
function where(path: Path, preposition: string, resourceType: string | null): string {
  const { scope, key, keyName } = path.exposure;
  const word = scopeWord(scope, resourceType);
  if (word === 'identity') return '';
  const fitting = word === scopeWord('resource.id', resourceType) ? preposition : word === 'workflow' ? 'in' : 'with';
  return ` ${fitting} ${scopeText(scope, keyName ?? key, resourceType)}`;
}

function howItStood(path: Path, facts: PathFacts, kind: MeterKind, resourceType: string | null): Part[] {
  const total = money(path, facts.standing);
  const span = facts.seconds >= 1 ? ` in ${spanText(facts.seconds)}` : '';
  const [verb, preposition] = kind === 'sum' ? sumVerb(path.steps) : ['', 'on'];
  const place = where(path, preposition, resourceType);
  const count = Number(facts.standing);
  if (kind === 'live_sessions')
    return [
      `${sentenceCase(numberWord(count))} ${plural(count, 'session')} of `,
      ...who(facts),
      ` ${count === 1 ? 'was' : 'were'} live${count > 1 ? ' at once' : ''}${place}.`,
    ];
  if (facts.standing <= 0n) return ['Nothing stood', where(path, 'on', resourceType), ' before.'];
  const unit = path.exposure.unit ? `\u00a0${path.exposure.unit}` : '';
  const subject: Part[] = facts.shares.length > 0 ? sessionsOf(facts) : [...who(facts)];
  if (kind === 'sum') return [...subject, ` ${verb} ${total}${unit}${place}${span}.`];
  if (kind === 'pending') return [...subject, ` had ${numberWord(count)} ${plural(count, 'approval')} open${place}.`];
  if (kind === 'distinct') return [...subject, ` touched ${numberWord(count)} different values${place}${span}.`];
  const actions = [...new Set(facts.applied.flatMap((step) => (step.action ? [step.action] : [])))];
  const what: Part[] =
    actions.length === 1 ? [{ code: actions[0]! }, ' ', plural(count, 'request')] : [plural(count, 'request')];
  return [...subject, ` made ${total} `, ...what, `${place}${span}.`];
}

/** The point of the whole picture: what no single session did. Only said where there are several. */
function noneAlone(path: Path, facts: PathFacts, kind: MeterKind): Part[] {
  if (facts.shares.length < 2 || !facts.largest || kind === 'live_sessions' || kind === 'pending') return [];
  const { own } = facts.largest;
  const verb = kind === 'sum' ? sumVerb(path.steps)[0] : kind === 'distinct' ? 'touched' : 'made';
  if ((facts.limit === null || own < facts.limit) && facts.shares.every((share) => share === own))
    return [` Each ${verb} ${money(path, own)}.`];
  // An amount reads best as a round bound; a count is small enough to be said as it is.
  const bound = kind === 'sum' ? roundUp(own, path.exposure.scale) : own;
  if (facts.limit === null || bound < facts.limit) return [` None ${verb} more than ${money(path, bound)}.`];
  if (facts.largest.own < facts.limit) return [` None reached ${money(path, facts.limit)} by itself.`];
  return [' ', { code: facts.largest.label }, ` made ${money(path, facts.largest.own)} of it.`];
}

const ORDINALS = 'zeroth first second third fourth fifth sixth seventh eighth ninth tenth'.split(' ');
const oneMore = (count: number): string =>
  count + 1 < ORDINALS.length ? `A${/^e/.test(ORDINALS[count + 1]!) ? 'n' : ''} ${ORDINALS[count + 1]}` : 'One more';

function theNext(path: Path, facts: PathFacts, kind: MeterKind): Part[] {
  const { focus, limit, standing, asked } = facts;
  if (!focus) {
    if (limit === null) return ['No limit stands on it.'];
    return [`It stands at ${money(path, standing)} of ${money(path, limit)}, ${percentOf(standing, limit)} %.`];
  }
  const verdict = focus.verdict ?? 'allow';
  const next =
    kind === 'sum'
      ? `${facts.again ? 'Another' : 'The next'} ${money(path, asked)}`
      : kind === 'live_sessions'
        ? oneMore(Number(standing))
        : facts.again
          ? 'Another one'
          : 'The next one';
  if (focus.kind !== 'refused') {
    const now = money(path, BigInt(focus.after));
    const of =
      limit === null ? '; no limit stands on it' : ` of ${money(path, limit)}, ${percentOf(focus.after, limit)} %`;
    return [`${next} was `, decided(verdict, focus.at), ` and made it ${now}${of}.`];
  }
  if (limit !== null && standing + asked > limit)
    return [`${next} would have crossed ${money(path, limit)} and was `, decided(verdict, focus.at), '.'];
  const within = limit === null ? 'crossed no limit here' : `would have stayed within ${money(path, limit)}`;
  return [`${next} ${within}, but was `, decided(verdict, focus.at), ' by another rule.'];
}

function leaseHeadline(path: Path, facts: PathFacts, resourceType: string | null): Part[] {
  const lease: Part[] = ['the lease ', { code: path.exposure.meter }, where(path, 'on', resourceType)];
  const held: Part[] =
    facts.largest && facts.standing > 0n
      ? [{ code: facts.largest.label }, ' of ', ...who(facts), ' held ', ...lease, '.']
      : ['Nobody held ', ...lease, '.'];
  const { focus } = facts;
  if (!focus) return held;
  const asker = path.strands.find((strand) => keyOf(strand) === keyOf(focus))?.label ?? 'another session';
  if (focus.kind !== 'refused')
    return [...held, ' ', { code: asker }, ' asked for it and was ', decided(focus.verdict ?? 'allow', focus.at), '.'];
  return [
    ...held,
    ' ',
    { code: asker },
    ' asked for it as well and was ',
    decided(focus.verdict ?? 'deny', focus.at),
    '.',
  ];
}
