import { z } from 'zod';
import type { HoldRow } from '@/lib/exposures/model';

export const VERDICTS = ['allow', 'step_up', 'pause', 'deny'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Counts by verdict, to be added to. */
export const noneOfEach = (): Record<Verdict, number> => ({ allow: 0, step_up: 0, pause: 0, deny: 0 });

/** Most restrictive first: deny > pause > step_up > allow. */
export const stricter = (a: Verdict, b: Verdict): Verdict => (VERDICTS.indexOf(a) >= VERDICTS.indexOf(b) ? a : b);

/** Machine reasons of a decision. Stable: callers branch on them. */
export const REASONS = [
  'ok',
  'rule_denied',
  'rule_paused',
  'rule_step_up',
  'not_granted',
  'no_policy',
  'aggregate_value_exceeded',
  'frequency_exceeded',
  'distinct_exceeded',
  'concurrency_exceeded',
  'outstanding_approvals_exceeded',
  'lease_held',
  'identity_revoked',
  'identity_paused',
  'session_terminated',
  'task_ended',
  'session_required',
  'amount_invalid',
  'attribute_missing',
  'evaluation_error',
  'sessions_truncated',
  'state_unavailable',
] as const;
export type Reason = (typeof REASONS)[number];

/** Refused by a limit: what shared state stood at, and not what was asked for. */
export const BY_LIMIT: readonly Reason[] = [
  'aggregate_value_exceeded',
  'frequency_exceeded',
  'distinct_exceeded',
  'concurrency_exceeded',
  'outstanding_approvals_exceeded',
  'lease_held',
];
/** Refused because access is over, whatever was asked for. */
export const SHUT_OUT: readonly Reason[] = ['identity_revoked', 'identity_paused', 'session_terminated', 'task_ended'];

const id = z.string().max(64);
/** An amount in minor units: a bigint written as a decimal string, because JSON numbers would round. */
const minor = z.string().regex(/^-?\d{1,19}$/);

/** What one session has in an exposure. */
export const contributorSchema = z.strictObject({
  sessionId: id.nullable(),
  identityId: id,
  label: z.string().max(200),
  settled: minor,
  held: minor,
});
export type Contributor = z.infer<typeof contributorSchema>;

/** One exposure as a decision saw and left it. */
export const exposureSeenSchema = z.strictObject({
  exposureId: id,
  set: z.string().max(100),
  meter: z.string().max(100),
  kind: z.enum(['sum', 'count', 'live_sessions', 'lease', 'pending', 'distinct']),
  scope: z.string().max(200),
  key: z.string().max(512),
  unit: z.string().max(16).nullable(),
  scale: z.number().int().min(0).max(9),
  windowSecs: z.number().int().nullable(),
  /** Only where it is a calendar's (`day Europe/Berlin`) or over live sessions (`live`). */
  window: z.string().max(80).optional(),
  limit: minor.nullable(),
  settledBefore: minor,
  heldBefore: minor,
  amount: minor,
  /** settled + held when this decision was made; unchanged when it was not an allow. */
  after: minor,
  /** What it would have been had it been allowed. */
  asked: minor,
  /** The session's own sum as a per-session control keeps it: before, and if this one is allowed. */
  aloneBefore: minor,
  aloneAsked: minor,
  revision: z.string().max(20),
  /** Exposures of who was merged into who asks: what stood there is in these numbers. Absent: none. */
  formerly: z.array(id).max(64).optional(),
  contributors: z.array(contributorSchema).max(10),
  othersSettled: minor,
  othersHeld: minor,
});
export type ExposureSeen = z.infer<typeof exposureSeenSchema>;

export const ruleSeenSchema = z.strictObject({
  set: z.string().max(100),
  id: z.string().max(100),
  mode: z.enum(['enforce', 'shadow']),
  kind: z.enum(['allow', 'deny', 'pause', 'step_up', 'limit']),
  fired: z.boolean(),
  verdict: z.enum(VERDICTS),
  reason: z.enum(REASONS),
  /** What it saw, for people: "9 400 + 2 800 > 10 000". */
  saw: z.string().max(500),
  message: z.string().max(500).nullable(),
  exposureId: id.nullable(),
  /** It fired and did not bind: the exemption that says so. Absent where none mattered. */
  exempt: id.optional(),
  /** The same rule judged on this session alone; null without a session. */
  aloneFired: z.boolean().nullable(),
});
export type RuleSeen = z.infer<typeof ruleSeenSchema>;

const fields = z.record(z.string().max(40), z.unknown());
/** What the active sets read of a question beyond what the rest of a trace tells: with it the question can be put again. */
export const seenSchema = z.strictObject({
  identity: fields.optional(),
  /** Where it is not as the request says. */
  session: fields.optional(),
  /** The other live sessions, oldest first; what is as usual is left out. */
  sessions: z.array(fields).max(200).optional(),
  /** Live sessions of each workflow a meter counts, or of those that share a credential, device or owner (`credential k1`): id, identity, started (ms). */
  workflows: z
    .record(z.string().max(600), z.array(z.tuple([z.string().max(64), z.string().max(64), z.number()])).max(5000))
    .optional(),
  /** Of which so many live that not all are listed, the oldest are: what counts them is too low. */
  workflowsTruncated: z.array(z.string().max(600)).max(100).optional(),
  credentialId: z.string().max(512).optional(),
  /** More sessions were live than the evaluation was shown. */
  truncated: z.literal(true).optional(),
  /** The longest list or map of the request, where that is beyond what expressions may loop over. */
  longest: z.number().int().optional(),
});
export type Seen = z.infer<typeof seenSchema>;

/** The approval by which rules that fired did not stop a request. */
export const approvalSeenSchema = z.strictObject({
  id: z.string().max(200),
  rules: z.array(z.strictObject({ set: z.string().max(100), id: z.string().max(100) })).max(50),
  approvedBy: z.string().max(300),
  untilMs: z.number().int(),
});

/** Why a decision came out as it did, in full. Made by the evaluation itself and stored as hashed, without what follows from the rest of it (decisions/trace-format). */
export const traceSchema = z.strictObject({
  version: z.literal(1),
  decisionId: id,
  at: z.string().max(40),
  request: z.looseObject({}),
  identity: z.strictObject({
    id,
    name: z.string().max(512),
    kind: z.string().max(32),
    state: z.string().max(16),
    managed: z.boolean(),
  }),
  session: z
    .strictObject({ id, label: z.string().max(200), observedBy: z.string().max(16), startedAt: z.string().max(40) })
    .nullable(),
  liveSessions: z.number().int(),
  sets: z
    .array(
      z.strictObject({
        name: z.string().max(100),
        version: z.number().int(),
        hash: z.string().max(64),
        mode: z.string().max(16),
      }),
    )
    .max(50),
  verdict: z.enum(VERDICTS),
  alone: z.enum(VERDICTS).nullable(),
  reason: z.enum(REASONS),
  rules: z.array(ruleSeenSchema).max(500),
  exposures: z.array(exposureSeenSchema).max(50),
  warnings: z.array(z.strictObject({ ruleId: z.string().max(100), percent: z.number() })).max(50),
  holdId: id.nullable(),
  supersedes: id.nullable(),
  dryRun: z.boolean(),
  /** Only where an approval was used. */
  approval: approvalSeenSchema.optional(),
  /** An approval that held for the request, and of which no use was spent: nothing had to pass by it, or something else stopped it. */
  carried: approvalSeenSchema.optional(),
  /** What it obliges to; only where it does. */
  obligations: z
    .array(
      z.strictObject({
        set: z.string().max(100),
        ruleId: z.string().max(100),
        type: z.string().max(64),
        properties: z.record(z.string().max(100), z.unknown()),
      }),
    )
    .max(100)
    .optional(),
  seen: seenSchema.optional(),
  /** Told afterwards: when it was done, ms. It counts, whatever the verdict. */
  told: z.number().int().optional(),
});
export type Trace = z.infer<typeof traceSchema>;

/** One row of the decisions list and of `/api/v1/decisions`. Amounts are minor units as decimal strings. */
export interface DecisionRow {
  id: string;
  at: string;
  identityId: string;
  identityName: string;
  sessionId: string | null;
  sessionLabel: string | null;
  verdict: Verdict;
  alone: Verdict | null;
  reason: Reason;
  message: string | null;
  ruleId: string | null;
  policySet: string | null;
  action: string;
  resourceType: string;
  resourceId: string;
  amount: string | null;
  unit: string | null;
  scale: number;
  exposureId: string | null;
  holdId: string | null;
  dryRun: boolean;
  latencyUs: number;
}

export interface DecisionDetail {
  decision: DecisionRow & { requestId: string | null; writer: string; seq: string; hash: string };
  trace: Trace;
  hold: HoldRow | null;
  /** What identities, sessions and workflows are called that exposures are counted by, by exposure. */
  keyNames: Record<string, string>;
  /** Decisions of the same identity just before and after it. */
  neighbours: { previous: DecisionRow | null; next: DecisionRow | null };
}

const time = z.iso.datetime({ offset: true });
export const decisionQuerySchema = z.strictObject({
  identityId: z.uuid().optional(),
  /** Of all identities that work for it now. */
  workflowId: z.uuid().optional(),
  sessionId: z.uuid().optional(),
  /** On sessions of one lane of `identityId`: its fingerprint. Those that name no session are of none. */
  lane: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'is not a fingerprint')
    .optional(),
  verdict: z.array(z.enum(VERDICTS)).max(4).optional(),
  /** Only those that a per-session control would have allowed. */
  onlySplit: z.boolean().optional(),
  action: z.string().max(200).optional(),
  q: z.string().max(200).optional(),
  from: time.optional(),
  to: time.optional(),
  cursor: z.string().max(200).optional(),
  limit: z.number().int().min(1).max(200).default(50),
});
export type DecisionQuery = z.input<typeof decisionQuerySchema>;

export const summaryQuerySchema = z.strictObject({ from: time, to: time, identityId: z.uuid().optional() });
export type SummaryQuery = z.infer<typeof summaryQuerySchema>;

/** What was decided in a period. Looking only (dry runs) is not counted. */
export interface DecisionSummary {
  from: string;
  to: string;
  total: number;
  byVerdict: Record<Verdict, number>;
  /** Steps of `stepSecs`, at most 300; empty steps are left out. */
  perMinute: ({ at: string } & Record<Verdict, number>)[];
  stepSecs: number;
  /** Decisions that a per-session control would have allowed and Braid did not. */
  split: number;
  /** Value of those, per unit, minor units. */
  spared: { unit: string; scale: number; amount: string }[];
}
