import { z } from 'zod';
import {
  type DecisionDetail,
  type DecisionRow,
  decisionQuerySchema,
  REASONS,
  traceSchema,
  VERDICTS,
} from '@/lib/decisions/model';
import type { Path } from '@/lib/decisions/path-model';
import { listQuery } from '@/lib/http/model';

// What `/api/v1/decisions…` takes and answers. The shapes are those of model.ts; here with a maximum on everything.

const id = z.string().max(64);
const time = z.string().max(40);
const name = z.string().max(1024);
const minor = z.string().regex(/^-?\d{1,20}$/);
const verdict = z.enum(VERDICTS);

/** The query as text: `verdict=deny,step_up&onlySplit=true`. */
export const decisionListQuerySchema = z.strictObject({
  ...decisionQuerySchema.shape,
  ...listQuery,
  verdict: z
    .string()
    .max(64)
    .transform((text) => text.split(','))
    .pipe(z.array(verdict).max(VERDICTS.length))
    .optional(),
  onlySplit: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
});

export const decisionRowSchema = z.strictObject({
  id,
  at: time,
  identityId: id,
  identityName: name,
  sessionId: id.nullable(),
  sessionLabel: name.nullable(),
  verdict,
  alone: verdict.nullable(),
  reason: z.enum(REASONS),
  message: z.string().max(2000).nullable(),
  ruleId: name.nullable(),
  policySet: name.nullable(),
  action: name,
  resourceType: name,
  resourceId: name,
  amount: minor.nullable(),
  unit: z.string().max(16).nullable(),
  scale: z.number().int(),
  exposureId: id.nullable(),
  holdId: id.nullable(),
  dryRun: z.boolean(),
  latencyUs: z.number().int(),
}) satisfies z.ZodType<DecisionRow>;

const holdSchema = z.strictObject({
  id,
  decisionId: id,
  kind: z.enum(['hold', 'lease', 'approval']),
  state: z.enum(['held', 'settled', 'released', 'expired']),
  createdAt: time,
  expiresAt: time,
  closedAt: time.nullable(),
  lines: z
    .array(z.strictObject({ exposureId: id, amount: minor, settled: minor, attribute: name.nullable() }))
    .max(200),
});

export const decisionDetailSchema = z.strictObject({
  decision: decisionRowSchema.extend({
    requestId: z.string().max(200).nullable(),
    writer: id,
    seq: z.string().max(20),
    hash: z.string().max(128),
  }),
  trace: traceSchema,
  hold: holdSchema.nullable(),
  keyNames: z.record(id, z.string().max(512)),
  neighbours: z.strictObject({ previous: decisionRowSchema.nullable(), next: decisionRowSchema.nullable() }),
}) satisfies z.ZodType<DecisionDetail>;

export const pathParamsSchema = z.strictObject({ id: z.uuid() });
/** Which exposure's path, where a decision saw several: by id, or by what it measures. Default: the deciding rule's. */
export const decisionPathQuerySchema = z.strictObject({
  exposureId: z.uuid().optional(),
  meter: z.string().min(1).max(100).optional(),
  scope: z.string().min(1).max(200).optional(),
  key: z.string().min(1).max(512).optional(),
  /** Only steps until this instant: `nextCursor` of the page after it. */
  before: z.iso.datetime({ offset: true }).optional(),
});
/** The path of an exposure as it stands; default: one window until now. */
export const exposurePathQuerySchema = z.strictObject({
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  before: z.iso.datetime({ offset: true }).optional(),
});

export const pathSchema = z.strictObject({
  exposure: z.strictObject({
    id,
    set: name,
    meter: name,
    scope: name,
    key: name,
    keyName: z.string().max(512).nullable(),
    kind: z.string().max(32),
    resourceType: z.string().max(200).nullable(),
    unit: z.string().max(16).nullable(),
    scale: z.number().int(),
    limit: minor.nullable(),
    windowSecs: z.number().int().nullable(),
    calendar: z.string().max(100).nullable(),
    ruleId: name.nullable(),
  }),
  decisionId: id.nullable(),
  from: time,
  to: time,
  strands: z
    .array(
      z.strictObject({
        sessionId: id.nullable(),
        identityId: id,
        identityName: name,
        label: name,
        share: minor,
        ended: z.boolean(),
      }),
    )
    .max(2000),
  steps: z
    .array(
      z.strictObject({
        at: time,
        revision: z.string().max(20).nullable(),
        kind: z.enum(['reserve', 'settle', 'release', 'expire', 'overrun', 'leave', 'refused']),
        decisionId: id.nullable(),
        sessionId: id.nullable(),
        identityId: id.nullable(),
        action: name.nullable(),
        amount: minor,
        after: minor,
        own: minor,
        verdict: verdict.nullable(),
        alone: verdict.nullable(),
      }),
    )
    .max(2000),
  crossing: z.number().int().nullable(),
  truncated: z.boolean(),
  nextCursor: time.nullable(),
}) satisfies z.ZodType<Path>;
