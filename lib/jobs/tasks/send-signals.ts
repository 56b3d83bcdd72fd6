import { z } from 'zod';
import type { Task } from '@/lib/jobs/work';
import { deliver } from '@/lib/signals/deliver';

const payloadSchema = z.object({ streamId: z.uuid() });

/** Pushes what waits in one stream. */
export const sendSignals: Task = (payload, { signal }) => deliver(payloadSchema.parse(payload).streamId, signal);
