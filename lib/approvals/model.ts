import { z } from 'zod';
import { actionSchema, resourceSchema, subjectSchema } from '@/lib/decisions/request-model';
import { type ActionResult, LIMIT_MAX } from '@/lib/http/model';

// Access requests: somebody who was stopped asks for approval, and a person, a responder or the policy answers. Shapes at the
// decision point follow the AuthZEN access request and approval profile (draft 1).

export const REQUEST_STATES = ['pending', 'approved', 'denied', 'expired', 'cancelled'] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

/** Asking for approval is an action like any other: policies count it (`pending: approval.request`) and guard it. */
export const REQUEST_ACTION = 'approval.request';

const time = z.iso.datetime({ offset: true });
const words = (most: number) => z.string().max(most);
const open = z.record(z.string().max(200), z.unknown());

/** What a caller submits. Unknown members are ignored; `items` (bulk) are not taken. */
export const submitSchema = z.object({
  subject: subjectSchema,
  resource: resourceSchema,
  action: actionSchema,
  context: open.optional(),
  items: z.undefined({ error: 'bulk requests are not taken: submit one request for each' }).optional(),
  denial: z.object({
    evaluation_id: z.uuid(),
    evaluated_at: time.optional(),
    expires_at: time,
    reason: words(200).optional(),
    template: words(300).optional(),
  }),
  requested_access: z
    .object({ requested_until: time.optional(), emergency: z.boolean().optional(), reason: words(2000).optional() })
    .optional(),
  client: open.optional(),
});
export type Submitted = z.infer<typeof submitSchema>;

/** A rule that stopped what is asked for, as it was then. */
export const ruleSchema = z.strictObject({
  set: words(100),
  version: z.number().int(),
  hash: words(64),
  id: words(100),
  message: words(500).nullable(),
  /** How many approvals one person gives within so many seconds; absent: any number. */
  pace: z.strictObject({ most: z.number().int(), secs: z.number().int() }).optional(),
});
export type StoppedBy = z.infer<typeof ruleSchema>;

/** Who answered, and how the answer came to be. */
const answeredSchema = z.strictObject({
  kind: z.enum(['operator', 'token', 'cli', 'system', 'policy']),
  name: words(300),
  at: words(40),
  reason: words(2000).nullable(),
});

const minor = z.string().regex(/^-?\d{1,19}$/);

/** One row of the list, of `/api/v1/approvals` and of `braid approval list`. */
export const requestRowSchema = z.strictObject({
  id: z.uuid(),
  state: z.enum(REQUEST_STATES),
  createdAt: words(40),
  /** Until then it waits for an answer. */
  expiresAt: words(40),
  identityId: z.uuid(),
  identityName: words(512),
  sessionId: z.uuid().nullable(),
  sessionLabel: words(200).nullable(),
  action: words(200),
  resourceType: words(200),
  resourceId: words(1024),
  amount: minor.nullable(),
  unit: words(16).nullable(),
  scale: z.number().int(),
  reason: words(2000).nullable(),
  rules: z.array(ruleSchema).max(50),
  decisionId: z.uuid(),
  answered: answeredSchema.nullable(),
  /** Requests it lets pass, and how many have. */
  uses: z.number().int(),
  used: z.number().int(),
  /** Seconds an approval would hold. */
  grantSecs: z.number().int(),
  approvedUntil: words(40).nullable(),
  withdrawnAt: words(40).nullable(),
  /** Approved, and it still lets something pass. */
  holds: z.boolean(),
});
export type RequestRow = z.infer<typeof requestRowSchema>;

/** What an approval would do to one exposure. Minor units as decimal strings. */
const effectSchema = z.strictObject({
  exposureId: z.uuid(),
  set: words(100),
  meter: words(100),
  kind: words(32),
  scope: words(500),
  key: words(512),
  keyName: words(512).nullable(),
  unit: words(16).nullable(),
  scale: z.number().int(),
  settled: minor,
  held: minor,
  after: minor,
  limit: minor.nullable(),
  contributors: z
    .array(
      z.strictObject({ sessionId: words(64), identityId: words(64), label: words(200), settled: minor, held: minor }),
    )
    .max(10),
});
export type Effect = z.infer<typeof effectSchema>;

const sessionSchema = z.strictObject({
  id: z.uuid(),
  identityId: z.uuid(),
  label: words(200),
  observedBy: words(16),
  startedAt: words(40),
  network: words(64).nullable(),
  tags: z.array(words(64)).max(32),
  /** The one that asks. */
  asks: z.boolean(),
});

export const requestDetailSchema = z.strictObject({
  request: requestRowSchema,
  subject: open,
  context: open,
  askedId: z.uuid(),
  callerName: words(200).nullable(),
  provenance: open,
  /** Read now, as if it were asked again with the approval; empty once it is answered. */
  effects: z.array(effectSchema).max(50),
  /** What would still stop it, approval or not; null: nothing. */
  stopped: z.strictObject({ verdict: words(16), message: words(1000).nullable() }).nullable(),
  /** The identity's live sessions now. */
  sessions: z.array(sessionSchema).max(200),
  /** What else of this identity waits or was approved within a day: many small approvals are one large one. */
  together: z
    .array(
      z.strictObject({
        state: words(16),
        unit: words(16).nullable(),
        scale: z.number().int(),
        count: z.number().int(),
        amount: minor,
      }),
    )
    .max(50),
  /** Why whoever looks may not approve it; null: they may, as far as it goes. */
  refusal: words(300).nullable(),
});
export type RequestDetail = z.infer<typeof requestDetailSchema>;

export const listRequestsSchema = z.strictObject({
  state: z.enum(REQUEST_STATES).optional(),
  identityId: z.uuid().optional(),
  q: z.string().trim().max(200).optional(),
  cursor: z.uuid('is not a cursor of this list').optional(),
  limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(50),
});
export type ListRequests = z.input<typeof listRequestsSchema>;

/** As whom a responder answers, where its token answers for several: refused if it is the identity that asks. */
const approverSchema = z.strictObject({
  type: words(200).min(1),
  id: words(1024).min(1),
  session: words(256).optional(),
});

export const approveSchema = z.strictObject({
  id: z.uuid(),
  reason: z.string().trim().max(2000).default(''),
  /** Never more than the policy grants. */
  uses: z.number().int().min(1).max(1000).optional(),
  forSecs: z.number().int().min(1).max(31_622_400).optional(),
  approver: approverSchema.optional(),
});
export type ApproveInput = z.input<typeof approveSchema>;

export const answerSchema = z.strictObject({ id: z.uuid(), reason: z.string().trim().max(2000).default('') });
export type AnswerInput = z.input<typeof answerSchema>;

/** What waits for an answer now. */
export interface Waiting {
  requests: number;
  identities: number;
  firstEndsAt: string | null;
  values: { unit: string; scale: number; amount: string }[];
}

/** What the console calls an answer with. */
export interface AnswerActions {
  approve: (input: ApproveInput) => Promise<ActionResult<RequestRow>>;
  deny: (input: AnswerInput) => Promise<ActionResult<RequestRow>>;
  withdraw: (input: AnswerInput) => Promise<ActionResult<RequestRow>>;
}
