import type { Reason, Verdict } from '@/lib/decisions/model';
import type { Assurance, Bound } from '@/lib/policies/bound-model';
import type { Former, IdentitySeen, WorkflowSeen } from '@/lib/policies/identity-seen-model';
import type { DeclaredEntities, MeterKind, RuleKind } from '@/lib/policies/model';

export type { Former, IdentitySeen, WorkflowSeen };

// ── compiled ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A compiled CEL expression. `run` throws `Failed` with the reason a decision gives. */
export interface Expression {
  source: string;
  /** Top-level variables it reads. */
  reads: ReadonlySet<string>;
  /** Has a comprehension (`exists`, `all`, `map`, …): its cost grows with the lists it is given. */
  loops: boolean;
  run(facts: Facts): unknown;
}

/** Why an expression gave no value. */
export class Failed extends Error {
  constructor(
    readonly reason: Extract<
      Reason,
      'attribute_missing' | 'evaluation_error' | 'sessions_truncated' | 'amount_invalid'
    >,
    message: string,
  ) {
    super(message);
    this.name = 'Failed';
  }
}

/** The request counts on a meter of which it can be told where, and not how much. */
export class Uncounted extends Failed {}

export interface Meter {
  name: string;
  kind: MeterKind;
  /** The scope in words: `resource.id`. */
  scope: string;
  per: Expression[];
  on: Expression | null;
  /** sum: the attribute summed, and where its unit may stand. */
  attribute: string | null;
  unit: string | null;
  scale: number;
  /** distinct: what is told apart. */
  member: Expression | null;
  /** Counts requests that were not allowed. */
  refused: boolean;
  /** Seconds of a sliding window; 0 with a calendar period; null = lifetime, over live sessions, or held until it is closed. */
  windowSecs: number | null;
  /** `day Europe/Berlin`: a period of that zone's calendar; `live`: what a session counted leaves when it has ended. */
  calendar: string | null;
  explicit: boolean;
  holdSecs: number | null;
  onExpiry: 'release' | 'settle';
  where: Expression | null;
}

export interface Rule {
  id: string;
  kind: RuleKind;
  shadow: boolean;
  failOpen: boolean;
  message: string | null;
  on: Expression | null;
  when: Expression | null;
  limit: { meter: string; max: Expression | bigint; warn: number[]; verdict: Exclude<Verdict, 'allow'> } | null;
  acrValues: string[];
  /** Who is stopped by it may ask for approval; null: nobody can approve it away. */
  approval: RuleApproval | null;
  /** Assurance older than so many seconds is asked for again; a session's is remembered as long. Null: every request carries it. */
  maxTrustSecs: number | null;
  obligations: RuleObligation[];
}

/** What a rule asks for beside its verdict: Braid does what it can do itself, and tells the caller all of it. */
export interface RuleObligation {
  type: string;
  /** Of a limit: from this percentage on, also where it still allows. Null: when the rule fires (a grant: when it grants). */
  at: number | null;
  properties: Record<string, unknown>;
}

export interface RuleApproval {
  /** Seconds an approval holds, and how many requests it lets pass. */
  secs: number;
  uses: number;
  /** Seconds a request for it waits. */
  waitSecs: number;
  automatic: Expression | null;
  /** Members of the context it is bound to; null: all. */
  binds: string[] | null;
  /** Approvals one person gives within so many seconds; null: any number. */
  pace: { most: number; secs: number } | null;
}

export interface CompiledSet {
  name: string;
  version: number;
  hash: string;
  mode: 'enforce' | 'shadow';
  default: 'allow' | 'deny';
  meters: Meter[];
  rules: Rule[];
  /** What the set declares of subjects, resources and actions. */
  entities?: DeclaredEntities;
  /** Whom a rule does not bind, and until when. Absent: nobody. */
  exemptions?: readonly Exemption[];
}

/** A guard rule does not bind one identity, or all of a workflow, until an instant. */
export interface Exemption {
  id: string;
  rule: string;
  scope: 'identity' | 'workflow';
  subjectId: string;
  /** ms; from then on the rule binds again. */
  untilMs: number;
}

// ── what an expression can see ──────────────────────────────────────────────────────────────────────────────────────

/** At most so many sessions are shown to an expression; beyond, whatever reads them fails closed. */
export const MAX_SESSIONS = 200;
/** At most so many live sessions of one workflow are counted: from then on there may be more. */
export const MAX_WORKFLOW_SESSIONS = 5_000;
/** An identity works for at most so many: each is a key that every request of it locks. */
export const MAX_WORKFLOWS = 10;
/** Identities that go on as one: what each of them counted is read with every decision. */
export const MAX_FORMER = 64;
/** At most so many entries in any list or map of a request that an expression loops over. */
export const MAX_LIST = 200;

/** A value CEL sees as a message. */
export class Fact {}

/** What an expression is evaluated on: the variables of CEL, each built when it is first read. */
export interface Facts {
  readonly subject: Fact;
  readonly action: Fact;
  readonly resource: Fact;
  readonly context: Record<string, unknown>;
  readonly identity: Fact;
  readonly session: Fact;
  readonly sessions: readonly Fact[];
  readonly bound: Fact;
  readonly changed: Fact;
  readonly credential: Fact;
  readonly workflow: Fact;
  readonly meters: Fact;
  readonly now: Date;
  /** Not visible to CEL: the request as asked. */
  readonly asked: Asked;
  /** Not visible to CEL: more sessions are live than `sessions` shows. */
  readonly truncated: boolean;
  /** Not visible to CEL: the longest list or map in the request. */
  readonly longest: number;
}

// ── what a decision is made on ──────────────────────────────────────────────────────────────────────────────────────

/** An AuthZEN request as it was asked. */
export interface Asked {
  subject: { type: string; id: string; properties?: Record<string, unknown> };
  action: { name: string; properties?: Record<string, unknown> };
  resource: { type: string; id: string; properties?: Record<string, unknown> };
  context: Record<string, unknown>;
}

export interface SessionSeen {
  id: string;
  identityId: string;
  label: string;
  source: string;
  observedBy: string;
  kind: string;
  state: string;
  startedMs: number;
  lastEventMs: number;
  /** When its source last showed that it is as Braid knows it: the listing of its system, its last line. Absent: what it did itself says so. */
  validatedMs?: number | null;
  /** false: its system lists it, and no log tells what is done in it. */
  told?: boolean;
  /** Null: lives until its source says otherwise. */
  liveUntilMs: number | null;
  ended: boolean;
  /** Somebody asked to end it: refused from then on, whether or not its system has ended it yet. */
  refused?: boolean;
  network: string | null;
  region: string | null;
  /** Trusted zones its network and region belong to, where a set reads them; absent: none. */
  zones?: readonly string[] | undefined;
  device: string | null;
  runtime: string | null;
  agent: string | null;
  key: string | null;
  tags: string[];
  task: string | null;
  scope: string | null;
  /** What its caller says of the device or workload, and the autonomous system of its network. */
  posture?: string | null;
  asn?: string | null;
  /** The assurance that last established trust, and when; at first when it was first seen. */
  acr?: string | null;
  trustedMs?: number | null;
  /** LOW, MEDIUM or HIGH: the highest that Braid or another system says of this session; absent: nobody says. */
  risk?: string | null;
  /** Empty: it has never said anything else than at first. */
  bound?: Bound;
}

/** One request with everything its evaluation may look at. Nothing else is looked at: same question, same answer. */
export interface Question {
  asked: Asked;
  identity: IdentitySeen;
  session: SessionSeen;
  /** The caller named this session; false: the implicit one of its token and subject, which is never judged alone. */
  named: boolean;
  /** All live sessions of the identity, this one included, oldest first; at most MAX_SESSIONS. */
  sessions: SessionSeen[];
  truncated: boolean;
  /** Live sessions of each workflow the identity works for. */
  workflowSessions: Map<string, SessionSeen[]>;
  credentialId: string | null;
  /** What the request says that assures who asks; null: nothing usable. */
  assurance?: Assurance | null;
  /** The task this session says it works on has been declared over. */
  taskEnded?: boolean;
  nowMs: number;
  longest: number;
  sets: CompiledSet[];
  /** The approval the request carries, when it holds for this very request. */
  approval?: ApprovalSeen | null;
  /** Why the approval it carries does not hold for it. */
  approvalRefused?: string | null;
}

/** An approval as it binds: which rules it lets pass, and on whose word. */
export interface ApprovalSeen {
  id: string;
  rules: { set: string; id: string }[];
  approvedBy: string;
  untilMs: number;
}

/** One exposure a request would move, and by how much (minor units). */
export interface Touch {
  set: string;
  meter: Meter;
  exposureId: string;
  key: string;
  /** What it adds at most: a `distinct` value that counts already adds nothing. */
  amount: bigint;
  /** distinct: the value. */
  member?: string;
  /** The same exposure of those who were merged into who asks: it counts, and adds nothing. Absent: there is none. */
  formerly?: readonly Touch[];
}

/** What a request touches, and the meters that could not say. */
export interface Touched {
  touches: Touch[];
  failures: { set: string; meter: string; failed: Failed }[];
  /**
   * The same of versions in shadow, as far as an enforced meter keeps the very exposure: read, never locked for their sake,
   * never moved. Absent: no version is in shadow.
   */
  shadow?: Pick<Touched, 'touches' | 'failures'>;
}
