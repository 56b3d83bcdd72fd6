import { z } from 'zod';

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
