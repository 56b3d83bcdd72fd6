import { z } from 'zod';
import { STEP_KINDS } from '@/lib/playbooks/model';

// What callers of the API send beside the path.

export const startedSchema = z.strictObject({ id: z.uuid(), created: z.boolean() });
export const changedSchema = z.strictObject({ id: z.uuid() });
const why = z.string().trim().min(3, 'needs at least 3 characters').max(2000);
export const waiveBodySchema = z.strictObject({ kind: z.enum(STEP_KINDS), reason: why });
export const containBodySchema = z.strictObject({ summary: why });
