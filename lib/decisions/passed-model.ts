import { z } from 'zod';

// What an identity was allowed in a time, session by session: the loss, if that time was an incident.

const count = z.number().int();
const instant = z.iso.datetime({ offset: true });

const worthSchema = z.strictObject({ unit: z.string().max(16).nullable(), scale: count, amount: z.string().max(40) });

export const passedQuerySchema = z.strictObject({ identityId: z.uuid(), from: instant, to: instant });
export type PassedQuery = z.input<typeof passedQuerySchema>;

export const passedSchema = z.strictObject({
  from: z.string().max(40),
  to: z.string().max(40),
  allowed: count,
  /** Requests not allowed. */
  stopped: count,
  /** By unit, minor units; what was given back or expired unused is not in it. */
  worth: z.array(worthSchema).max(50),
  /** Those that were allowed most first; at most 100. */
  sessions: z
    .array(
      z.strictObject({
        sessionId: z.uuid().nullable(),
        label: z.string().max(200),
        allowed: count,
        givenBack: count,
        stopped: count,
        worth: z.array(worthSchema).max(50),
      }),
    )
    .max(100),
  sessionsTotal: count,
});
export type Passed = z.infer<typeof passedSchema>;
