import type { Seen } from '@/lib/decisions/model';
import type { CompiledSet, IdentitySeen, Question, SessionSeen } from '@/lib/policies/compiled-model';
import { readsOf } from '@/lib/policies/facts-evaluate';

// What a decision was judged on and what does not follow from the rest of its trace. With it, the same question can be put
// again at any time: same question, same answer.

/** A session as a caller that says nothing of it is recorded. */
export const PLAIN_SESSION: Omit<SessionSeen, 'id' | 'identityId' | 'label' | 'startedMs' | 'lastEventMs'> = {
  source: 'pdp',
  observedBy: 'declared',
  kind: 'api',
  state: 'live',
  liveUntilMs: null,
  ended: false,
  network: null,
  region: null,
  device: null,
  runtime: null,
  agent: null,
  key: null,
  tags: [],
  task: null,
  scope: null,
};

/** Words in an expression that make it read a field under another name. */
const WORDS: Record<string, string[]> = {
  lastEventMs: ['idle_secs'],
  trustedMs: ['trusted_at', 'trust_age_secs'],
  bound: ['bound', 'changed'],
  observedBy: ['observed_by'],
  concurrencyLimit: ['concurrency_limit'],
  workflows: ['workflow'],
};
/** Recorded elsewhere in the trace, or following from the answer. */
const ELSEWHERE = new Set([
  'id',
  'identityId',
  'label',
  'startedMs',
  'liveUntilMs',
  'ended',
  'refused',
  'name',
  'kind',
  'managed',
]);
/** What a satisfied step-up is judged by, though no expression names it. */
const ASSURANCE = new Set(['acr', 'trustedMs']);

interface Plan {
  /** Every word of every expression of the set. */
  words: ReadonlySet<string>;
  sessions: boolean;
  workflows: boolean;
  assurance: boolean;
}

const plans = new WeakMap<CompiledSet, Plan>();
function planOf(set: CompiledSet): Plan {
  let plan = plans.get(set);
  if (plan) return plan;
  const sources = [
    ...set.meters.flatMap((meter) => [...meter.per, meter.on, meter.where]),
    ...set.rules.flatMap(({ on, when, limit }) => [on, when, typeof limit?.max === 'object' ? limit.max : null]),
  ].flatMap((one) => one?.source ?? []);
  const live = set.meters.filter((meter) => meter.kind === 'live_sessions');
  plan = {
    words: new Set(sources.flatMap((source) => source.match(/[A-Za-z_]\w*/g) ?? [])),
    sessions: readsOf(set).has('sessions') || live.length > 0,
    workflows: live.some((meter) => meter.scope.includes('workflow.id')),
    assurance: set.rules.some((rule) => rule.kind === 'step_up' || rule.limit?.verdict === 'step_up'),
  };
  plans.set(set, plan);
  return plan;
}

const reads = (plans: Plan[], field: string): boolean =>
  plans.some(({ words }) => (WORDS[field] ?? [field]).some((word) => words.has(word))) ||
  (ASSURANCE.has(field) && plans.some((plan) => plan.assurance));

const same = (a: unknown, b: unknown): boolean =>
  a === b || (typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b));

/** Fields that are read and are not as `usual`. */
function unusual(of: object, usual: object, plans: Plan[], also: ReadonlySet<string>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(of)) {
    if (ELSEWHERE.has(field) && !also.has(field)) continue;
    if (value === undefined || same(value, (usual as Record<string, unknown>)[field] ?? null)) continue;
    if (also.has(field) || reads(plans, field)) kept[field] = value;
  }
  return kept;
}

const NONE: ReadonlySet<string> = new Set();
/** Says whether a request's word on its session counts, so it is kept wherever a session is. */
const SOURCE: ReadonlySet<string> = new Set(['source']);
const OTHER: ReadonlySet<string> = new Set(['id', 'startedMs', 'kind', 'source']);
const PLAIN_IDENTITY: Partial<IdentitySeen> = { protected: false, workflows: [] };

const filled = (part: Record<string, unknown>): Record<string, unknown> | undefined =>
  Object.keys(part).length ? part : undefined;

/** What the session is by the request alone, as `exposures/prepare` takes it over. */
const saidOf = (question: Question): object => {
  const braid = question.asked.context.braid as { session?: object } | undefined;
  return { ...PLAIN_SESSION, ...(question.session.source === 'pdp' ? braid?.session : undefined) };
};

/** What the active sets read of a question that does not follow from the rest of its trace; undefined when that is nothing. Pure. */
export function seenOf(question: Question): Seen | undefined {
  const plans = question.sets.map(planOf);
  const { identity, session } = question;
  const braid = question.asked.context.braid as { credential?: { id: string } } | undefined;
  const others = plans.some((plan) => plan.sessions) ? question.sessions.filter((one) => one.id !== session.id) : [];
  const kind = plans.some(({ words }) => words.has('kind')) ? new Set(['kind', 'source']) : SOURCE;
  const seen: Seen = {
    identity: filled(unusual(identity, { ...PLAIN_IDENTITY, state: identity.state }, plans, NONE)),
    session: filled({
      ...unusual(session, saidOf(question), plans, kind),
      ...(session.ended ? { ended: true } : {}),
      ...(session.refused ? { refused: true } : {}),
    }),
    sessions: others.length ? others.map((one) => unusual(one, PLAIN_SESSION, plans, OTHER)) : undefined,
    workflows: plans.some((plan) => plan.workflows) ? workflowsOf(question) : undefined,
    credentialId:
      plans.some(({ words }) => words.has('credential')) && !braid?.credential && question.credentialId !== null
        ? question.credentialId
        : undefined,
    truncated: question.truncated || undefined,
    longest: question.longest > MAX_PLAIN ? question.longest : undefined,
  };
  return Object.values(seen).some((part) => part !== undefined) ? seen : undefined;
}

/** Lists of a request shorter than this never stop an expression. */
const MAX_PLAIN = 200;

const workflowsOf = ({ workflowSessions }: Question): Seen['workflows'] =>
  workflowSessions.size
    ? Object.fromEntries(
        [...workflowSessions].map(([id, sessions]) => [
          id,
          sessions.map((one): [string, string, number] => [one.id, one.identityId, one.startedMs]),
        ]),
      )
    : undefined;
