import { z } from 'zod';
import { auditRowSchema } from '@/lib/audit/model';
import { DETECTORS, type Detector, type Severity, severitySchema } from '@/lib/findings/model';
import { CHANNEL_KINDS } from '@/lib/notifications/kinds-model';

/** What people can be told of. */
export const EVENTS = {
  'finding.raised': 'A finding is raised',
  'finding.reopened': 'A finding is open again',
  'finding.updated': 'A finding has new evidence',
  'finding.acknowledged': 'A finding is acknowledged',
  'finding.suppressed': 'A finding is suppressed',
  'finding.closed': 'A finding is closed',
  'identity.paused': 'An identity is paused',
  'identity.restored': 'An identity is resumed or restored',
  'revocation.requested': 'Access is being ended',
  'revocation.progress': 'Access is on its way to its end',
  'revocation.verified': 'Ended access is proven ended',
  'revocation.residual': 'Something outlives a revocation',
  'revocation.unverifiable': 'Ended access can’t be proven ended',
  'revocation.failed': 'A revocation failed',
  'revocation.regrown': 'Access grew back',
  'approval.requested': 'Somebody asks for approval',
  'exposure.near': 'An exposure stands near its limit',
  'response.proposed': 'A second operator has to agree',
  'grant.asked': 'An operator asks for a role for a time',
  'response.refused': 'A guardrail refused an automatic act',
  'channel.failing': 'Another channel does not take its messages',
  'audit.act': 'Anything is done that the audit log keeps',
} as const;
export type Event = keyof typeof EVENTS;
const eventSchema = z.enum(Object.keys(EVENTS) as [Event, ...Event[]]);
const detectorSchema = z.enum(Object.keys(DETECTORS) as [Detector, ...Detector[]]);

/** What a new route listens to: what somebody has to look at, not what somebody has just done. */
export const USUAL_EVENTS: Event[] = [
  'finding.raised',
  'finding.reopened',
  'revocation.residual',
  'revocation.failed',
  'approval.requested',
  'response.proposed',
  'grant.asked',
  'response.refused',
  'channel.failing',
];

/** Stands for identities that nobody answers for. */
export const NO_OWNER = '(no owner)';

const text = (most: number) => z.string().max(most);

/** What was true when it happened, as it is told. `path` is on the console. */
export const noticeBodySchema = z.strictObject({
  /** What was found, in a sentence of its own. */
  title: text(300),
  summary: text(2000),
  /** The verdict a per-session control would have come to, beside the one shared state came to. */
  alone: text(20).optional(),
  together: text(20).optional(),
  reasons: z.array(text(1000)).max(20),
  path: text(300),
  /** Where it is ended, and what that takes. */
  end: z.strictObject({ path: text(300), how: text(300) }).nullable(),
  by: text(200).optional(),
  /** Of a revocation: what is done, how far it is, and which sessions end by the key their system knows them by. */
  action: z
    .strictObject({
      kind: z.enum(['terminate', 'revoke', 'rotate', 'pause', 'resume', 'restore', 'consent']),
      state: text(40),
      sessions: z.array(text(200)).max(200),
    })
    .optional(),
  /** Of an act: as the audit log has it. */
  act: auditRowSchema.optional(),
  state: text(40).optional(),
  occurrences: z.number().int().optional(),
  firstSeenAt: text(40).optional(),
  lastSeenAt: text(40).optional(),
  /** Filled when it is routed. */
  identity: z
    .strictObject({
      id: z.uuid(),
      name: text(512),
      kind: text(32),
      state: text(16),
      owner: text(500).nullable(),
      environment: text(200).nullable(),
      workflows: z.array(text(200)).max(50),
    })
    .optional(),
});
export type NoticeBody = z.infer<typeof noticeBodySchema>;

/** What a verb says has happened. */
export interface Told {
  event: Event;
  target: {
    type: 'finding' | 'revocation' | 'approval' | 'response' | 'grant' | 'channel' | 'exposure' | 'act';
    id: string;
  };
  identityId: string | null;
  severity: Severity;
  detector?: string;
  body: NoticeBody;
}

/** A notice as it is sent. */
export interface NoticeFact extends Omit<Told, 'detector'> {
  id: string;
  at: string;
  detector: string | null;
}

// ── routes ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** All that are given must hold; an empty list asks nothing. */
export const matchSchema = z.strictObject({
  events: z.array(eventSchema).min(1, 'needs at least one').max(40),
  minSeverity: severitySchema.default('low'),
  detectors: z.array(detectorSchema).max(60).default([]),
  /** Owners as identities name them, case aside; NO_OWNER: nobody. */
  owners: z.array(z.string().trim().min(1).max(500)).max(50).default([]),
  workflows: z.array(z.string().trim().min(1).max(200)).max(50).default([]),
  environments: z.array(z.string().trim().min(1).max(200)).max(20).default([]),
});
export type Match = z.infer<typeof matchSchema>;

const digestSecs = z.number().int().min(0).max(86_400);
const ROUTE_STATES = ['enabled', 'disabled'] as const;
export const createRouteSchema = z.strictObject({
  channelId: z.uuid(),
  match: matchSchema,
  /** Collect for so many seconds and send one message; 0: at once. */
  digestSecs: digestSecs.default(0),
});
export type CreateRouteInput = z.input<typeof createRouteSchema>;
export const updateRouteSchema = z.strictObject({
  id: z.uuid(),
  match: matchSchema.optional(),
  digestSecs: digestSecs.optional(),
  state: z.enum(ROUTE_STATES).optional(),
});
export type UpdateRouteInput = z.input<typeof updateRouteSchema>;

const routeRowSchema = z.strictObject({
  id: z.uuid(),
  channelId: z.uuid(),
  match: matchSchema,
  digestSecs,
  state: z.enum(ROUTE_STATES),
  createdAt: text(40),
  createdBy: text(200),
});
export type RouteRow = z.infer<typeof routeRowSchema>;

// ── channels ───────────────────────────────────────────────────────────────────────────────────────────────────────

const CHANNEL_STATES = ['enabled', 'disabled'] as const;
const name = z.string().trim().min(1, 'needs a name').max(100);
const values = z
  .record(text(40), text(20_000))
  .refine((given) => Object.keys(given).length <= 40, 'has too many fields');

export const createChannelSchema = z.strictObject({ kind: z.enum(CHANNEL_KINDS), name, values });
export type CreateChannelInput = z.input<typeof createChannelSchema>;
export const updateChannelSchema = z.strictObject({
  id: z.uuid(),
  name: name.optional(),
  /** Given: the whole form anew; a secret left empty keeps its value. */
  values: values.optional(),
  state: z.enum(CHANNEL_STATES).optional(),
});
export type UpdateChannelInput = z.input<typeof updateChannelSchema>;
export const removeChannelSchema = z.strictObject({ id: z.uuid(), reason: text(500).trim().default('') });
export const refSchema = z.strictObject({ id: z.uuid() });
export const testChannelSchema = z.union([
  refSchema,
  z.strictObject({ kind: z.enum(CHANNEL_KINDS), values, id: z.uuid().optional() }),
]);
export type TestChannelInput = z.input<typeof testChannelSchema>;

/** What a receiver said to a test message. */
export const testedSchema = z.strictObject({ ok: z.boolean(), answer: text(2000), millis: z.number().int() });
export type Tested = z.infer<typeof testedSchema>;

export const channelRowSchema = z.strictObject({
  id: z.uuid(),
  name: text(100),
  kind: z.enum(CHANNEL_KINDS),
  /** Where it points; never a secret. */
  target: text(600),
  state: z.enum(CHANNEL_STATES),
  /** failing: the last try was not taken. */
  health: z.enum(['unknown', 'ok', 'failing']),
  failingSince: text(40).nullable(),
  nextTryAt: text(40).nullable(),
  lastAnswer: text(2000).nullable(),
  lastAnswerAt: text(40).nullable(),
  lastDeliveredAt: text(40).nullable(),
  waiting: z.number().int(),
  dead: z.number().int(),
  createdAt: text(40),
  createdBy: text(200),
  routes: z.array(routeRowSchema).max(200),
});
export type ChannelRow = z.infer<typeof channelRowSchema>;

export const channelDetailSchema = channelRowSchema.extend({
  /** What the form holds now, secrets left out. */
  values: z.record(text(40), text(20_000)),
  /** Which secrets are stored. */
  secrets: z.array(text(40)).max(20),
});
export type ChannelDetail = z.infer<typeof channelDetailSchema>;

export const createdChannelSchema = z.strictObject({
  id: z.uuid(),
  /** The signing secret Braid made, shown this once; null: there is none, or it was given. */
  signingSecret: text(200).nullable(),
});
export type CreatedChannel = z.infer<typeof createdChannelSchema>;

// ── deliveries ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** collecting: more may join it · waiting: to be sent, or sent again · dead: given up, until somebody sends it again. */
export const DELIVERY_STATES = ['collecting', 'waiting', 'delivered', 'dead'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];
export const listDeliveriesSchema = z.strictObject({
  channelId: z.uuid().optional(),
  state: z.enum([...DELIVERY_STATES, 'unfinished']).optional(),
  q: z.string().trim().max(200).optional(),
  cursor: z.uuid('is not a cursor of this list').optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type ListDeliveries = z.input<typeof listDeliveriesSchema>;
/** What a link may say; anything else asks nothing. */
export const deliveryFilterSchema = z.object({
  channelId: z.uuid().optional().catch(undefined),
  state: listDeliveriesSchema.shape.state.catch(undefined),
  q: listDeliveriesSchema.shape.q.catch(undefined),
});

export const deliveryRowSchema = z.strictObject({
  id: z.uuid(),
  channelId: z.uuid(),
  channelName: text(100),
  channelKind: z.enum(CHANNEL_KINDS),
  kind: z.enum(['single', 'digest', 'test']),
  recipient: text(320).nullable(),
  title: text(300),
  state: z.enum(DELIVERY_STATES),
  attempts: z.number().int(),
  /** Next try, or end of collecting; null: nothing more is tried. */
  nextTryAt: text(40).nullable(),
  lastTriedAt: text(40).nullable(),
  lastAnswer: text(2000).nullable(),
  createdAt: text(40),
  deliveredAt: text(40).nullable(),
  /** What it tells of. */
  notices: z.array(z.strictObject({ event: eventSchema, title: text(300), path: text(300), at: text(40) })).max(50),
  noticeCount: z.number().int(),
});
export type DeliveryRow = z.infer<typeof deliveryRowSchema>;

export const sendAgainSchema = z.strictObject({ id: z.uuid() });
export const doneSchema = z.strictObject({ ok: z.literal(true) });

interface Answered<T> {
  data?: T;
  error?: { code: string; message: string };
}

/** The server actions the page is given. */
export interface NotificationActions {
  createChannel: (input: CreateChannelInput) => Promise<Answered<CreatedChannel>>;
  updateChannel: (input: UpdateChannelInput) => Promise<Answered<void>>;
  removeChannel: (input: { id: string; reason: string }) => Promise<Answered<void>>;
  testChannel: (input: TestChannelInput) => Promise<Answered<Tested>>;
  showChannel: (input: { id: string }) => Promise<Answered<ChannelDetail>>;
  createRoute: (input: CreateRouteInput) => Promise<Answered<{ id: string }>>;
  updateRoute: (input: UpdateRouteInput) => Promise<Answered<void>>;
  removeRoute: (input: { id: string }) => Promise<Answered<void>>;
  sendAgain: (input: { id: string }) => Promise<Answered<void>>;
}
