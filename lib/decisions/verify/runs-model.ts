import { z } from 'zod';
import { verificationSchema } from '@/lib/decisions/verify/model';

export const RUN_STATES = ['running', 'ok', 'broken', 'failed'] as const;

/** One run of the proof, as the audit page shows it. */
export const verificationRunSchema = z.strictObject({
  id: z.uuid(),
  state: z.enum(RUN_STATES),
  actorKind: z.string().max(32),
  actorName: z.string().max(300),
  startedAt: z.string().max(40),
  finishedAt: z.string().max(40).nullable(),
  progress: z.looseObject({
    stage: z.string().max(32).optional(),
    done: z.number().optional(),
    total: z.number().optional(),
    error: z.string().max(1_000).optional(),
  }),
  result: verificationSchema.nullable(),
});
export type VerificationRun = z.infer<typeof verificationRunSchema>;

export const runQuerySchema = z.strictObject({
  cursor: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
