import { z } from 'zod';
import { look } from '@/lib/connectors/look';
import type { Task } from '@/lib/jobs/work';

const payloadSchema = z.object({ connectorId: z.uuid() });

/** A full look at a connector that nobody follows. */
export const syncConnector: Task = (payload) => look(payloadSchema.parse(payload).connectorId);
