import { z } from 'zod';
import { VERDICTS } from '@/lib/decisions/model';
import { type Backtest, backtestResultSchema, type ExemptionRow, type ShadowResults } from '@/lib/policies/life-model';
import type { PolicySetRow, Problem } from '@/lib/policies/model';
import type { TestReport } from '@/lib/policies/test-model';

const time = z.string().max(40);

/** One version of a policy set, as `/api/v1/policies` answers it. */
export const policySetRowSchema = z.strictObject({
  id: z.string().max(64),
  name: z.string().max(64),
  version: z.number().int(),
  hash: z.string().max(64),
  state: z.enum(['active', 'shadow', 'retired']),
  mode: z.enum(['enforce', 'shadow']),
  createdAt: time,
  createdBy: z.string().max(512),
  reason: z.string().max(2000).nullable(),
  activatedAt: time.nullable(),
  activatedBy: z.string().max(512).nullable(),
  activatedFor: z.string().max(2000).nullable(),
  retiredAt: time.nullable(),
  basedOn: z.number().int().nullable(),
  rules: z.number().int(),
  meters: z.number().int(),
  tests: z.number().int(),
}) satisfies z.ZodType<PolicySetRow>;

export const policySetDetailSchema = z.strictObject({
  set: policySetRowSchema,
  source: z.string().max(500_000),
  versions: z.array(policySetRowSchema).max(10_000),
});

const file = z.strictObject({ name: z.string().max(255), text: z.string().max(500_000) });
export const filesBodySchema = z.union([
  z.strictObject({ source: z.string().min(1).max(500_000) }),
  z.strictObject({ files: z.array(file).min(1).max(100) }),
]);

export const problemRowSchema = z.strictObject({
  file: z.string().max(255).optional(),
  line: z.number().int(),
  column: z.number().int(),
  code: z.string().max(64),
  path: z.string().max(500),
  message: z.string().max(2000),
}) satisfies z.ZodType<Problem>;
/** What becomes of present counts, in words. */
export const countNotesSchema = z.array(z.string().max(2000)).max(400);
export const checkedSchema = z.strictObject({
  ok: z.boolean(),
  problems: z.array(problemRowSchema).max(200),
  notes: countNotesSchema,
});

const text = z.string().max(2000);
export const testReportSchema = z.strictObject({
  ok: z.boolean(),
  set: z.string().max(64).nullable(),
  problems: z.array(problemRowSchema).max(10_000),
  tests: z
    .array(
      z.strictObject({
        file: z.string().max(255),
        line: z.number().int(),
        name: text,
        ok: z.boolean(),
        steps: z
          .array(
            z.strictObject({
              line: z.number().int(),
              what: text,
              ok: z.boolean(),
              verdict: text.nullable(),
              reason: text.nullable(),
              rule: text.nullable(),
              differences: z.array(z.strictObject({ what: text, expected: text, came: text })).max(200),
              why: z.array(text).max(500),
            }),
          )
          .max(500),
        orders: z.number().int().nullable(),
        order: z.array(text).max(500).nullable(),
      }),
    )
    .max(10_000),
  unfired: z.array(text).max(200),
}) satisfies z.ZodType<TestReport>;

const named = z.strictObject({ id: z.string().max(64), name: z.string().max(512) });
export const exemptionRowSchema = z.strictObject({
  id: z.string().max(64),
  set: z.string().max(64),
  rule: z.string().max(64),
  identity: named.nullable(),
  workflow: named.nullable(),
  state: z.enum(['active', 'expired', 'ended']),
  until: time,
  reason: text,
  createdAt: time,
  createdBy: z.string().max(512),
  endedAt: time.nullable(),
  endedBy: z.string().max(512).nullable(),
  endReason: text.nullable(),
}) satisfies z.ZodType<ExemptionRow>;
export const exemptionsSchema = z.strictObject({ items: z.array(exemptionRowSchema).max(500) });

const tally = { fired: z.number().int(), wouldChange: z.number().int() };
export const shadowResultsSchema = z.strictObject({
  set: z.string().max(64),
  from: time,
  to: time,
  decisions: z.number().int(),
  truncated: z.boolean(),
  rules: z
    .array(
      z.strictObject({
        rule: z.string().max(100),
        verdict: z.enum(VERDICTS),
        ...tally,
        identities: z.array(named.extend(tally)).max(50),
        last: z.strictObject({ decisionId: z.string().max(64), at: time, saw: z.string().max(500) }).nullable(),
      }),
    )
    .max(400),
  version: z
    .strictObject({
      version: z.number().int(),
      judged: z.number().int(),
      stricter: z.number().int(),
      looser: z.number().int(),
    })
    .nullable(),
  deaf: z.string().max(4000).nullable(),
}) satisfies z.ZodType<ShadowResults>;

export const backtestSchema = z.strictObject({
  id: z.string().max(64),
  set: z.string().max(64),
  hash: z.string().max(64),
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  done: z.number().int(),
  total: z.number().int(),
  error: text.nullable(),
  requestedAt: time,
  requestedBy: z.string().max(512),
  finishedAt: time.nullable(),
  result: backtestResultSchema.nullable(),
}) satisfies z.ZodType<Backtest>;

export const placedSchema = z.strictObject({
  name: z.string().max(64),
  version: z.number().int(),
  replaces: z.number().int().nullable(),
  notes: countNotesSchema,
});
