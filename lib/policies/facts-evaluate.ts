import { FACTS, type Fact, type Facts, type Question, type SessionSeen } from '@/lib/policies/compiled-model';

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
  const properties = (of: { properties?: Record<string, unknown> }) => of.properties ?? {};
  return {
    subject: new FACTS.Subject({
      type: asked.subject.type,
      id: asked.subject.id,
      properties: properties(asked.subject),
    }),
    action: new FACTS.Action({ name: asked.action.name, properties: properties(asked.action) }),
    resource: new FACTS.Resource({
      type: asked.resource.type,
      id: asked.resource.id,
      properties: properties(asked.resource),
    }),
    context: asked.context,
    identity: new FACTS.Identity(
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
    ),
    session: sessionFact(question.session, nowMs),
    sessions: question.sessions.map((session) => sessionFact(session, nowMs)),
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
