import { z } from 'zod';
import { DETECTORS, type Detector, severitySchema } from '@/lib/findings/model';
import { IDENTITY_KINDS } from '@/lib/identities/model';
import { bulkResultSchema, type Radius } from '@/lib/revocations/bulk-model';
import { REVOCATION_KINDS } from '@/lib/revocations/model';

// Acting by rule, within guardrails. A rule says: on such a finding, do this. A response is one such act and what came of it.

const id = z.uuid();
const text = (most: number) => z.string().max(most);
const patterns = z.array(z.string().trim().min(1).max(200)).max(200);

// ── guardrails ─────────────────────────────────────────────────────────────────────────────────────────────────────

const thousands = (n: number) => n.toLocaleString('en-US');
/** A whole number within bounds; what is none, or out of them, is refused in words. */
const whole = (least: number, most: number) => {
  const words = `must be a whole number from ${thousands(least)} to ${thousands(most)}`;
  return z.number(words).int(words).min(least, words).max(most, words);
};
const threshold = whole(1, 100_000).nullable();
export const guardrailsSchema = z.strictObject({
  /** Acts of rules on findings within any hour; what is above is refused, and told. */
  capPerHour: whole(0, 10_000).default(20),
  /** The same for one identity: what keeps coming back on one leaves room to act on the others. */
  capPerIdentity: whole(0, 10_000).default(3),
  /** The same for what policies want beside a verdict, which is tested before it binds. */
  policyCapPerHour: whole(0, 100_000).default(500),
  /** Names of identities that no rule and no policy ever touches; `*` stands for any letters. */
  never: patterns.default([]),
  /** Names of the only identities that rules, policies and other systems' signals may touch; null: any that `never` does not name. */
  only: patterns.nullable().default(null),
  /** What reaches further than this needs a second operator, whoever asks. null: no bound. */
  second: z
    .strictObject({ identities: threshold, sessions: threshold, systems: threshold })
    .default({ identities: null, sessions: null, systems: null }),
});
export type Guardrails = z.output<typeof guardrailsSchema>;
/** Bounds that an installation which has none may begin with. */
export interface SuggestedBounds {
  identities: number;
  sessions: number;
}
export const usualGuardrails = (): Guardrails => guardrailsSchema.parse({});
/** What holds from now on, and what to know about it. */
export const guardrailsSetSchema = guardrailsSchema.extend({
  /** Operators who are active and may agree to what another one asks. */
  mayAgree: z.number().int(),
  /** Why a bound that was set locks out whoever goes beyond it; null: it does not. */
  warning: z.string().max(500).nullable(),
  /** What was asked for and bounds less: it waits for a second operator. null: all of it holds. */
  waiting: z.strictObject({ id, what: text(2000) }).nullable(),
});
export type GuardrailsSet = z.output<typeof guardrailsSetSchema>;

/** What one operator did within this time counts as one act: many small ones are one large one. */
export const TOGETHER_MS = 10 * 60_000;

// ── rules ──────────────────────────────────────────────────────────────────────────────────────────────────────────

export const ACTIONS = {
  terminate: 'End the sessions in evidence',
  pause: 'Pause the identity',
  revoke: 'Revoke the identity',
  playbook: 'Start a playbook',
  enforce: 'Put a policy set in force',
} as const;
export type Action = keyof typeof ACTIONS;
/** What a response is about: what a rule may do, what only an operator asks for, or the bounds of all acts. */
export const RESPONSE_KINDS = { ...ACTIONS, rotate: 'Rotate the secret', bounds: 'Loosen the guardrails' } as const;
export type ResponseKind = keyof typeof RESPONSE_KINDS;
const actionSchema = z.enum(Object.keys(ACTIONS) as [Action, ...Action[]]);
const detectorSchema = z.enum(Object.keys(DETECTORS) as [Detector, ...Detector[]]);
const RULE_STATES = ['enabled', 'disabled'] as const;

const secs = whole(0, 86_400);
const rule = {
  name: z.string().trim().min(3, 'needs at least 3 characters').max(200),
  /** Empty: any. The same for what follows. */
  detectors: z.array(detectorSchema).max(60),
  minSeverity: severitySchema,
  kinds: z.array(z.enum(IDENTITY_KINDS)).max(10),
  environments: patterns,
  owners: patterns,
  names: patterns,
  action: actionSchema,
  /** Acts after so many seconds unless somebody cancels it; 0: at once. */
  delaySecs: secs,
  /** So many seconds after it acted it can be undone with one click. */
  undoSecs: whole(0, 604_800),
  /** So many seconds after its act is over it may act on the same finding again. */
  againAfterSecs: whole(0, 604_800),
  /** `enforce`: the set whose version in shadow becomes the active one; null where something else is done. */
  policySet: z.string().trim().min(1, 'is missing').max(100).nullable(),
  /** `enforce`: taken back by itself after so many seconds; 0: only by somebody. */
  forSecs: whole(0, 2_592_000),
};
export const SET_MISSING = 'has to name the policy set that is put in force';
/** What puts a policy set in force says which. */
export const namesSet = (one: { action: Action; policySet?: string | null }): boolean =>
  one.action !== 'enforce' || Boolean(one.policySet);
export const createRuleSchema = z
  .strictObject({
    ...rule,
    detectors: rule.detectors.default([]),
    minSeverity: rule.minSeverity.default('high'),
    kinds: rule.kinds.default([]),
    environments: patterns.default([]),
    owners: patterns.default([]),
    names: patterns.default([]),
    delaySecs: secs.default(0),
    undoSecs: rule.undoSecs.default(3600),
    againAfterSecs: rule.againAfterSecs.default(3600),
    policySet: rule.policySet.default(null),
    forSecs: rule.forSecs.default(0),
  })
  .refine(namesSet, { path: ['policySet'], message: SET_MISSING });
export type CreateRuleInput = z.input<typeof createRuleSchema>;
export const updateRuleSchema = z.strictObject({
  id,
  name: rule.name.optional(),
  detectors: rule.detectors.optional(),
  minSeverity: rule.minSeverity.optional(),
  kinds: rule.kinds.optional(),
  environments: patterns.optional(),
  owners: patterns.optional(),
  names: patterns.optional(),
  action: actionSchema.optional(),
  delaySecs: secs.optional(),
  undoSecs: rule.undoSecs.optional(),
  againAfterSecs: rule.againAfterSecs.optional(),
  policySet: rule.policySet.optional(),
  forSecs: rule.forSecs.optional(),
  state: z.enum(RULE_STATES).optional(),
});
export type UpdateRuleInput = z.input<typeof updateRuleSchema>;
export const refSchema = z.strictObject({ id });
export const reasonedRefSchema = z.strictObject({ id, reason: z.string().trim().max(2000).default('') });

export const ruleRowSchema = z.strictObject({
  id,
  state: z.enum(RULE_STATES),
  ...rule,
  createdAt: text(40),
  createdBy: text(200),
  updatedAt: text(40),
  updatedBy: text(200),
  /** Acts it has done, and those a guardrail refused. */
  done: z.number().int(),
  refused: z.number().int(),
});
export type RuleRow = z.infer<typeof ruleRowSchema>;

/** Rules worth having, at rest until somebody takes them (requirement E12). */
export const SUGGESTED: CreateRuleInput[] = [
  { name: 'Scope grew: end the session', detectors: ['scope-growth'], minSeverity: 'medium', action: 'terminate' },
  {
    name: 'Unusual extraction: end the session',
    detectors: ['extraction'],
    minSeverity: 'medium',
    action: 'terminate',
  },
  {
    name: 'Approvals refused in a row: end the session',
    detectors: ['failed-approvals'],
    minSeverity: 'medium',
    action: 'terminate',
  },
];

// ── responses ──────────────────────────────────────────────────────────────────────────────────────────────────────

export const RESPONSE_STATES = ['waiting', 'proposed', 'done', 'cancelled', 'refused', 'undone'] as const;
export type ResponseState = (typeof RESPONSE_STATES)[number];
export const ORIGINS = ['rule', 'policy', 'operator'] as const;

export const responseRowSchema = z.strictObject({
  id,
  origin: z.enum(ORIGINS),
  ruleId: id.nullable(),
  findingId: id.nullable(),
  findingTitle: text(300).nullable(),
  /** null: it is about the bounds of all acts. */
  identityId: id.nullable(),
  identityName: text(512),
  /** Every identity it concerns; `identityId` is the first. */
  identityNames: z.array(text(512)).max(200),
  kind: z.enum(['terminate', 'revoke', 'rotate', 'pause', 'playbook', 'enforce', 'bounds']),
  state: z.enum(RESPONSE_STATES),
  reason: text(2000),
  detail: text(2000).nullable(),
  /** How often the same was refused within the hour: one row, counted up. */
  times: z.number().int(),
  radius: z.strictObject({ identities: z.number().int(), sessions: z.number().int(), systems: z.number().int() }),
  askedAt: text(40),
  askedBy: text(200),
  /** When it acts by itself; null: it does not. */
  dueAt: text(40).nullable(),
  undoUntil: text(40).nullable(),
  decidedAt: text(40).nullable(),
  decidedBy: text(200).nullable(),
  doneAt: text(40).nullable(),
  revocationIds: z.array(id).max(200),
  playbookId: id.nullable(),
  /** The policy set it put in force: which version, and when it is taken back by itself (null: only by somebody). */
  policy: z
    .strictObject({ name: text(100), version: z.number().int().nullable(), backAt: text(40).nullable() })
    .nullable(),
  /** Can be undone now: within its time, and of a kind that systems give back. */
  undoable: z.boolean(),
  /** Waits for a second operator: why whoever reads this can't agree; null: they can, or nobody is waited for. */
  notYours: text(500).nullable(),
});
export type ResponseRow = z.infer<typeof responseRowSchema>;

/** What came of agreeing: what was done, row by row. Nothing was, where it is about the bounds themselves. */
export const agreementSchema = bulkResultSchema.extend({ kind: z.enum([...REVOCATION_KINDS, 'bounds']) });
export type Agreement = z.infer<typeof agreementSchema>;

/** What a response that put a policy set in force keeps of it. */
export const forcedSchema = z.object({
  policy: z.object({
    name: text(100),
    version: z.number().int(),
    replaces: z.number().int().nullable(),
    backAt: text(40).nullable(),
  }),
});

/** What came of undoing: what was given back, row by row; none, where a policy set is in shadow again. */
export const undoneSchema = bulkResultSchema.extend({ kind: z.enum([...REVOCATION_KINDS, 'enforce']) });
export type Undone = z.infer<typeof undoneSchema>;

export const listResponsesSchema = z.strictObject({
  state: z.enum([...RESPONSE_STATES, 'open']).optional(),
  findingId: id.optional(),
  identityId: id.optional(),
  cursor: id.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type ListResponses = z.input<typeof listResponsesSchema>;

/** What evaluating a rule needs of a finding and of its identity. */
export interface FindingFact {
  id: string;
  identityId: string;
  detector: string;
  severity: 'low' | 'medium' | 'high' | 'critical';
  title: string;
  state: string;
  occurrences: number;
  lastSeenAt: Date;
  /** Live sessions in evidence, of this identity. */
  sessionIds: string[];
  identity: {
    name: string;
    kind: string;
    state: string;
    protected: boolean;
    environment: string | null;
    owner: string | null;
  };
}

export type Reach = Radius;
