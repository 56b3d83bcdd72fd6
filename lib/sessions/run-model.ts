import { z } from 'zod';
import { listQuery } from '@/lib/http/model';
import { sessionEventRowSchema, sessionRowSchema } from '@/lib/sessions/model';

const text = (most: number) => z.string().max(most);
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')]);

export const runQuerySchema = z.strictObject({
  /** A conversation, trace or pipeline run, as its sources call it. */
  run: z.string().min(1).max(512),
  /** Earlier events than this one's; the answer's `nextCursor`. */
  cursor: text(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(100),
});

/** What a part of a run did. */
export const runMomentSchema = sessionEventRowSchema.extend({ sessionId: z.uuid() });
export type RunMoment = z.infer<typeof runMomentSchema>;

export const runRefSchema = runQuerySchema.pick({ run: true });

/**
 * One agent's run over several tools and systems, put together from the sessions that name it: what one session of a protocol
 * with sessions would have been.
 */
export const runSchema = z.strictObject({
  run: text(512),
  startedAt: text(40),
  lastEventAt: text(40),
  /** true: a part of it lives. */
  live: z.boolean(),
  /** Who acts in it. */
  identities: z.array(z.strictObject({ id: z.uuid(), name: text(512), kind: text(40) })).max(50),
  /** Its parts, earliest first. */
  parts: z.array(sessionRowSchema.extend({ parentId: z.uuid().nullable(), task: text(200).nullable() })).max(200),
  partsTotal: z.number().int(),
  /** Its parts that live, also those that `parts` has no room for, newest first; how many there are. */
  liveParts: z.array(z.uuid()).max(200),
  liveTotal: z.number().int(),
  /** On whose behalf, and which tools and tool servers it used, with how often. */
  principals: z.array(text(300)).max(20),
  tools: z.array(z.strictObject({ server: text(300).nullable(), tool: text(200), calls: z.number().int() })).max(100),
  /** Scopes a part has that none it stems from has: what was delegated may not grow. */
  widened: z.array(z.strictObject({ sessionId: z.uuid(), scopes: z.array(text(200)).max(50) })).max(50),
  events: z.number().int(),
  /** Of all parts in one order of time, newest first. */
  timeline: z.array(runMomentSchema).max(200),
  nextCursor: text(500).nullable(),
});
export type Run = z.infer<typeof runSchema>;

export const runListQuerySchema = z.strictObject({
  /** How its sources call it begins so. */
  ...listQuery,
  /** Those this identity acts in. */
  identityId: z.uuid().optional(),
  /** Those of which a part lives; false: those that are over. */
  live: flag.optional(),
});
export type RunListQuery = z.input<typeof runListQuerySchema>;

export const runRowSchema = z.strictObject({
  run: text(512),
  /** Of its earliest part. */
  startedAt: text(40),
  lastEventAt: text(40),
  parts: z.number().int(),
  live: z.number().int(),
  events: z.number().int(),
  /** Who acts in it, at most 5 of `identitiesTotal`. */
  identities: z.array(z.strictObject({ id: z.uuid(), name: text(512) })).max(5),
  identitiesTotal: z.number().int(),
  /** Systems it was seen at. */
  sources: z.array(text(40)).max(50),
});
export type RunRow = z.infer<typeof runRowSchema>;
