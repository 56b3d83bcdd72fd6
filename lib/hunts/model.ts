import { z } from 'zod';
import { DETECTORS, type Detector, severitySchema } from '@/lib/findings/model';
import { listQuery } from '@/lib/http/model';

export const HUNT_STATES = ['running', 'done', 'failed', 'stopped'] as const;
export type HuntState = (typeof HUNT_STATES)[number];
/** Findings kept of one hunt, most severe first. */
export const KEPT = 500;

const text = (most: number) => z.string().max(most);

/** One finding as it would be, or was, raised. */
export const huntedSchema = z.strictObject({
  identityId: z.uuid(),
  identityName: text(512),
  detector: text(60),
  severity: severitySchema,
  title: text(300),
  summary: text(2000),
  firstSeenAt: text(40),
  lastSeenAt: text(40),
  /** It stands as a finding already. */
  known: z.boolean(),
});
export type Hunted = z.infer<typeof huntedSchema>;

export const huntProgressSchema = z.strictObject({
  identities: z.number().int(),
  identitiesTotal: z.number().int(),
  events: z.number().int(),
  /** All that was found, also what is not kept. */
  found: z.number().int(),
});
export type HuntProgress = z.infer<typeof huntProgressSchema>;

export const huntRowSchema = z.strictObject({
  id: z.uuid(),
  detectors: z.array(text(60)).max(40),
  identityId: z.uuid().nullable(),
  from: text(40),
  to: text(40),
  raises: z.boolean(),
  state: z.enum(HUNT_STATES),
  progress: huntProgressSchema,
  error: text(1000).nullable(),
  actorName: text(200),
  createdAt: text(40),
  finishedAt: text(40).nullable(),
});
export type HuntRow = z.infer<typeof huntRowSchema>;
export const huntDetailSchema = huntRowSchema.extend({ found: z.array(huntedSchema).max(KEPT) });
export type HuntDetail = z.infer<typeof huntDetailSchema>;

const instant = z.iso.datetime({ offset: true });
const detector = z.enum(Object.keys(DETECTORS) as [Detector]);

/** Detectors over stored history of at most a year; none named: all that read sessions and events. */
export const huntInputSchema = z.strictObject({
  detectors: z.array(detector).max(40).default([]),
  identityId: z.uuid().optional(),
  from: instant,
  to: instant,
  /** true: raises what it finds; false: shows what it would have raised. */
  raises: z.boolean().default(false),
});
export type HuntInput = z.input<typeof huntInputSchema>;

export const huntIdSchema = z.strictObject({ id: z.uuid() });
export const huntListSchema = z.strictObject({ cursor: listQuery.cursor, limit: listQuery.limit });
