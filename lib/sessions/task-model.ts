import { z } from 'zod';

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
