import { z } from 'zod';
import { listQuery } from '@/lib/http/model';

const text = (most: number) => z.string().max(most);

/** One app, allowed by one grantor at one system: what it may, and what it has used of it. */
export const consentRowSchema = z.strictObject({
  id: z.uuid(),
  source: text(40),
  app: text(512),
  /** The app as an identity, where Braid knows it by that name. */
  appIdentity: z.strictObject({ id: z.uuid(), name: text(512) }).nullable(),
  grantor: text(300),
  /** Whose event told of it. */
  identityId: z.uuid(),
  scopes: z.array(text(200)).max(200),
  /** Scopes of what was done under it since; null: its source does not tell. */
  used: z.array(text(200)).max(200).nullable(),
  /** Granted, and not used as far as its source tells. */
  unused: z.array(text(200)).max(200),
  /** Used, and not granted. */
  beyond: z.array(text(200)).max(200),
  lastUsedAt: text(40).nullable(),
  liveSessions: z.number().int(),
  at: text(40),
  until: text(40).nullable(),
  state: z.enum(['given', 'expired', 'revoked']),
  revokedAt: text(40).nullable(),
  revokedBy: text(300).nullable(),
  revokedHow: text(1000).nullable(),
  /** Connected system that can take it back; null: none can, and it has to be done there. */
  revocableBy: z.strictObject({ connectorId: z.uuid(), name: text(100) }).nullable(),
});
export type ConsentRow = z.infer<typeof consentRowSchema>;

export const consentListQuerySchema = z.strictObject({
  q: listQuery.q,
  limit: listQuery.limit,
  cursor: text(100).optional(),
  state: z.enum(['given', 'expired', 'revoked']).optional(),
  source: text(40).optional(),
  identityId: z.uuid().optional(),
});
export type ConsentListQuery = z.input<typeof consentListQuerySchema>;

export const revokeConsentSchema = z.strictObject({
  id: z.uuid(),
  reason: z.string().trim().min(3, 'needs at least 3 characters').max(500),
});
export type RevokeConsent = z.input<typeof revokeConsentSchema>;

export const consentRevokedSchema = z.strictObject({
  /** What came of it at the system, in words. */
  how: text(1000),
  /** true: the system took the consent back; false: it has to be done there. */
  taken: z.boolean(),
  /** Revocations of the sessions that rested on it. */
  revocationIds: z.array(z.uuid()).max(20),
});
export type ConsentRevoked = z.infer<typeof consentRevokedSchema>;
