import { z } from 'zod';

export const OBSERVED_BY = ['native', 'derived', 'declared', 'inferred'] as const;
export const SESSION_STATES = ['live', 'idle', 'ended'] as const;
export const ENDED_BY = ['itself', 'timeout', 'operator', 'policy', 'system'] as const;

/** A fact read from a log or a connector, before anybody knows which session it belongs to. Made by `<vendor>/normalise`. */
export const sessionEventSchema = z.strictObject({
  source: z.string().max(40),
  eventId: z.string().min(1).max(512),
  at: z.string().max(40), // ISO 8601, UTC
  identity: z.strictObject({
    issuer: z.string().max(200),
    type: z.string().max(100),
    externalId: z.string().min(1).max(2048),
    name: z.string().min(1).max(512),
    kind: z.enum(['service_account', 'api_key', 'workload', 'oauth_app', 'ai_agent', 'ci_pipeline', 'human']),
  }),
  /** null: a fact about the identity that makes no session (a vendor back end acting for it). */
  session: z
    .strictObject({
      key: z.string().min(1).max(2048),
      kind: z.enum(['browser', 'api', 'agent', 'database', 'job']),
      label: z.string().max(200),
      /** open/close: the source has a begin and an end; seen: it exists as long as events come. */
      phase: z.enum(['open', 'close', 'seen']),
      /** Seconds without an event after which a `seen` session is over. */
      gapSecs: z.number().int().positive().max(864_000),
    })
    .nullable(),
  credential: z.strictObject({ externalId: z.string().max(512), kind: z.string().max(40) }).nullable(),
  action: z.string().max(200),
  class: z.enum(['read', 'change', 'approval', 'export', 'session', 'other']),
  outcome: z.enum(['success', 'failure']),
  network: z.string().max(64).nullable(),
  region: z.string().max(64).nullable(),
  agent: z.string().max(200).nullable(),
  resource: z.string().max(1024).nullable(),
  attributes: z.record(z.string().max(100), z.union([z.string().max(2000), z.number(), z.boolean(), z.null()])),
});
export type SessionEventInput = z.infer<typeof sessionEventSchema>;

/** One row of the sessions list and of `/api/v1/sessions`. */
export const sessionRowSchema = z.strictObject({
  id: z.uuid(),
  identityId: z.uuid(),
  identityName: z.string().max(512),
  source: z.string().max(40),
  connectorId: z.uuid().nullable(),
  observedBy: z.enum(OBSERVED_BY),
  kind: z.string().max(20),
  label: z.string().max(200),
  state: z.enum(SESSION_STATES),
  startedAt: z.string(),
  lastEventAt: z.string(),
  endedAt: z.string().nullable(),
  endedBy: z.enum(ENDED_BY).nullable(),
  endReason: z.string().max(500).nullable(),
  network: z.string().max(64).nullable(),
  region: z.string().max(64).nullable(),
  agent: z.string().max(200).nullable(),
  key: z.string().max(512).nullable(),
  scope: z.string().max(1024).nullable(),
  trustedAt: z.string().nullable(),
  liveUntil: z.string().nullable(),
  tags: z.array(z.string().max(64)).max(64),
  eventCount: z.number().int(),
  readCount: z.number().int(),
  changeCount: z.number().int(),
});
export type SessionRow = z.infer<typeof sessionRowSchema>;

/** How many sessions of one identity overlapped, as steps: from `at` on there were `count`. */
export interface Concurrency {
  identityId: string;
  from: string;
  to: string;
  limit: number | null;
  peak: { count: number; at: string } | null;
  /** At most 300 steps; where there were more, each keeps the highest count of its slice. */
  steps: { at: string; count: number }[];
  /** Sessions that overlap [from, to], newest start first, at most 200. */
  lanes: (SessionRow & { marks: { at: string; class: string; verdict?: string; decisionId?: string }[] })[];
  lanesTotal: number;
}
