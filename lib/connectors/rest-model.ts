import { z } from 'zod';
import { FAMILIES, type Family } from '@/lib/connectors/family-model';
import { GAP_IDS } from '@/lib/connectors/gap-model';
import { CONNECTOR_HEALTH, CONNECTOR_STATES } from '@/lib/connectors/model';
import { pullSchema } from '@/lib/connectors/pull-model';

// What leaves by REST, checked strictly.

const id = z.uuid();
const text = (max: number) => z.string().max(max);
const means = z.enum(['native', 'derived', 'none']);
const capabilitiesSchema = z.strictObject({
  discover: means,
  list: means,
  terminateOne: means,
  revokeAll: means,
  pause: means,
  restore: means,
  probe: means,
  derived: means.optional(),
  predict: means.optional(),
  canary: means.optional(),
  changes: means.optional(),
  events: means.optional(),
  consents: means.optional(),
  rotate: means.optional(),
  gaps: z.partialRecord(z.enum(GAP_IDS), text(500)).optional(),
  granularity: z.enum(['session', 'credential', 'identity', 'role']),
  async: z.boolean(),
  propagationMs: z.strictObject({ p50: z.number(), max: z.number() }),
  blastRadius: text(500),
  blastRadiusOne: text(500).optional(),
  reversible: z.boolean(),
  needsHeldToken: z.boolean(),
  observability: text(500),
});
const row = {
  id,
  name: text(100),
  vendor: text(40),
  title: text(100),
  target: text(600),
  issuer: text(100),
  state: z.enum(CONNECTOR_STATES),
  health: z.enum(CONNECTOR_HEALTH),
  healthDetail: text(1000).nullable(),
  lastSyncAt: text(40).nullable(),
  lastEventAt: text(40).nullable(),
  createdAt: text(40),
  liveSessions: z.number().int(),
  sessionCount: z.number().int(),
  identityCount: z.number().int(),
  protectedCount: z.number().int(),
  capabilities: capabilitiesSchema,
  pulls: z.array(pullSchema).max(2),
};
export const connectorRowSchema = z.strictObject(row);
export const doneSchema = z.strictObject({ ok: z.literal(true) });
export const testedSchema = z.strictObject({
  ok: z.boolean(),
  checks: z
    .array(
      z.strictObject({
        check: text(200),
        ok: z.boolean(),
        untried: z.literal(true).optional(),
        detail: text(2000),
        fix: text(100_000).optional(),
        about: text(300).optional(),
      }),
    )
    .max(100),
});

const formSchema = z
  .array(
    z.strictObject({
      name: text(40),
      label: text(100),
      secret: z.boolean(),
      multiline: z.boolean().optional(),
      placeholder: text(200).optional(),
      help: text(500).optional(),
      required: z.boolean(),
      options: z
        .array(z.strictObject({ value: text(40), label: text(100) }))
        .max(20)
        .optional(),
    }),
  )
  .max(40);
export const connectorDetailSchema = z.strictObject({
  ...row,
  form: formSchema,
  values: z.record(text(40), text(32_000)),
  pollMs: z.number().int(),
  linkByName: z.boolean(),
});
export const vendorListSchema = z.strictObject({
  items: z
    .array(
      z.strictObject({
        vendor: text(40),
        title: text(100),
        family: z.enum(Object.keys(FAMILIES) as [Family, ...Family[]]),
        summary: text(500),
        capabilities: capabilitiesSchema,
        form: formSchema,
      }),
    )
    .max(100),
  nextCursor: z.null(),
});
