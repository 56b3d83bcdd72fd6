import { z } from 'zod';

/** What stands beside the entries of the sidebar. */
export const summarySchema = z.strictObject({
  identities: z.number().int(),
  liveSessions: z.number().int(),
  openFindings: z.number().int(),
  /** Requested and not yet verified, or grown again. */
  unfinishedRevocations: z.number().int(),
  /** Requests for approval that wait for an answer. */
  waitingApprovals: z.number().int(),
  /** Operators who ask whoever looks for a role for a time. */
  waitingGrants: z.number().int(),
  connectors: z.number().int(),
});
export type Summary = z.infer<typeof summarySchema>;
