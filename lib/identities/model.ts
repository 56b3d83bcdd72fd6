import { z } from 'zod';
import { listQuery } from '@/lib/http/model';

export const IDENTITY_KINDS = [
  'service_account',
  'api_key',
  'workload',
  'oauth_app',
  'ai_agent',
  'ci_pipeline',
  'human',
] as const;
export const identityKindSchema = z.enum(IDENTITY_KINDS);
export type IdentityKind = z.infer<typeof identityKindSchema>;

export const IDENTITY_STATES = ['active', 'paused', 'revoked'] as const;
export type IdentityState = (typeof IDENTITY_STATES)[number];

/** One row of the identities list and of `/api/v1/identities`. Times are ISO 8601. */
export const identityRowSchema = z.strictObject({
  id: z.uuid(),
  name: z.string().max(512),
  externalId: z.string().max(2048),
  kind: identityKindSchema,
  state: z.enum(IDENTITY_STATES),
  environment: z.string().max(100).nullable(),
  owner: z.string().max(200).nullable(),
  managed: z.boolean(),
  protected: z.boolean(),
  sources: z.array(z.string().max(40)).max(40),
  liveSessions: z.number().int(),
  concurrencyLimit: z.number().int().nullable(),
  peakSessions: z.number().int(),
  sessionCount: z.number().int(),
  lastSeenAt: z.string().nullable(),
  /** 0–6, one per test of coverage; null until a snapshot has judged it. */
  visibility: z.number().int().min(0).max(6).nullable(),
});
export type IdentityRow = z.infer<typeof identityRowSchema>;

const id = z.uuid();
const text = (most: number) => z.string().max(most);

/** What one system, log or platform says about one identity: the alias it goes by there, and what is known of it. */
export interface Discovered {
  issuer: string;
  type: string;
  externalId: string;
  name: string;
  kind: IdentityKind;
  /** Why this name means this identity; shown beside the alias. */
  reason: string;
  /** Vendor word. */
  source?: string;
  connectorId?: string;
  ownerSource?: 'connector' | 'import';
  /** Braid's own and superuser accounts: never revoked by Braid. */
  protected?: boolean;
  /** Can it log in at that system at the moment? */
  enabled?: boolean;
  /** Known by what it does and not from a list: it is not gone because nobody tells of it. */
  seenOnly?: true;
  owner?: string;
  purpose?: string;
  environment?: string;
  concurrencyLimit?: number;
  attributes?: Record<string, string | number | boolean | null>;
  /** Of a connected system: all it has there. `enabled: false`: listed, and opens nothing by itself at the moment. */
  credentials?: { externalId: string; kind: string; expiresAt?: string; enabled?: boolean }[];
  /** Other names by which callers of a namespace mean it, whatever type they give. */
  alsoKnownAs?: { issuer: string; externalId: string; reason: string }[];
}

export const IDENTITY_SORTS = ['live', 'lastSeen', 'name'] as const;
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')]);

export const identityListQuerySchema = z.strictObject({
  ...listQuery,
  kind: identityKindSchema.optional(),
  state: z.enum(IDENTITY_STATES).optional(),
  environment: text(100).optional(),
  /** `none`: those nobody owns. */
  owner: text(200).optional(),
  source: text(40).optional(),
  live: flag.optional(),
  overLimit: flag.optional(),
  /** What it was for is over. */
  purposeOver: flag.optional(),
  managed: flag.optional(),
  /** Those Braid never ends. */
  protected: flag.optional(),
  /** Those that this connected system knows by name. */
  connectorId: z.uuid().optional(),
  workflowId: z.uuid().optional(),
  sort: z.enum(IDENTITY_SORTS).default('live'),
});
export type IdentityListQuery = z.input<typeof identityListQuerySchema>;

export const aliasSchema = z.strictObject({
  issuer: text(200),
  /** The vendor's word; `*` = any. */
  type: text(100),
  externalId: text(2048),
  reason: text(1000),
  createdAt: text(40),
});
export type Alias = z.infer<typeof aliasSchema>;

export const credentialSchema = z.strictObject({
  id,
  kind: text(40),
  externalId: text(512),
  source: text(40),
  /** true: its system lists it; false: only seen in use. */
  listed: z.boolean(),
  state: text(20),
  firstSeenAt: text(40),
  lastUsedAt: text(40).nullable(),
  expiresAt: text(40).nullable(),
});
export type CredentialRow = z.infer<typeof credentialSchema>;

export const identityNoteSchema = z.strictObject({
  id,
  body: text(10_000),
  authorName: text(200),
  createdAt: text(40),
});
export type IdentityNote = z.infer<typeof identityNoteSchema>;

/** One identity with everything its page says before sessions, decisions and findings. */
export const identityDetailSchema = identityRowSchema.extend({
  stateReason: text(2000).nullable(),
  stateChangedAt: text(40).nullable(),
  stateChangedBy: text(300).nullable(),
  purpose: text(2000).nullable(),
  /** Until when it is needed; null: without end. */
  purposeUntil: text(40).nullable(),
  ownerSource: text(20).nullable(),
  ownerAttestedAt: text(40).nullable(),
  firstSeenAt: text(40),
  peakAt: text(40).nullable(),
  attributes: z.record(z.string(), z.unknown()),
  aliases: z.array(aliasSchema).max(200),
  credentials: z.array(credentialSchema).max(200),
  credentialsTotal: z.number().int(),
  workflows: z.array(z.strictObject({ id, name: text(200), members: z.number().int() })).max(100),
  notes: z.array(identityNoteSchema).max(200),
  /** Connectors that know it by name. */
  systems: z.array(z.strictObject({ connectorId: id, name: text(200), vendor: text(40) })).max(100),
  /** The tests of coverage it failed at the last snapshot, each with why. */
  missing: z.array(z.strictObject({ test: text(40), why: text(1000) })).max(6),
});
export type IdentityDetail = z.infer<typeof identityDetailSchema>;

const annotation = (most: number) => z.string().trim().max(most).nullable();

/** Absent: stays as it is. null or empty: cleared. */
export const annotateInputSchema = z.strictObject({
  id,
  owner: annotation(200).optional(),
  purpose: annotation(2000).optional(),
  purposeUntil: z.iso.datetime({ offset: true }).nullable().optional(),
  environment: annotation(100).optional(),
  concurrencyLimit: z.number().int().min(1).max(100_000).nullable().optional(),
  /** The owner has confirmed that they own it: dated today. */
  ownerAttested: z.boolean().optional(),
});
export type AnnotateInput = z.input<typeof annotateInputSchema>;
export const annotateBodySchema = annotateInputSchema.omit({ id: true });

const aliasKey = {
  id,
  issuer: z.string().trim().min(1, 'is missing').max(200),
  type: z.string().trim().min(1, 'is missing').max(100).default('*'),
  externalId: z.string().trim().min(1, 'is missing').max(2048),
};
export const linkAliasSchema = z.strictObject({
  ...aliasKey,
  reason: z.string().trim().min(3, 'needs at least 3 characters').max(1000),
});
export const unlinkAliasSchema = z.strictObject(aliasKey);
export const identityNoteInputSchema = z.strictObject({
  id,
  body: z.string().trim().min(1, 'is empty').max(10_000),
});
export const identityIdSchema = z.strictObject({ id });
