import { z } from 'zod';
import { systemCtx } from '@/lib/access/model';
import { runVerification } from '@/lib/decisions/run-verification';
import { startVerification } from '@/lib/decisions/start-verification';
import type { Task } from '@/lib/jobs/work';

const payloadSchema = z.object({ id: z.uuid() });

/** A run of the log's proof that somebody asked for. */
export const verifyLog: Task = async (payload, { signal }) => {
  await runVerification(payloadSchema.parse(payload).id, { signal });
};

/** The run of every night. */
export const verifyNightly = async (): Promise<void> => {
  await startVerification(systemCtx('nightly proof'));
};
