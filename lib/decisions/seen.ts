import type { Seen } from '@/lib/decisions/model';
import {
  type CompiledSet,
  MAX_WORKFLOW_SESSIONS,
  type Question,
  type SessionSeen,
  type Touch,
} from '@/lib/policies/compiled-model';
import { readsOf } from '@/lib/policies/facts-evaluate';
import { countsShared, sharedPool } from '@/lib/policies/live-evaluate';

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
  lastEventMs: ['idle_secs', 'state_age_secs'],
  validatedMs: ['state_age_secs'],
  told: ['monitored'],
  trustedMs: ['trusted_at', 'trust_age_secs'],
  bound: ['bound', 'changed'],
  observedBy: ['observed_by'],
  concurrencyLimit: ['concurrency_limit'],
  workflows: ['workflow'],
  credentialRisks: ['credential'],
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
  'formerly',
]);
/** What a satisfied step-up is judged by, though no expression names it. */
const ASSURANCE = new Set(['acr', 'trustedMs']);

/** What sets read, told once for all that are active together. */
interface Plan {
  sessions: boolean;
  workflows: boolean;
  credential: boolean;
  kind: boolean;
  /** Whether a field is read, by its name. */
  reads(field: string): boolean;
  /** The same of the session that asks: what it was assured of is looked at without being named. */
  readsOwn(field: string): boolean;
}

const plans = new WeakMap<CompiledSet[], Plan>();
function planOf(sets: CompiledSet[]): Plan {
  let plan = plans.get(sets);
  if (!plan) {
    plan = makePlan(sets);
    plans.set(sets, plan);
  }
  return plan;
}

function makePlan(sets: CompiledSet[]): Plan {
  const sources = sets
    .flatMap((set) => [
      ...set.meters.flatMap((meter) => [...meter.per, meter.on, meter.where, meter.member]),
      ...set.rules.flatMap(({ on, when, limit }) => [on, when, typeof limit?.max === 'object' ? limit.max : null]),
    ])
    .flatMap((one) => one?.source ?? []);
  const words = new Set(sources.flatMap((source) => source.match(/[A-Za-z_]\w*/g) ?? []));
  const live = sets.flatMap((set) => set.meters.filter((meter) => meter.kind === 'live_sessions'));
  const assurance = sets.some((set) =>
    set.rules.some((rule) => rule.kind === 'step_up' || rule.limit?.verdict === 'step_up'),
  );
  const known = new Map<string, boolean>();
  const reads = (field: string): boolean => {
    let read = known.get(field);
    if (read === undefined) {
      read = (WORDS[field] ?? [field]).some((word) => words.has(word));
      known.set(field, read);
    }
    return read;
  };
  return {
    sessions: live.length > 0 || sets.some((set) => readsOf(set).has('sessions')),
    workflows: live.some((meter) => meter.scope.includes('workflow.id') || countsShared(meter)),
    credential: words.has('credential'),
    kind: words.has('kind'),
    reads,
    readsOwn: (field) => (assurance && ASSURANCE.has(field)) || reads(field),
  };
}

type Fields = Record<string, unknown>;

const same = (a: unknown, b: unknown): boolean =>
  a === b ||
  (typeof a === 'object' &&
    typeof b === 'object' &&
    ((Array.isArray(a) && a.length === 0 && Array.isArray(b) && b.length === 0) ||
      JSON.stringify(a) === JSON.stringify(b)));

interface Expected {
  /** What the request itself says, over what is usual. */
  said?: Fields;
  usual: Fields;
  reads(field: string): boolean;
  also?: ReadonlySet<string>;
}

/** Fields that are read, or wanted `also`, and are not as said or else as usual; null when there are none. */
function unusual(of: object, { said = NOTHING, usual, reads, also = NONE }: Expected): Fields | null {
  let kept: Fields | null = null;
  for (const field in of) {
    if (!also.has(field) && (ELSEWHERE.has(field) || !reads(field))) continue;
    const value = (of as Fields)[field];
    // A session is trusted from its start unless it was trusted anew.
    const expected = field === 'trustedMs' ? (of as Fields).startedMs : (said[field] ?? usual[field] ?? null);
    if (value === undefined || same(value, expected)) continue;
    kept ??= {};
    kept[field] = value;
  }
  return kept;
}

const NONE: ReadonlySet<string> = new Set();
/** Says whether a request's word on its session counts, so it is kept wherever a session is. */
const SOURCE: ReadonlySet<string> = new Set(['source']);
const KIND_AND_SOURCE: ReadonlySet<string> = new Set(['kind', 'source']);
const NOTHING: Fields = {};
const PLAIN: Fields = { ...PLAIN_SESSION };
const PLAIN_IDENTITY: Fields = { protected: false, workflows: [] };

interface BraidSaid {
  session?: Fields;
  credential?: object;
}

/** What the active sets read of the identity. */
function identitySeen({ identity }: Question, plan: Plan, touches: readonly Touched[]): Fields | undefined {
  let found = unusual(identity, { usual: PLAIN_IDENTITY, reads: plan.reads });
  if (found) delete found.state;
  if (identity.formerly && touches.some(({ touch }) => touch.formerly))
    found = { ...found, formerly: identity.formerly };
  return found && Object.keys(found).length ? found : undefined;
}

/** What they read of the session beyond what the request itself says of it, as `exposures/prepare` takes that over. */
function sessionSeen({ session }: Question, braid: BraidSaid | undefined, plan: Plan): Fields | undefined {
  const said = session.source === 'pdp' ? (braid?.session ?? NOTHING) : NOTHING;
  const also = plan.kind ? KIND_AND_SOURCE : SOURCE;
  const found = unusual(session, { said, usual: PLAIN, reads: plan.readsOwn, also });
  if (!session.ended && !session.refused) return found ?? undefined;
  return { ...found, ...(session.ended ? { ended: true } : {}), ...(session.refused ? { refused: true } : {}) };
}

/** Whether the other live sessions are part of what was judged. */
export const looksAtSessions = (sets: CompiledSet[]): boolean => planOf(sets).sessions;

/** What the active sets read of another live session, beside its id and when it began; null when all is as usual. */
export const otherSeen = (session: SessionSeen, sets: CompiledSet[]): Fields | null =>
  unusual(session, { usual: PLAIN, reads: planOf(sets).reads, also: KIND_AND_SOURCE });

/** What a decision moves or reads. */
interface Touched {
  touch: Pick<Touch, 'meter' | 'key' | 'formerly'>;
}

/**
 * What the active sets read of a question that does not follow from the rest of its trace, but for the other sessions;
 * undefined when that is nothing. Pure.
 */
export function seenOf(question: Question, touches: readonly Touched[] = []): Omit<Seen, 'sessions'> | undefined {
  const plan = planOf(question.sets);
  const braid = question.asked.context.braid as BraidSaid | undefined;
  const identity = identitySeen(question, plan, touches);
  const session = sessionSeen(question, braid, plan);
  const workflows = plan.workflows ? workflowsOf(question, touches) : undefined;
  const credentialId =
    plan.credential && !braid?.credential && question.credentialId !== null ? question.credentialId : undefined;
  const truncated = question.truncated || undefined;
  const longest = question.longest > MAX_PLAIN ? question.longest : undefined;
  if (!identity && !session && !workflows && credentialId === undefined && !truncated && longest === undefined)
    return undefined;
  return { identity, session, workflows, ...moreOf(workflows), credentialId, truncated, longest };
}

/** Lists of a request shorter than this never stop an expression. */
const MAX_PLAIN = 200;

function moreOf(workflows: Seen['workflows']): Pick<Seen, 'workflowsTruncated'> {
  const more = Object.entries(workflows ?? {}).filter(([, sessions]) => sessions.length >= MAX_WORKFLOW_SESSIONS);
  return more.length ? { workflowsTruncated: more.map(([id]) => id) } : {};
}

/** Its own of those that were read for a whole batch: of the workflows it works for, and those it shares something with. */
function workflowsOf({ workflowSessions, identity }: Question, touches: readonly Touched[]): Seen['workflows'] {
  if (!workflowSessions.size) return undefined;
  const own = new Set(identity.workflows.map((one) => one.id));
  for (const { touch } of touches) {
    const pool = sharedPool(touch);
    if (pool) own.add(pool.id);
  }
  const found = [...workflowSessions].filter(([id]) => own.has(id));
  if (!found.length) return undefined;
  return Object.fromEntries(
    found.map(([id, sessions]) => [
      id,
      sessions.map((one): [string, string, number] => [one.id, one.identityId, one.startedMs]),
    ]),
  );
}
