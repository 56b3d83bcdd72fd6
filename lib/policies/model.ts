import { z } from 'zod';
import { isZone, PERIODS } from '@/lib/exposures/window-state';

// The vocabulary of policy sets: what the YAML may say (schemas), and what it becomes once compiled (types).

const UNITS = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;
const YEAR_SECS = 366 * 86_400;

/** Seconds in `90s`, `15m`, `24h`, `7d`, `2w`; null when it is not a duration between a second and a year. */
export function durationSecs(text: string): number | null {
  const found = /^(\d{1,6})(s|m|h|d|w)$/.exec(text);
  if (!found) return null;
  const secs = Number(found[1]) * UNITS[found[2] as keyof typeof UNITS];
  return secs >= 1 && secs <= YEAR_SECS ? secs : null;
}

/** Milliseconds in `25ms` or `1s`; null when it is none between a millisecond and ten seconds. */
export function latencyMs(text: string): number | null {
  const found = /^(\d{1,5})(ms|s)$/.exec(text);
  if (!found) return null;
  const ms = Number(found[1]) * (found[2] === 's' ? 1000 : 1);
  return ms >= 1 && ms <= 10_000 ? ms : null;
}

const DURATION_HELP = 'is a duration such as 90s, 15m, 24h or 7d (at most a year)';
const durationSchema = z
  .string()
  .max(10)
  .refine((text) => durationSecs(text) !== null, DURATION_HELP);

export const nameSchema = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9_-]*$/, 'is a name of small letters, digits, - and _');
/** Meters are members of the CEL variable `meters`, so their names are CEL identifiers. */
const meterNameSchema = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9_]*$/, 'is a name of small letters, digits and _');
const celSchema = z.string().trim().min(1).max(2000);

/** Words that may stand for an expression in `per`. */
export const SCOPES: Record<string, string> = {
  identity: 'identity.id',
  session: 'session.id',
  credential: 'credential.id',
  workflow: 'workflow.id',
  owner: 'identity.owner',
  resource: 'resource.id',
  network: 'session.network',
  region: 'session.region',
  device: 'session.device',
  workload: 'session.runtime',
  agent: 'session.agent',
  asn: 'session.asn',
  posture: 'session.posture',
  task: 'session.task',
};

const zoneSchema = z.string().max(64).refine(isZone, 'is an IANA time zone such as Europe/Berlin');
const WINDOW_HELP = 'is lifetime, live_sessions, { sliding: 24h } or { fixed: day, zone: Europe/Berlin }';
const windowSchema = z.union(
  [
    z.literal('lifetime'),
    z.literal('live_sessions'),
    z
      .strictObject({
        sliding: durationSchema.optional(),
        /** A period of the calendar in `zone` (UTC where it is absent). Weeks begin on Monday. */
        fixed: z.enum(PERIODS).optional(),
        zone: zoneSchema.optional(),
      })
      .refine(
        ({ sliding, fixed, zone }) =>
          (sliding === undefined) !== (fixed === undefined) && (fixed || zone === undefined),
        WINDOW_HELP,
      ),
  ],
  { error: WINDOW_HELP },
);

const meterBase = {
  per: z.union([celSchema, z.array(celSchema).min(1).max(4)]),
  on: celSchema.optional(),
};
const holdBase = { hold: durationSchema, on_expiry: z.enum(['release', 'settle']).default('release') };
const windowBase = { over: durationSchema.optional(), window: windowSchema.optional() };
const countedBase = {
  ...meterBase,
  ...windowBase,
  settle: z.enum(['at_once', 'explicit']).default('at_once'),
  hold: durationSchema.optional(),
  on_expiry: holdBase.on_expiry,
};

const sumSchema = z.strictObject({
  ...countedBase,
  sum: z
    .string()
    .max(200)
    .regex(/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$/, 'names one attribute of the request, e.g. context.amount'),
  unit: z
    .string()
    .max(16)
    .regex(/^[A-Za-z0-9%/_-]+$/),
  scale: z.number().int().min(0).max(9).default(0),
});
/** `refused`: requests that were not allowed; judged on those before this one. */
const countSchema = z.strictObject({ ...countedBase, count: z.union([z.literal(true), z.literal('refused')]) });
const distinctSchema = z.strictObject({ ...meterBase, ...windowBase, distinct: celSchema });
const liveSchema = z.strictObject({ ...meterBase, live_sessions: z.literal(true), where: celSchema.optional() });
const leaseSchema = z.strictObject({ ...meterBase, ...holdBase, lease: z.literal(true) });
const pendingSchema = z.strictObject({ ...meterBase, ...holdBase, pending: z.string().min(1).max(200) });

/** Which schema reads a meter: the one key that says what it is. */
export const METER_SCHEMAS = {
  sum: sumSchema,
  count: countSchema,
  distinct: distinctSchema,
  live_sessions: liveSchema,
  lease: leaseSchema,
  pending: pendingSchema,
} as const;
export type MeterKind = keyof typeof METER_SCHEMAS;
export type MeterSource = z.infer<
  | typeof sumSchema
  | typeof countSchema
  | typeof distinctSchema
  | typeof liveSchema
  | typeof leaseSchema
  | typeof pendingSchema
>;

/**
 * Who is stopped by this rule may ask for approval. What is approved passes this rule alone, for exactly what was asked,
 * `uses` times and no longer than `for`.
 */
const approvalSchema = z.strictObject({
  for: durationSchema,
  uses: z.number().int().min(1).max(1000).default(1),
  /** How long a request waits for an answer. */
  wait: durationSchema.default('30m'),
  /** Answered by the policy itself where this holds; otherwise by people or by a responder with a token. */
  automatic: celSchema.optional(),
  /** Members of the context that an approval is bound to; absent: all of them. */
  binds: z.array(z.string().min(1).max(200)).max(20).optional(),
  /** Who approved so many requests within that time, of whatever rule, approves no more of this one: somebody rested does. */
  pace: z.strictObject({ most: z.number().int().min(1).max(1000), within: durationSchema }).optional(),
});

const obligationType = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9_-]*$/, 'is a name of small letters, digits, - and _');
/** What a rule asks for beside its verdict. */
const obligationSchema = z.union([
  obligationType,
  z.strictObject({
    type: obligationType,
    /** Of a limit: from this percentage on, also while it still allows. */
    at: z.number().min(1).max(100).optional(),
    properties: z.record(z.string().max(100), z.unknown()).optional(),
  }),
]);
const obligations = { obligations: z.array(obligationSchema).max(10).optional() };
/** How the assurance is called that satisfies a rule (RFC 9470), and how old it may be. */
const assurance = {
  acr_values: z.array(z.string().max(200)).max(5).optional(),
  max_trust_age: durationSchema.optional(),
};
/** A condition, or `true`: always, where the rule applies. */
const conditionSchema = z.union([celSchema, z.literal(true).transform(() => 'true')]);

const ruleBase = {
  id: nameSchema,
  ...obligations,
  on: celSchema.optional(),
  message: z.string().max(300).optional(),
  mode: z.enum(['enforce', 'shadow']).optional(),
  fail: z.enum(['closed', 'open']).default('closed'),
  description: z.string().max(1000).optional(),
};
const limitSchema = z.strictObject({
  ...ruleBase,
  limit: z.strictObject({
    meter: meterNameSchema,
    /** A number in major units, or a CEL expression that gives one. */
    max: z.union([z.number().min(0).max(1e15), celSchema]),
    warn: z.array(z.number().min(1).max(100)).max(5).default([80, 90]),
    verdict: z.enum(['deny', 'pause', 'step_up']).default('deny'),
  }),
  ...assurance,
  approval: approvalSchema.optional(),
});
const stepUpSchema = z.strictObject({
  ...ruleBase,
  step_up: conditionSchema,
  ...assurance,
  approval: approvalSchema.optional(),
});
const denySchema = z.strictObject({ ...ruleBase, deny: conditionSchema, approval: approvalSchema.optional() });
const pauseSchema = z.strictObject({ ...ruleBase, pause: conditionSchema });
const allowSchema = z.strictObject({ ...ruleBase, allow: conditionSchema });

export const RULE_SCHEMAS = {
  limit: limitSchema,
  step_up: stepUpSchema,
  deny: denySchema,
  pause: pauseSchema,
  allow: allowSchema,
} as const;
export type RuleKind = keyof typeof RULE_SCHEMAS;
export type RuleSource = z.infer<
  typeof limitSchema | typeof stepUpSchema | typeof denySchema | typeof pauseSchema | typeof allowSchema
>;

const entityProperties = z.record(z.string().max(200), z.unknown()).optional();
const entityWord = (most: number) => z.string().min(1).max(most);
const declaredEntity = z.strictObject({ type: entityWord(200), id: entityWord(1024), properties: entityProperties });
const declaredAction = z.union([
  entityWord(200).transform((name) => ({ name })),
  z.strictObject({ name: entityWord(200), properties: entityProperties }),
]);
/**
 * Subjects, resources and actions a set knows by itself. Their properties are what holds where a request says nothing else,
 * and they are among the candidates of a search.
 */
const entitiesSchema = z.strictObject({
  subjects: z.array(declaredEntity).max(500).default([]),
  resources: z.array(declaredEntity).max(500).default([]),
  actions: z.array(declaredAction).max(200).default([]),
});
export type DeclaredEntities = z.infer<typeof entitiesSchema>;

/** The outline of a set; meters and rules are then read one by one, so that each error stands at its own line. */
export const outlineSchema = z.strictObject({
  set: nameSchema,
  default: z.enum(['allow', 'deny']).default('deny'),
  mode: z.enum(['enforce', 'shadow']).default('enforce'),
  description: z.string().max(1000).optional(),
  latency_budget: z
    .string()
    .max(10)
    .refine((text) => latencyMs(text) !== null, 'is a time such as 25ms or 1s (at most ten seconds)')
    .optional(),
  entities: entitiesSchema.optional(),
  meters: z.record(meterNameSchema, z.unknown()).default({}),
  rules: z.array(z.unknown()).max(200).default([]),
});

export interface PolicyDocument {
  set: string;
  default: 'allow' | 'deny';
  mode: 'enforce' | 'shadow';
  description?: string;
  latency_budget?: string;
  entities?: DeclaredEntities;
  meters: Record<string, MeterSource>;
  rules: RuleSource[];
}

export interface Problem {
  /** Of a folder, the file it stands in. */
  file?: string;
  line: number;
  column: number;
  /** Stable: `key.unknown`, `expression.type`; docs/policies.md lists them. */
  code: string;
  /** Where in the document: `rules.2.limit.meter`. */
  path: string;
  message: string;
}

/** One version of a policy set, as lists show it. */
export interface PolicySetRow {
  id: string;
  name: string;
  version: number;
  hash: string;
  /** `shadow`: judged beside the active version, deciding nothing. */
  state: 'active' | 'shadow' | 'retired';
  mode: 'enforce' | 'shadow';
  createdAt: string;
  createdBy: string;
  reason: string | null;
  activatedAt: string | null;
  /** Who made it the active one, and why, where it was in shadow before. */
  activatedBy: string | null;
  activatedFor: string | null;
  retiredAt: string | null;
  /** The version that was active when this one came, or that it gives back. */
  basedOn: number | null;
  rules: number;
  meters: number;
  /** Files of fixtures it came with. */
  tests: number;
}
