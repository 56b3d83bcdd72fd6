import { z } from 'zod';
import type { Task } from '@/lib/jobs/work';
import { apply } from '@/lib/signals/apply';

const payloadSchema = z.object({ id: z.uuid() });

/** Does what follows from a signal that came in. */
export const applySignal: Task = (payload) => apply(payloadSchema.parse(payload).id);
