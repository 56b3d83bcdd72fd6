import { z } from 'zod';

// Where an actor could split what it does to stay under a limit. Amounts are minor units as decimal strings.

/** Keys on which activity can be split without a change of what it comes to; a meter may have others, of its own. */
export const DIMENSIONS = ['session', 'credential', 'network', 'region', 'device', 'resource', 'identity'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** What stands for one actor: whoever has many keys of a dimension. */
export const ACTORS = ['identity', 'workflow', 'owner', 'resource'] as const;
export type ActorScope = (typeof ACTORS)[number];

const id = z.string().max(64);
const text = z.string().max(1024);
const minor = z.string().regex(/^\d{1,20}$/);

export const boundarySchema = z.strictObject({
  /** One of the words above, another scope (`workload`), or a member of the request: `context.account`. */
  dimension: text,
  /** The scope that would count all of them together. */
  closedBy: z.enum(ACTORS),
  /** Who has the most keys, and how many; 1 where nobody has shown more than one. */
  actor: text.nullable(),
  keys: z.number().int(),
  /** What passes at most within one window when it is split over them, by what all limits leave. */
  reach: minor,
  /** Of it more than the limit means to let pass. */
  undetected: minor,
  /** A simulated attacker's take, judged by the real rules; null: not simulated, two keys would take more than 4 000 requests. */
  simulated: minor.nullable(),
  /** Over how many keys it was simulated: at most 50, and no more than 4 000 requests use up. */
  tried: z.number().int(),
  /** It took exactly what was predicted for so many keys; false: another rule stopped it. */
  asPredicted: z.boolean(),
  /** What the same attacker takes beyond the limit once the suggested rule stands. */
  afterwards: minor.nullable(),
  /** YAML to add: the same limit on the aggregate. */
  suggestion: z.string().max(4000).nullable(),
});
export type Boundary = z.infer<typeof boundarySchema>;

export const limitBoundariesSchema = z.strictObject({
  set: text,
  ruleId: text,
  meter: text,
  kind: z.string().max(32),
  scope: text,
  unit: z.string().max(16).nullable(),
  scale: z.number().int(),
  windowSecs: z.number().int().nullable(),
  /** `day Europe/Berlin`, `live`; null: sliding over windowSecs, or for ever. */
  calendar: text.nullable(),
  limit: minor.nullable(),
  /** Why it was not analysed. */
  skipped: text.nullable(),
  /** The decision that served as the pattern of the attack. */
  patternId: id.nullable(),
  /** Worst first; empty: no key that was tried splits it. */
  boundaries: z.array(boundarySchema).max(20),
  /** What it counts per that could not be tried, and why: nothing is known of these. */
  unvaried: z.array(z.strictObject({ key: text, why: text })).max(20),
});
export type LimitBoundaries = z.infer<typeof limitBoundariesSchema>;

export const boundariesSchema = z.strictObject({
  set: text,
  version: z.number().int(),
  from: z.string().max(40),
  to: z.string().max(40),
  limits: z.array(limitBoundariesSchema).max(200),
});
export type Boundaries = z.infer<typeof boundariesSchema>;

const time = z.iso.datetime({ offset: true });
export const boundaryQuerySchema = z.strictObject({
  name: z.string().min(1).max(100),
  /** One limit alone; default: all of them, one after another. */
  rule: z.string().min(1).max(100).optional(),
  /** The history looked at; default: the last seven days. */
  from: time.optional(),
  to: time.optional(),
});
export type BoundaryQuery = z.infer<typeof boundaryQuerySchema>;
