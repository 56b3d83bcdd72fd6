import { z } from 'zod';
import { checkpointRowSchema } from '@/lib/decisions/checkpoint/model';
import { retentionSchema } from '@/lib/decisions/retention/model';
import { verificationRunSchema } from '@/lib/decisions/verify/runs-model';

/** How well the log stands: when it was last proven and signed, and what it is signed with. */
export const logStandingSchema = z.strictObject({
  /** The newest run of the proof, running or not; null before the first. */
  run: verificationRunSchema.nullable(),
  /** The newest run that has ended, where the newest is still running. */
  ended: verificationRunSchema.nullable(),
  checkpoint: checkpointRowSchema.nullable(),
  /** Audit rows that wait for their seal. */
  waiting: z.number().int(),
  publicKey: z.strictObject({ fingerprint: z.string().max(64), pem: z.string().max(1_000) }),
  retention: retentionSchema,
});
export type LogStanding = z.infer<typeof logStandingSchema>;
