import { z } from 'zod';

// What is in flight when access ends, and what becomes of it.

const text = (most: number) => z.string().max(most);
const count = z.number().int();
const worthSchema = z.strictObject({ unit: text(16), scale: count, amount: z.string().regex(/^-?\d{1,40}$/) });

export const atStakeSchema = z.strictObject({
  /** Open reservations: what they let begin, and nobody has said yet what became of it. Minor units. */
  holds: z.strictObject({ count, worth: z.array(worthSchema).max(50) }),
  /** Carved out for callers that can't ask: spent without asking, whoever is ended. */
  allotted: z.strictObject({ count, worth: z.array(worthSchema).max(50) }),
  /** Leases that are held: work only one may do at a time. The first twenty. */
  jobs: z.array(z.strictObject({ what: text(400), session: text(200), until: text(40) })).max(20),
  jobsTotal: count,
  approvals: z.strictObject({
    /** Wait for an answer. */
    waiting: count,
    /** Given, and not used up. */
    given: count,
  }),
  /** That its live sessions say they work on. */
  tasks: z.array(text(200)).max(20),
  tasksTotal: count,
  /** Allowed a minute over the last `minutes`, and what passes at that pace until the decision point refuses. Minor units. */
  minutes: count,
  bindsMs: z.number(),
  bindsMeasured: z.boolean(),
  passing: z.array(worthSchema.omit({ amount: true }).extend({ perMinute: text(40), until: text(40) })).max(50),
});
export type AtStake = z.infer<typeof atStakeSchema>;
export type StakeWorth = z.infer<typeof worthSchema>;
