import { z } from 'zod';
import { sessionEventRowSchema, sessionRowSchema } from '@/lib/sessions/model';

const text = (most: number) => z.string().max(most);

export const runQuerySchema = z.strictObject({
  /** A conversation, trace or pipeline run, as its sources call it. */
  run: z.string().min(1).max(512),
  /** Earlier events than this one's; the answer's `nextCursor`. */
  cursor: text(100).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(100),
});

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
  parts: z.array(sessionRowSchema).max(200),
  partsTotal: z.number().int(),
  /** On whose behalf, and which tools and tool servers it used, with how often. */
  principals: z.array(text(300)).max(20),
  tools: z.array(z.strictObject({ server: text(300).nullable(), tool: text(200), calls: z.number().int() })).max(100),
  /** Scopes a part has that none it stems from has: what was delegated may not grow. */
  widened: z.array(z.strictObject({ sessionId: z.uuid(), scopes: z.array(text(200)).max(50) })).max(50),
  events: z.number().int(),
  /** Of all parts in one order of time, newest first. */
  timeline: z.array(sessionEventRowSchema.extend({ sessionId: z.uuid() })).max(200),
  nextCursor: text(100).nullable(),
});
export type Run = z.infer<typeof runSchema>;
