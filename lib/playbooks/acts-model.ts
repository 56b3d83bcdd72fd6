import { z } from 'zod';
import { listQuery } from '@/lib/http/model';

const text = (most: number) => z.string().max(most);

/** What was done since an incident began, as often as it was done alike: by whom, with which tool, on what, and with what outcome. */
export const actSchema = z.strictObject({
  action: text(512),
  /** The tool an agent called, in its telemetry's words. */
  tool: text(200).nullable(),
  resource: text(1000).nullable(),
  sessionId: z.uuid().nullable(),
  sessionLabel: text(300).nullable(),
  identityId: z.uuid(),
  identityName: text(512),
  /** How its session goes on under another's authority; null: it is one of the incident's own. */
  heir: text(20).nullable(),
  /** `success`, `failure`, or a verdict of the decision point. */
  outcome: text(20),
  /** The system whose log tells it, or `pdp`. */
  from: text(60),
  count: z.number().int(),
  firstAt: text(40),
  lastAt: text(40),
  /** The latest of them: a decision, or an event. */
  latestId: z.uuid(),
});
export type Act = z.infer<typeof actSchema>;

/** How much of it there is. */
export const actTotalsSchema = z.strictObject({
  rows: z.number().int(),
  calls: z.number().int(),
  /** Failed, or not allowed. */
  refused: z.number().int(),
  sessions: z.number().int(),
  /** Of them, sessions that act under the authority of the incident's. */
  heirs: z.number().int(),
  identities: z.number().int(),
});
export type ActTotals = z.infer<typeof actTotalsSchema>;

export const actsQuerySchema = z.strictObject({
  id: z.uuid(),
  cursor: listQuery.cursor,
  limit: listQuery.limit,
});
export const actsPageSchema = z.strictObject({
  items: z.array(actSchema).max(200),
  nextCursor: text(500).nullable(),
  totals: actTotalsSchema,
});
export type ActsPage = z.infer<typeof actsPageSchema>;
