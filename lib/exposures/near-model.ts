import { z } from 'zod';
import { listQuery } from '@/lib/http/model';

// Exposures that stand at a warning level of their limit: the list of them, and who is told.

const words = (most: number) => z.string().max(most);
const minor = z.string().regex(/^-?\d{1,30}$/);

export const nearQuerySchema = z.strictObject({
  cursor: listQuery.cursor,
  limit: listQuery.limit,
  set: words(100).optional(),
  /** Only those that stand at this level or above; percent of the limit. */
  level: z.coerce.number().int().min(1).max(100).optional(),
});
export type NearQuery = z.input<typeof nearQuerySchema>;

/** One row. Amounts are minor units as decimal strings; times ISO 8601. */
export const nearRowSchema = z.strictObject({
  id: z.uuid(),
  set: words(100),
  meter: words(100),
  kind: words(32),
  scope: words(500),
  key: words(512),
  keyName: words(512).nullable(),
  unit: words(16).nullable(),
  scale: z.number().int(),
  windowSecs: z.number().int().nullable(),
  calendar: words(100).nullable(),
  settled: minor,
  held: minor,
  limit: minor,
  available: minor,
  ruleId: words(100).nullable(),
  /** Highest warning level it stands at; percent of the limit. */
  level: z.number().int(),
  /** When it was first seen to stand there; null: just now. */
  since: words(40).nullable(),
  updatedAt: words(40),
  /** Who moved it; the first sixteen. */
  identities: z.array(z.strictObject({ id: z.uuid(), name: words(512) })).max(16),
  contributors: z
    .array(
      z.strictObject({
        sessionId: words(64).nullable(),
        identityId: words(64).nullable(),
        label: words(200),
        settled: minor,
        held: minor,
      }),
    )
    .max(50),
});
export type NearRow = z.infer<typeof nearRowSchema>;
