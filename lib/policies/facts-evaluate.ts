import {
  type CompiledSet,
  FACTS,
  type Fact,
  type Facts,
  type IdentitySeen,
  type Question,
  type SessionSeen,
} from '@/lib/policies/compiled-model';
import { declaredOf, entityKey } from '@/lib/policies/declared-evaluate';

/** Leaves out what is not known: reading it then fails, and a rule that needs it denies. */
function known(fields: Record<string, unknown>): object {
  for (const name in fields) {
    const value = fields[name];
    if (value === null || value === undefined || value === '') delete fields[name];
  }
  return fields;
}

export const sessionFact = (session: SessionSeen, nowMs: number): Fact =>
  new FACTS.Session(
    known({
      id: session.id,
      identity_id: session.identityId,
      label: session.label,
      source: session.source,
      observed_by: session.observedBy,
      kind: session.kind,
      state: session.state,
      network: session.network,
      region: session.region,
      device: session.device,
      runtime: session.runtime,
      agent: session.agent,
      key: session.key,
      tags: session.tags,
      task: session.task,
      scope: session.scope,
      started_at: new Date(session.startedMs),
      age_secs: BigInt(Math.max(0, Math.floor((nowMs - session.startedMs) / 1000))),
      idle_secs: BigInt(Math.max(0, Math.floor((nowMs - session.lastEventMs) / 1000))),
    }),
  );

const read = new WeakMap<CompiledSet, ReadonlySet<string>>();

/** The variables any expression of a set reads: what none reads need not be built. */
export function readsOf(set: CompiledSet): ReadonlySet<string> {
  let names = read.get(set);
  if (!names) {
    const meters = set.meters.flatMap((meter) => [...meter.per, meter.on, meter.where]);
    const rules = set.rules.flatMap(({ on, when, limit }) => [
      on,
      when,
      typeof limit?.max === 'object' ? limit.max : null,
    ]);
    names = new Set([...meters, ...rules].flatMap((one) => (one ? [...one.reads] : [])));
    read.set(set, names);
  }
  return names;
}

/** All sessions of a batch are seen at one instant, so each is built once for it. */
const sessionFacts = new WeakMap<SessionSeen, { nowMs: number; fact: Fact }>();
function sessionFactOf(session: SessionSeen, nowMs: number): Fact {
  const last = sessionFacts.get(session);
  if (last?.nowMs === nowMs) return last.fact;
  const fact = sessionFact(session, nowMs);
  sessionFacts.set(session, { nowMs, fact });
  return fact;
}

const identityFacts = new WeakMap<IdentitySeen, Fact>();
function identityFactOf(identity: IdentitySeen): Fact {
  let fact = identityFacts.get(identity);
  if (!fact) {
    fact = identityFact(identity);
    identityFacts.set(identity, fact);
  }
  return fact;
}

const identityFact = (identity: IdentitySeen): Fact =>
  new FACTS.Identity(
    known({
      id: identity.id,
      name: identity.name,
      kind: identity.kind,
      state: identity.state,
      managed: identity.managed,
      protected: identity.protected,
      environment: identity.environment,
      owner: identity.owner,
      purpose: identity.purpose,
      concurrency_limit: identity.concurrencyLimit === null ? null : BigInt(identity.concurrencyLimit),
    }),
  );

const built = new WeakMap<Question, Facts>();

/** Everything an expression can see, before any meter has a value. `workflow` is the first the identity works for. */
export function factsOf(question: Question): Facts {
  let facts = built.get(question);
  if (!facts) {
    facts = build(question);
    built.set(question, facts);
  }
  return facts;
}

function build(question: Question): Facts {
  const { asked, identity, nowMs } = question;
  const declared = declaredOf(question.sets);
  const properties = (of: { properties?: Record<string, unknown> }, known?: Record<string, unknown>) =>
    known ? { ...known, ...of.properties } : (of.properties ?? {});
  return {
    subject: new FACTS.Subject({
      type: asked.subject.type,
      id: asked.subject.id,
      properties: properties(asked.subject, declared?.subjects.get(entityKey(asked.subject))),
    }),
    action: new FACTS.Action({ name: asked.action.name, properties: properties(asked.action) }),
    resource: new FACTS.Resource({
      type: asked.resource.type,
      id: asked.resource.id,
      properties: properties(asked.resource, declared?.resources.get(entityKey(asked.resource))),
    }),
    context: asked.context,
    identity: identityFactOf(identity),
    session: sessionFactOf(question.session, nowMs),
    sessions: question.sets.some((set) => readsOf(set).has('sessions'))
      ? question.sessions.map((session) => sessionFactOf(session, nowMs))
      : [],
    credential: new FACTS.Credential(known({ id: question.credentialId })),
    workflow: workflowFact(question.identity.workflows[0]),
    meters: {},
    now: new Date(nowMs),
    truncated: question.truncated,
    longest: question.longest,
  };
}

export const workflowFact = (workflow: { id: string; name: string } | undefined): Fact =>
  new FACTS.Workflow(workflow ?? {});

/** The same as a per-session control sees them: this session is the only one. */
export const alone = (facts: Facts): Facts => ({ ...facts, sessions: [facts.session], truncated: false });
