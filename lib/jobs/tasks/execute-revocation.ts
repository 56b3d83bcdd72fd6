import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Task } from '@/lib/jobs/work';
import { log } from '@/lib/platform/log';
import { begin } from '@/lib/revocations/at-work';
import { execute } from '@/lib/revocations/execute';

const payloadSchema = z.object({ identityId: z.uuid() });

/**
 * Starts a revocation right after its commit, and keeps no other job waiting for it. One that is busy elsewhere is waited for
 * shortly; the sweep has the rest.
 */
export const executeRevocation: Task = async (payload) => {
  const { identityId } = payloadSchema.parse(payload);
  const work = async () => {
    for (let tries = 0; tries < 20 && !(await execute(identityId)); tries++) await sleep(100);
  };
  begin(identityId, work, (error) => log.error({ err: error, identityId }, 'a revocation could not be begun'));
};
