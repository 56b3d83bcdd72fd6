import { z } from 'zod';
import { SCOPES, STATUSES } from '@/lib/signals/stream-model';

// What the console and its API know of shared signals.

const text = (most: number) => z.string().max(most);
const name = z.string().trim().min(1, 'is missing').max(100);
const web = z
  .url({ protocol: /^https?$/, error: 'is not a web address' })
  .max(2000)
  .refine((url) => !/[?#]/.test(url), 'has a query or fragment');
const pem = z
  .string()
  .trim()
  .max(20_000)
  .refine((given) => given === '' || given.includes('-----BEGIN CERTIFICATE-----'), 'is not a PEM certificate')
  .default('');

export const refSchema = z.strictObject({ id: z.uuid() });
export const statusInputSchema = z.strictObject({
  id: z.uuid(),
  status: z.enum(STATUSES),
  reason: z.string().trim().max(500).default(''),
});
export type StatusInput = z.input<typeof statusInputSchema>;
export const rotateSchema = z.strictObject({ atOnce: z.boolean().default(false) });

// ── who receives from Braid ──

export const addReceiverSchema = z.strictObject({
  name,
  /** `aud` of what it is sent; absent: its client id. */
  audience: z.string().trim().max(500).default(''),
  scopes: z
    .array(z.enum(SCOPES))
    .min(1)
    .max(2)
    .default([...SCOPES]),
  ownNetwork: z.boolean().default(false),
  ca: pem,
  streamsMost: z.number().int().min(1).max(50).default(5),
});
export type AddReceiver = z.input<typeof addReceiverSchema>;
export const changeReceiverSchema = z.strictObject({ id: z.uuid(), state: z.enum(['enabled', 'disabled']) });
export const addedReceiverSchema = z.strictObject({
  id: z.uuid(),
  clientId: text(100),
  /** Shown this once. */
  clientSecret: text(200),
  tokenUrl: text(2000),
  configurationUrl: text(2000),
});
export type AddedReceiver = z.infer<typeof addedReceiverSchema>;

export const streamRowSchema = z.strictObject({
  id: z.uuid(),
  method: z.enum(['push', 'poll']),
  /** Where it is pushed to; null: it is polled. */
  endpoint: text(2000).nullable(),
  events: z.array(text(60)).max(50),
  description: text(500).nullable(),
  status: z.enum(STATUSES),
  statusReason: text(500).nullable(),
  /** failing: the last try was not taken. */
  health: z.enum(['unknown', 'ok', 'failing']),
  failingSince: text(40).nullable(),
  nextTryAt: text(40).nullable(),
  lastAnswer: text(1000).nullable(),
  lastAnswerAt: text(40).nullable(),
  lastDeliveredAt: text(40).nullable(),
  verifiedAt: text(40).nullable(),
  activeAt: text(40),
  waiting: z.number().int(),
  delivered: z.number().int(),
  refused: z.number().int(),
  dead: z.number().int(),
  createdAt: text(40),
});
export type StreamRow = z.infer<typeof streamRowSchema>;
export const receiverRowSchema = z.strictObject({
  id: z.uuid(),
  name: text(100),
  audience: text(500),
  scopes: z.array(z.enum(SCOPES)).max(2),
  ownNetwork: z.boolean(),
  state: z.enum(['enabled', 'disabled']),
  createdAt: text(40),
  createdBy: text(200),
  lastSeenAt: text(40).nullable(),
  streams: z.array(streamRowSchema).max(200),
});
export type ReceiverRow = z.infer<typeof receiverRowSchema>;

// ── whom Braid receives from ──

/** What follows from what a transmitter says. `note`: it is stored, policies see it, live sessions are asked again. */
export const actsSchema = z.strictObject({
  sessions: z.enum(['end', 'note']).default('end'),
  account: z.enum(['pause', 'revoke', 'note']).default('pause'),
  compromise: z.enum(['pause', 'revoke', 'end', 'note']).default('pause'),
  /** Of a level HIGH. */
  risk: z.enum(['note', 'end', 'pause']).default('note'),
  /** Of a device that is not compliant. */
  device: z.enum(['note', 'end', 'pause']).default('note'),
  /** Of changed claims of a token. */
  claims: z.enum(['note', 'end', 'pause']).default('note'),
  /** Starts a playbook for what it says, with the finding that raises. */
  playbook: z.boolean().default(false),
});
export type Acts = z.output<typeof actsSchema>;
export type Act = 'note' | 'end' | 'pause' | 'revoke';

export const sourceConfigSchema = z.strictObject({
  tokenUrl: z.union([web, z.literal('')]).default(''),
  ownNetwork: z.boolean().default(false),
  ca: pem,
  acts: actsSchema.default(() => actsSchema.parse({})),
  pollSecs: z.number().int().min(1).max(3600).default(5),
});
export type SourceConfig = z.output<typeof sourceConfigSchema>;
export const addSourceSchema = sourceConfigSchema.extend({
  name,
  issuer: web,
  method: z.enum(['push', 'poll']),
  clientId: z.string().trim().max(500).default(''),
  clientSecret: z.string().max(2000).default(''),
  /** An access token that was given out by hand, instead of a client. */
  token: z.string().trim().max(8000).default(''),
  namespace: z.string().trim().min(1).max(200).default('default'),
});
export type AddSource = z.input<typeof addSourceSchema>;
export const changeSourceSchema = z.strictObject({
  id: z.uuid(),
  acts: actsSchema.optional(),
  namespace: z.string().trim().min(1).max(200).optional(),
  state: z.enum(STATUSES).optional(),
});
export type ChangeSource = z.input<typeof changeSourceSchema>;

export const sourceRowSchema = z.strictObject({
  id: z.uuid(),
  name: text(100),
  issuer: text(2000),
  audience: text(2000).nullable(),
  method: z.enum(['push', 'poll']),
  namespace: text(200),
  acts: actsSchema,
  state: z.enum(STATUSES),
  stateReason: text(1000).nullable(),
  health: z.enum(['unknown', 'ok', 'failing']),
  failingSince: text(40).nullable(),
  lastError: text(1000).nullable(),
  lastPolledAt: text(40).nullable(),
  lastReceivedAt: text(40).nullable(),
  verifyAskedAt: text(40).nullable(),
  verifiedAt: text(40).nullable(),
  received: z.number().int(),
  acted: z.number().int(),
  refused: z.number().int(),
  createdAt: text(40),
  createdBy: text(200),
});
export type SourceRow = z.infer<typeof sourceRowSchema>;

// ── what came in, and what went out ──

export const IN_STATES = [
  'received',
  'acted',
  'noted',
  'unmatched',
  'ambiguous',
  'ignored',
  'refused',
  'failed',
] as const;
export type InState = (typeof IN_STATES)[number];
export const listReceivedSchema = z.strictObject({
  /** One of them. */
  id: z.uuid().optional(),
  sourceId: z.uuid().optional(),
  state: z.enum(IN_STATES).optional(),
  cursor: z.uuid('is not a cursor of this list').optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const receivedRowSchema = z.strictObject({
  id: z.uuid(),
  sourceId: z.uuid(),
  sourceName: text(100),
  event: text(300).nullable(),
  subject: text(600).nullable(),
  txn: text(500).nullable(),
  jti: text(500).nullable(),
  state: z.enum(IN_STATES),
  /** What it did, or why nothing. */
  outcome: text(2000),
  err: text(60).nullable(),
  reason: text(1000).nullable(),
  identities: z.array(z.strictObject({ id: z.uuid(), name: text(512) })).max(50),
  revocationIds: z.array(z.uuid()).max(200),
  receivedAt: text(40),
  doneAt: text(40).nullable(),
});
export type ReceivedRow = z.infer<typeof receivedRowSchema>;
/** What a link may ask for; anything else asks nothing. */
export const receivedFilterSchema = z.object({
  id: z.uuid().optional().catch(undefined),
  sourceId: z.uuid().optional().catch(undefined),
  state: z.enum(IN_STATES).optional().catch(undefined),
});

export const OUT_STATES = ['waiting', 'delivered', 'refused', 'dead'] as const;
export const listSentSchema = z.strictObject({
  streamId: z.uuid().optional(),
  state: z.enum(OUT_STATES).optional(),
  txn: z.string().max(200).optional(),
  cursor: z.uuid('is not a cursor of this list').optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const sentRowSchema = z.strictObject({
  id: z.uuid(),
  streamId: z.uuid(),
  receiverName: text(100),
  event: text(300),
  subject: text(600),
  txn: text(500),
  state: z.enum(OUT_STATES),
  attempts: z.number().int(),
  error: text(1000).nullable(),
  createdAt: text(40),
  deliveredAt: text(40).nullable(),
});
export type SentRow = z.infer<typeof sentRowSchema>;

export const doneSchema = z.strictObject({ ok: z.literal(true) });

interface Answered<T> {
  data?: T;
  error?: { code: string; message: string };
}
/** The server actions the page is given. */
export interface SignalActions {
  addReceiver: (input: AddReceiver) => Promise<Answered<AddedReceiver>>;
  changeReceiver: (input: z.input<typeof changeReceiverSchema>) => Promise<Answered<void>>;
  removeReceiver: (input: { id: string }) => Promise<Answered<void>>;
  setStatus: (input: StatusInput) => Promise<Answered<void>>;
  verifyStream: (input: { id: string }) => Promise<Answered<void>>;
  addSource: (input: AddSource) => Promise<Answered<{ id: string }>>;
  changeSource: (input: ChangeSource) => Promise<Answered<void>>;
  removeSource: (input: { id: string }) => Promise<Answered<void>>;
  verifySource: (input: { id: string }) => Promise<Answered<void>>;
  rotateKey: (input: z.input<typeof rotateSchema>) => Promise<Answered<{ id: string }>>;
}
