import { z } from 'zod';

/** Days for which a task that was declared over is refused; then its name is free again. */
export const TASK_OVER_DAYS = 90;

export const completeTaskSchema = z.strictObject({
  taskId: z.string().min(1).max(512),
  reason: z.string().trim().max(2000).optional(),
});
export type CompleteTaskInput = z.input<typeof completeTaskSchema>;

export const completedTaskSchema = z.strictObject({
  taskId: z.string().max(512),
  /** Sessions that are being ended with it. */
  sessions: z.number().int(),
  revocationIds: z.array(z.uuid()).max(5_000),
  /** Live sessions that are not ended in their systems, though the decision point refuses them: protected, or awaiting a second operator. */
  left: z.number().int(),
  /** Why, each reason once. */
  why: z.array(z.string().max(500)).max(50),
  /** false: it had been declared over before. */
  created: z.boolean(),
});
export type CompletedTask = z.infer<typeof completedTaskSchema>;

export const completeTaskOfSchema = z.strictObject({ id: z.uuid(), reason: completeTaskSchema.shape.reason });
export type CompleteTaskOf = z.input<typeof completeTaskOfSchema>;

export const taskRefSchema = z.strictObject({
  /** Namespace of the caller that names it. */
  issuer: z.string().min(1).max(200),
  taskId: completeTaskSchema.shape.taskId,
});
export const reopenTaskSchema = taskRefSchema.extend({ reason: z.string().trim().min(3).max(2000) });
export type ReopenTask = z.input<typeof reopenTaskSchema>;

export const endedTaskSchema = taskRefSchema.extend({
  completedAt: z.string().max(40),
  completedBy: z.string().max(200),
  reason: z.string().max(2000).nullable(),
  /** When it is forgotten, and its name free again. */
  until: z.string().max(40),
});
export type EndedTask = z.infer<typeof endedTaskSchema>;

export const endedTasksSchema = z.strictObject({
  items: z.array(endedTaskSchema).max(200),
  nextCursor: z.string().max(2000).nullable(),
});
export type EndedTasks = z.infer<typeof endedTasksSchema>;

export const listTasksSchema = z.strictObject({
  issuer: z.string().min(1).max(200).optional(),
  cursor: z.string().max(2000).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type ListTasks = z.input<typeof listTasksSchema>;
