import { z } from 'zod';
import type { Task } from '@/lib/jobs/work';
import { deliver } from '@/lib/notifications/deliver';

const payloadSchema = z.object({ channelId: z.uuid() });

/** Sends what is due on one channel. */
export const sendNotifications: Task = (payload, { signal }) => deliver(payloadSchema.parse(payload).channelId, signal);
