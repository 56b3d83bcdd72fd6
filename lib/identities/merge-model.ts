import { z } from 'zod';

const reason = z.string().trim().min(3, 'needs at least 3 characters').max(1000);

/** `id` goes on; `fromId` is the same one under other names. */
export const mergeSchema = z.strictObject({ id: z.uuid(), fromId: z.uuid(), reason });
export type MergeInput = z.input<typeof mergeSchema>;
export const unmergeSchema = z.strictObject({ id: z.uuid(), reason });
export type UnmergeInput = z.input<typeof unmergeSchema>;

/** What moved, so that it can be moved back. */
export const movedSchema = z.strictObject({
  names: z
    .array(
      z.strictObject({
        issuer: z.string().max(200),
        type: z.string().max(100),
        externalId: z.string().max(2048),
      }),
    )
    .max(10_000),
  sessions: z.array(z.uuid()).max(100_000),
  /** Workflows the one worked for; `joined`: the one that goes on did not before. */
  workflows: z
    .array(z.strictObject({ id: z.uuid(), joined: z.boolean() }))
    .max(100)
    .default([]),
});
export type Moved = z.infer<typeof movedSchema>;

const who = z.strictObject({ id: z.uuid(), name: z.string().max(512) });
export const mergeRowSchema = z.strictObject({
  id: z.uuid(),
  from: who,
  into: who,
  /** Names and live sessions that moved. */
  names: z.number().int(),
  sessions: z.number().int(),
  reason: z.string().max(1000),
  byName: z.string().max(300),
  at: z.string().max(40),
  undoneAt: z.string().max(40).nullable(),
  undoneBy: z.string().max(300).nullable(),
});
export type MergeRow = z.infer<typeof mergeRowSchema>;
export const mergeListSchema = z.strictObject({ items: z.array(mergeRowSchema).max(100) });
