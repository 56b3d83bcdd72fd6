import { z } from 'zod';

/** Click to verified that is aimed at unless somebody says otherwise, milliseconds. */
export const TARGET_MS = 5_000;

const TARGET_WORDS = 'must be from 0.1 s to 24 h: a whole number of milliseconds from 100 to 86,400,000';
export const setTargetSchema = z.strictObject({
  ms: z.number(TARGET_WORDS).int(TARGET_WORDS).min(100, TARGET_WORDS).max(86_400_000, TARGET_WORDS),
});
export type SetTargetInput = z.input<typeof setTargetSchema>;

const ms = z.number().nullable();
export const spanSchema = z.strictObject({ p50: z.number(), p95: z.number(), count: z.number().int() });
/** Milliseconds. */
export type Span = z.infer<typeof spanSchema>;

const drilled = z.strictObject({
  count: z.number().int(),
  failed: z.number().int(),
  refusedMs: ms,
  deadMs: ms,
  verifiedMs: ms,
  lastAt: z.string().max(40),
  lastState: z.string().max(20),
});

export const systemTimesSchema = z.strictObject({
  /** null: the decision point. */
  connectorId: z.uuid().nullable(),
  name: z.string().max(200),
  vendor: z.string().max(40),
  /** Of how many revocations `missed` are; absent in reports from before it was counted. */
  total: z.number().int().optional(),
  /** Of those that were proven, as soon as one was; before, of all that took hold. */
  effective: spanSchema.nullable(),
  verified: spanSchema.nullable(),
  /** Later than the target, or not there yet although it has passed. */
  missed: z.number().int(),
  /** What the connector declares. */
  declared: z.strictObject({ p50: z.number(), max: z.number() }).nullable(),
  drilled: drilled.nullable(),
});
export type SystemTimes = z.infer<typeof systemTimesSchema>;

export const exposedSchema = z.strictObject({
  revocationId: z.uuid(),
  identityName: z.string().max(512),
  findingId: z.uuid(),
  /** When what was found was first seen, and when its access was proven ended (null: it is not yet). */
  seenAt: z.string().max(40),
  requestedAt: z.string().max(40),
  verifiedAt: z.string().max(40).nullable(),
  /** From first seen to proven ended, or to now. */
  ms: z.number(),
});
export type Exposed = z.infer<typeof exposedSchema>;

/** Time to revoke over the last 90 days, drills left out. */
export const timesSchema = z.strictObject({
  targetMs: z.number().int(),
  total: z.number().int(),
  missed: z.number().int(),
  effective: spanSchema.nullable(),
  verified: spanSchema.nullable(),
  systems: z.array(systemTimesSchema).max(200),
  /** Exposure after detection: of what was found before it was ended. */
  exposure: spanSchema.nullable(),
  exposed: z.array(exposedSchema).max(50),
});
export type Times = z.infer<typeof timesSchema>;
