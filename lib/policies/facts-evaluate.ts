import { boundAfter, changedFields } from '@/lib/policies/bound-evaluate';
import { BOUND_FIELDS } from '@/lib/policies/bound-model';
import type {
  Asked,
  CompiledSet,
  Fact,
  Facts,
  Former,
  IdentitySeen,
  Question,
  SessionSeen,
  WorkflowSeen,
} from '@/lib/policies/compiled-model';
import { declaredOf, entityKey } from '@/lib/policies/declared-evaluate';
import { FACTS } from '@/lib/policies/facts-model';

const read = new WeakMap<CompiledSet, ReadonlySet<string>>();

/** The variables any expression of a set reads: what none reads need not be built. */
export function readsOf(set: CompiledSet): ReadonlySet<string> {
  let names = read.get(set);
  if (!names) {
    const meters = set.meters.flatMap((meter) => [...meter.per, meter.on, meter.where, meter.member]);
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
  const fact = new FACTS.Session(session, nowMs);
  sessionFacts.set(session, { nowMs, fact });
  return fact;
}

const identityFacts = new WeakMap<IdentitySeen, Fact>();
function identityFactOf(identity: IdentitySeen): Fact {
  let fact = identityFacts.get(identity);
  if (!fact) {
    fact = new FACTS.Identity(identity);
    identityFacts.set(identity, fact);
  }
  return fact;
}

const NO_METERS = new FACTS.Meters({});

/** What stands as `session`, `sessions`, `workflow` and `meters`, where that is not as the question has it. */
interface Standing {
  session: SessionSeen;
  sessions: readonly SessionSeen[];
  truncated: boolean;
  workflow: WorkflowSeen | undefined;
  meters: Fact;
}

/**
 * The variables of CEL over one question, each built when it is first read. Another view of the same question (alone, of
 * another workflow, with meters) is another object; none is ever changed.
 */
class QuestionFacts implements Facts {
  private subjectFact: Fact | null = null;
  private actionFact: Fact | null = null;
  private resourceFact: Fact | null = null;
  private sessionFact: Fact | null = null;
  private sessionList: readonly Fact[] | null = null;
  readonly asked: Asked;
  readonly truncated: boolean;
  readonly longest: number;
  readonly meters: Fact;

  constructor(
    private readonly question: Question,
    private readonly standing: Standing,
  ) {
    this.asked = question.asked;
    this.truncated = standing.truncated;
    this.longest = question.longest;
    this.meters = standing.meters;
  }

  get subject(): Fact {
    const { type, id, properties } = this.asked.subject;
    this.subjectFact ??= new FACTS.Subject(type, id, this.propertiesOf('subjects', type, id, properties));
    return this.subjectFact;
  }

  get resource(): Fact {
    const { type, id, properties } = this.asked.resource;
    this.resourceFact ??= new FACTS.Resource(type, id, this.propertiesOf('resources', type, id, properties));
    return this.resourceFact;
  }

  get action(): Fact {
    const { name, properties } = this.asked.action;
    this.actionFact ??= new FACTS.Action(name, properties ?? {});
    return this.actionFact;
  }

  get context(): Record<string, unknown> {
    return this.asked.context;
  }

  get identity(): Fact {
    return identityFactOf(this.question.identity);
  }

  get session(): Fact {
    this.sessionFact ??= new FACTS.Session(this.standing.session, this.question.nowMs);
    return this.sessionFact;
  }

  get sessions(): readonly Fact[] {
    if (!this.sessionList) {
      const { session, sessions } = this.standing;
      const list: Fact[] = [];
      for (const one of sessions) list.push(one === session ? this.session : sessionFactOf(one, this.question.nowMs));
      this.sessionList = list;
    }
    return this.sessionList;
  }

  get bound(): Fact {
    return new FACTS.Bound(boundAfter(this.question.session));
  }

  get changed(): Fact {
    const changed = changedFields(this.question.session);
    const fields = Object.fromEntries(BOUND_FIELDS.map((field) => [field, changed.includes(field)]));
    return new FACTS.Changed({ ...fields, any: changed.length > 0 });
  }

  get credential(): Fact {
    const { session, credentialId, identity } = this.question;
    const own = this.standing.session.id === session.id;
    const id = own ? credentialId : this.standing.session.key;
    const { credentialRisks: risks } = identity;
    return new FACTS.Credential({
      id,
      ...(id !== null && risks && Object.hasOwn(risks, id) ? { risk: risks[id] } : {}),
    });
  }

  get workflow(): Fact {
    return new FACTS.Workflow(this.standing.workflow ?? {});
  }

  get now(): Date {
    return new Date(this.question.nowMs);
  }

  with(other: Partial<Standing>): QuestionFacts {
    return new QuestionFacts(this.question, { ...this.standing, ...other });
  }

  /** As one who was merged into who asks would have asked it. */
  by({ id, name }: Former): QuestionFacts {
    const { question, standing } = this;
    const asked = { ...question, identity: { ...question.identity, id, name } };
    return new QuestionFacts(asked, { ...standing, session: { ...standing.session, identityId: id } });
  }

  /** What the request says of an entity, over what the sets declare of it. */
  private propertiesOf(
    kind: 'subjects' | 'resources',
    type: string,
    id: string,
    said: Record<string, unknown> | undefined,
  ): Record<string, unknown> {
    const declared = declaredOf(this.question.sets)?.[kind].get(entityKey({ type, id }));
    return declared ? { ...declared, ...said } : (said ?? {});
  }
}

/** A question is touched, then judged: its facts are built once for both. */
let last: { question: Question; facts: QuestionFacts } | null = null;

function ofQuestion(question: Question): QuestionFacts {
  if (last?.question === question) return last.facts;
  const { session, sessions, truncated, identity } = question;
  const workflow = identity.workflows[0];
  const facts = new QuestionFacts(question, { session, sessions, truncated, workflow, meters: NO_METERS });
  last = { question, facts };
  return facts;
}

/** Everything an expression can see, before any meter has a value. `workflow` is the first the identity works for. */
export const factsOf = (question: Question): Facts => ofQuestion(question);

/** The same with another of the identity's workflows as `workflow`. */
export const ofWorkflow = (question: Question, workflow: WorkflowSeen): Facts =>
  ofQuestion(question).with({ workflow });

/** The same with another session as `session`, and its key as `credential`. */
export const ofSession = (question: Question, session: SessionSeen, workflow: WorkflowSeen | undefined): Facts =>
  ofQuestion(question).with(workflow ? { session, workflow } : { session });

/** As a per-session control sees it: this session is the only one. */
export const aloneFacts = (question: Question): Facts =>
  ofQuestion(question).with({ sessions: [question.session], truncated: false });

/** The same facts as one would have had who was merged into who asks. */
export const ofFormer = (facts: Facts, former: Former): Facts => (facts as QuestionFacts).by(former);

/** The same facts with what the meters of a set stand at. */
export const withMeters = (facts: Facts, values: Record<string, Fact>): Facts =>
  (facts as QuestionFacts).with({ meters: new FACTS.Meters(values) });
