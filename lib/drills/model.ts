import { z } from 'zod';

/** How a drill went: passed; failed = the canary was still in; broken = nothing could be measured. */
export const DRILL_STATES = ['running', 'passed', 'failed', 'broken'] as const;
export type DrillState = (typeof DRILL_STATES)[number];
/** entry: a session was opened as the canary; declared: only what the system says of itself. */
export const DRILL_METHODS = ['entry', 'declared'] as const;
export type DrillMethod = (typeof DRILL_METHODS)[number];
export const EVERY = ['off', 'daily', 'weekly'] as const;
export type Every = (typeof EVERY)[number];

const id = z.uuid();
const count = z.number().int();
const time = z.string().max(40).nullable();

export const startSchema = z.strictObject({ connectorId: id });
export type StartInput = z.input<typeof startSchema>;

export const scheduleSchema = z.strictObject({ connectorId: id, every: z.enum(EVERY) });
export type ScheduleInput = z.input<typeof scheduleSchema>;

export const listSchema = z.strictObject({
  connectorId: id.optional(),
  cursor: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(20),
});
export type ListInput = z.input<typeof listSchema>;

export const observationSchema = z.strictObject({ atMs: count, what: z.string().max(60), saw: z.string().max(300) });
/** Something that was tried, milliseconds after the click. */
export type Observation = z.infer<typeof observationSchema>;

export const drillRowSchema = z.strictObject({
  id,
  connectorId: id,
  connectorName: z.string().max(100).nullable(),
  canary: z.string().max(300),
  identityId: id.nullable(),
  revocationId: id.nullable(),
  method: z.enum(DRILL_METHODS),
  asked: z.enum(['schedule', 'operator']),
  actorName: z.string().max(200),
  state: z.enum(DRILL_STATES),
  startedAt: z.string().max(40),
  /** When its access was told to end: the times below count from here, milliseconds. */
  clickedAt: time,
  refusedMs: count.nullable(),
  deadMs: count.nullable(),
  verifiedMs: count.nullable(),
  restoredAt: time,
  endedAt: time,
  detail: z.string().max(1000).nullable(),
  observations: z.array(observationSchema).max(200),
});
export type DrillRow = z.infer<typeof drillRowSchema>;

/** What a drill would do, before it is done. */
export const drillPreviewSchema = z.strictObject({
  connectorId: id,
  connectorName: z.string().max(100),
  canary: z.string().max(300).nullable(),
  identityId: id.nullable(),
  method: z.enum(DRILL_METHODS),
  /** Systems its access ends in: this one, as every other and the decision point are left alone. */
  systems: z.array(z.string().max(200)).max(200),
  /** Its sessions there that would be ended. */
  sessions: count,
  /** Why it can't be held; null: it can. */
  refused: z.string().max(500).nullable(),
});
export type DrillPreview = z.infer<typeof drillPreviewSchema>;

export const startedSchema = z.strictObject({ id });

interface Answer<T> {
  data?: T;
  error?: { code: string; message: string };
}
/** The server actions the drill panel is given as props. */
export interface DrillActions {
  start: (input: StartInput) => Promise<Answer<{ id: string }>>;
  schedule: (input: ScheduleInput) => Promise<Answer<void>>;
}

export const scheduleRowSchema = z.strictObject({ connectorId: id, every: z.enum(EVERY), nextAt: time });
export type ScheduleRow = z.infer<typeof scheduleRowSchema>;
export const scheduleListSchema = z.strictObject({
  items: z.array(scheduleRowSchema).max(500),
  nextCursor: z.null(),
});
export const doneSchema = z.strictObject({ ok: z.literal(true) });
