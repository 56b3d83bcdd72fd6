import { z } from 'zod';
import { listQuery } from '@/lib/http/model';

export const ACTOR_KINDS = ['operator', 'token', 'cli', 'system', 'policy'] as const;

/** One row of the audit log: who did what to what, when, why. Never a secret. */
export const auditRowSchema = z.strictObject({
  id: z.uuid(),
  at: z.string().max(40),
  actorKind: z.enum(ACTOR_KINDS),
  actorId: z.string().max(200).nullable(),
  actorName: z.string().max(300),
  action: z.string().max(100),
  targetType: z.string().max(100).nullable(),
  targetId: z.string().max(300).nullable(),
  targetName: z.string().max(1000).nullable(),
  reason: z.string().max(4000).nullable(),
  detail: z.record(z.string().max(200), z.unknown()),
  requestId: z.string().max(64).nullable(),
  /** The grant under which its operator acted with a role for a time; null: with their own. */
  grantId: z.uuid().nullable(),
  /** Its place in the audit's hash chain; null until it is sealed, seconds after it was written. */
  sealedAs: z.string().max(20).nullable(),
});
export type AuditRow = z.infer<typeof auditRowSchema>;

/** `q` is looked for in actor, target and reason; `action` may be a noun (`operator`) or a deed (`operator.disable`). */
export const auditQuerySchema = z.strictObject({
  ...listQuery,
  cursor: z.uuid('is not a cursor of this list').optional(),
  action: z
    .string()
    .max(100)
    .regex(/^[a-z_]+(\.[a-z_]+)?$/, 'is not an action')
    .optional(),
  actor: z.string().max(200).optional(),
  actorKind: z.enum(ACTOR_KINDS).optional(),
  target: z.string().max(300).optional(),
  /** Only what was done under this grant. */
  grant: z.uuid('is not a grant').optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
});
export type AuditQuery = z.infer<typeof auditQuerySchema>;
