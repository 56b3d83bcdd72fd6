import { z } from 'zod';
import type { ExposureView } from '@/lib/exposures/model';
import { findingRowSchema } from '@/lib/findings/model';
import { unprovenSchema } from '@/lib/revocations/unproven/model';
import { triageSchema } from '@/lib/triage/model';

const id = z.string().max(64);
const text = (max: number) => z.string().max(max);
const minor = z.string().regex(/^-?\d{1,20}$/);

export const exposureSchema = z.strictObject({
  id,
  set: text(200),
  meter: text(200),
  kind: text(40),
  scope: text(200),
  key: text(1024),
  keyName: z.string().max(512).nullable(),
  unit: text(16).nullable(),
  scale: z.number().int(),
  windowSecs: z.number().int().nullable(),
  calendar: text(80).nullable(),
  settled: minor,
  held: minor,
  limit: minor.nullable(),
  available: minor.nullable(),
  ruleId: text(200).nullable(),
  warned: z.number().int().nullable(),
  revision: text(20),
  updatedAt: text(40),
  contributors: z
    .array(
      z.strictObject({
        sessionId: id.nullable(),
        identityId: id.nullable(),
        label: text(512),
        settled: minor,
        held: minor,
      }),
    )
    .max(1000),
}) satisfies z.ZodType<ExposureView>;

const newestSchema = z.strictObject({
  id,
  label: text(200),
  region: text(64).nullable(),
  network: text(64).nullable(),
  startedAt: text(40),
});
export type Newest = z.infer<typeof newestSchema>;

/** Where an identity stands now: what it has used up, what was decided on it, what was found, and how its access would end. */
export const standingSchema = z.strictObject({
  /** Nearest to their limit first. */
  exposures: z.array(exposureSchema).max(200),
  /** Of the last hour. `split`: a per-session control would have allowed them, Braid did not; `spared`: what they were worth. */
  decisions: z.strictObject({
    total: z.number().int(),
    split: z.number().int(),
    spared: z.array(z.strictObject({ unit: text(16).nullable(), scale: z.number().int(), amount: minor })).max(50),
  }),
  /** The live session that opened last. */
  newest: newestSchema.nullable(),
  /** Open and acknowledged, at most 50. */
  findings: z.array(findingRowSchema).max(50),
  moreFindings: z.boolean(),
  /** What a revocation would do, system by system; milliseconds as measured, else as declared. */
  systems: z
    .array(
      z.strictObject({
        connectorId: id.nullable(),
        name: text(200),
        vendor: text(40),
        can: text(300),
        alsoHits: text(500),
        propagationMs: z.number(),
        measured: z.boolean(),
        reversible: z.boolean(),
        irreversible: text(500).optional(),
        slowMs: z.number().optional(),
        ends: z.enum(['session', 'credential', 'identity', 'role']).optional(),
        down: z.strictObject({ why: text(300), since: text(40).nullable() }).optional(),
        drillFailed: z.strictObject({ at: text(40), revocationId: id.nullable() }).optional(),
      }),
    )
    .max(100),
  cannotEnd: z.array(z.strictObject({ what: text(300), why: text(500), until: text(40).nullable() })).max(200),
  /** Which live session to end first; null: none lives, or it is protected. */
  triage: triageSchema.nullable(),
  /** Access that was ended and is not proven to have ended; null: there is none. */
  unproven: unprovenSchema.nullable(),
});
export type Standing = z.infer<typeof standingSchema>;
