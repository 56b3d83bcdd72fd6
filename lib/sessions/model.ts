import { z } from 'zod';
import { listQuery } from '@/lib/http/model';
import { alsoKnownAsSchema, consentSchema, LINEAGES, toldShape } from '@/lib/sessions/event-model';

export const OBSERVED_BY = ['native', 'derived', 'declared', 'inferred'] as const;
export const SESSION_STATES = ['live', 'idle', 'ended'] as const;
/** Where a session's actions come from: what an identity can be spread over. */
export const SESSION_KINDS = ['browser', 'tab', 'api', 'agent', 'worker', 'service', 'database', 'job'] as const;
export const ENDED_BY = ['itself', 'timeout', 'operator', 'policy', 'signal', 'system'] as const;

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
    /** What other systems call the same identity, where the record itself says so. */
    alsoKnownAs: z.array(alsoKnownAsSchema).max(8).optional(),
  }),
  /** null: a fact about the identity that makes no session (a vendor back end acting for it). */
  session: z
    .strictObject({
      key: z.string().min(1).max(2048),
      kind: z.enum(SESSION_KINDS),
      label: z.string().max(200),
      /** open/close: the source has a begin and an end; seen: it exists as long as events come. */
      phase: z.enum(['open', 'close', 'seen']),
      /** Seconds without an event after which a `seen` session is over. */
      gapSecs: z.number().int().positive().max(864_000),
      /** native: the source itself has such a session; derived (absent): from its events; inferred: only a fingerprint tells. */
      observedBy: z.enum(['native', 'derived', 'inferred']).optional(),
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
  ...toldShape,
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
  /** When Braid last had positive word that it lives: native: its system listed it; derived: its last event; declared: its last decision. */
  lastValidatedAt: z.string().nullable(),
  liveUntil: z.string().nullable(),
  /** When session or credential end by themselves; null: nobody told. */
  expiresAt: z.string().nullable(),
  /** Who consented to it, and to what; null: nobody told. */
  consent: consentSchema.nullable(),
  /** It acts, and neither a log nor a decision tells of it. */
  dark: z.boolean(),
  /** Its system has not confirmed it lately: it may have ended. */
  stale: z.boolean(),
  /** Since when it counts as abandoned: it stands open, and nothing has been done in it for too long. null: it does not. */
  abandonedAt: z.string().nullable(),
  tags: z.array(z.string().max(64)).max(64),
  eventCount: z.number().int(),
  readCount: z.number().int(),
  changeCount: z.number().int(),
});
export type SessionRow = z.infer<typeof sessionRowSchema>;

export const ACTIVITY_CLASSES = ['read', 'change', 'approval', 'export', 'other'] as const;
export type ActivityClass = (typeof ACTIVITY_CLASSES)[number];

/** How differently sessions that lived beside each other behave: `divergence-state` says how it is reckoned. */
export const divergenceSchema = z.strictObject({
  /** 0: all do the same; 1: none does what another does. */
  score: z.number().min(0).max(1),
  /** How many sessions were compared. */
  sessions: z.number().int(),
  /** The busiest of them, and what each does most. */
  named: z
    .array(
      z.strictObject({
        id: z.uuid(),
        label: z.string().max(200),
        mostly: z.enum(ACTIVITY_CLASSES),
        events: z.number().int(),
      }),
    )
    .max(8),
});
export type Divergence = z.infer<typeof divergenceSchema>;

/** How many sessions of one identity overlapped, as steps: from `at` on there were `count`. */
export interface Concurrency {
  identityId: string;
  from: string;
  to: string;
  /** true: `to` was now, and the graph moves on. */
  following: boolean;
  /** What was asked for or chosen instead; null: exactly from and to. */
  range: ConcurrencyRange | null;
  limit: number | null;
  /** How many at once most of the time in the seven days before `to`, while any lived; null: too little is known. */
  usual: { low: number; high: number } | null;
  peak: { count: number; at: string } | null;
  /** null: fewer than two sessions that lived beside each other did something in the range. */
  divergence: Divergence | null;
  /** At most 300 steps; where there were more, each keeps the highest count of its slice. */
  steps: { at: string; count: number }[];
  /** Sessions that overlap [from, to], newest start first; of more than 200 the live ones, then those that lived longest in it. */
  lanes: (SessionRow & { marks: { at: string; class: string; verdict?: string; decisionId?: string }[] })[];
  lanesTotal: number;
}

const id = z.uuid();
const text = (most: number) => z.string().max(most);
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')]);
const instant = z.iso.datetime({ offset: true });

export const sessionListQuerySchema = z.strictObject({
  ...listQuery,
  identityId: id.optional(),
  /** Of all identities that work for it. */
  workflowId: id.optional(),
  connectorId: id.optional(),
  state: z.enum(SESSION_STATES).optional(),
  source: text(40).optional(),
  observedBy: z.enum(OBSERVED_BY).optional(),
  kind: z.enum(SESSION_KINDS).optional(),
  live: flag.optional(),
  /** Those that stand open and were left. */
  abandoned: flag.optional(),
  /** Those that act and are told of nowhere. */
  dark: flag.optional(),
  /** Those thought to live whose system has not confirmed them lately. */
  stale: flag.optional(),
  /** Parts of this run. */
  run: text(512).optional(),
  /** Those whose credential, bound key or name at their source begins so. */
  key: text(200).optional(),
  /** Of one lane of `identityId`: its fingerprint. */
  lane: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'is not a fingerprint')
    .optional(),
  /** Those that were there at some time from `from` to `to`. */
  from: instant.optional(),
  to: instant.optional(),
});
export type SessionListQuery = z.input<typeof sessionListQuerySchema>;

/** A session that another stems from, or that stems from it. */
export const relativeSchema = z.strictObject({
  id,
  identityId: id,
  identityName: text(512),
  source: text(40),
  label: text(200),
  lineage: z.enum(LINEAGES).nullable(),
  state: z.enum(SESSION_STATES),
  startedAt: text(40),
  endedAt: text(40).nullable(),
});
export type Relative = z.infer<typeof relativeSchema>;

/** A session with everything that is known of it; what nobody told is null, and is shown as unknown. */
export const sessionDetailSchema = sessionRowSchema.extend({
  identityState: text(20),
  identityProtected: z.boolean(),
  device: text(200).nullable(),
  runtime: text(200).nullable(),
  task: text(200).nullable(),
  connectorName: text(200).nullable(),
  credential: z.strictObject({ id, kind: text(40), externalId: text(512), expiresAt: text(40).nullable() }).nullable(),
  parentId: id.nullable(),
  /** How it goes on under its parent's authority. */
  lineage: z.enum(LINEAGES).nullable(),
  /** Its parent and who that stems from, nearest first; and those that stem from it. */
  ancestors: z.array(relativeSchema).max(20),
  children: z.array(relativeSchema).max(100),
  /** What sessions at several systems are parts of. */
  run: text(512).nullable(),
  boundKey: text(200).nullable(),
  acr: text(100).nullable(),
  /** What its source knows it by. */
  groupKey: text(2048),
  native: z.record(z.string(), z.unknown()),
  /** Others of the identity that are live beside it. */
  beside: z.number().int(),
});
export type SessionDetail = z.infer<typeof sessionDetailSchema>;

export const sessionIdSchema = z.strictObject({ id });

export const eventListQuerySchema = z.strictObject({
  sessionId: id,
  cursor: text(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const sessionEventRowSchema = z.strictObject({
  id,
  at: text(40),
  source: text(40),
  action: text(200),
  class: text(20),
  outcome: text(20),
  network: text(64).nullable(),
  region: text(64).nullable(),
  agent: text(200).nullable(),
  resource: text(1024).nullable(),
  /** Done more than a minute after the end of what was approved; absent where one session alone is not asked about. */
  beyondApproval: z.boolean().optional(),
});
export type SessionEventRow = z.infer<typeof sessionEventRowSchema>;

export const CONCURRENCY_RANGES = ['15m', '1h', '24h', 'all'] as const;
export type ConcurrencyRange = (typeof CONCURRENCY_RANGES)[number];

export const concurrencyQuerySchema = z.strictObject({
  identityId: id,
  from: instant.optional(),
  to: instant.optional(),
  /** Instead of from and to: so long until now, or until it last lived. */
  range: z.enum(CONCURRENCY_RANGES).optional(),
  /** Seconds; the steps are no finer. */
  step: z.coerce.number().min(0.001).max(86_400).optional(),
});
export type ConcurrencyQuery = z.input<typeof concurrencyQuerySchema>;

const markSchema = z.strictObject({
  at: text(40),
  class: text(200),
  verdict: text(20).optional(),
  decisionId: id.optional(),
});

export const concurrencySchema = z.strictObject({
  identityId: id,
  from: text(40),
  to: text(40),
  following: z.boolean(),
  range: z.enum(CONCURRENCY_RANGES).nullable(),
  limit: z.number().int().nullable(),
  usual: z.strictObject({ low: z.number().int(), high: z.number().int() }).nullable(),
  peak: z.strictObject({ count: z.number().int(), at: text(40) }).nullable(),
  divergence: divergenceSchema.nullable(),
  steps: z.array(z.strictObject({ at: text(40), count: z.number().int() })).max(300),
  lanes: z.array(sessionRowSchema.extend({ marks: z.array(markSchema).max(60) })).max(200),
  lanesTotal: z.number().int(),
});

/** What one listing of a connector changed. */
export interface Observed {
  /** Session ids. */
  opened: string[];
  ended: string[];
  /** Sessions of the connector that live now. */
  live: number;
  /** External ids of identities nobody has discovered: their sessions are not stored yet. */
  unknown: string[];
}

/** An identity with live sessions, for the overview: the last hour a minute a step, each the highest count of its minute. */
export interface LiveIdentity {
  id: string;
  name: string;
  kind: string;
  state: string;
  live: number;
  limit: number | null;
  peak: number;
  spark: number[];
}
