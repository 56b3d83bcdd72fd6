import { z } from 'zod';
import { VERDICTS } from '@/lib/decisions/model';

// What the decision point answers, as it is published. Open where AuthZEN leaves it open: what is added later breaks nobody.

const verdict = z.enum(VERDICTS);
const text = (most: number) => z.string().max(most);
const time = text(40).meta({ format: 'date-time' });
const minor = z
  .string()
  .regex(/^-?\d{1,20}$/)
  .describe('Minor units, as decimal text');

/** One exposure as the decision saw it. */
export const answeredExposureSchema = z.looseObject({
  set: text(100),
  meter: text(100),
  scope: text(200),
  key: text(1024),
  unit: text(16).optional(),
  scale: z.number().int().min(0).max(9),
  limit: minor.optional(),
  settled: minor,
  held: minor,
  after: minor.describe('settled + held once this decision is made; unchanged when it is no allow'),
});

const obligationSchema = z.looseObject({
  id: text(200).describe('The rule that asks for it'),
  type: text(64).describe('A caller that does not know it treats the answer as a denial (AuthZEN obligations)'),
  properties: z.record(z.string().max(200), z.unknown()),
});

export const answeredBraidSchema = z.looseObject({
  decision_id: z.uuid(),
  verdict,
  reason: text(64).optional().describe('Where `context.reason` says why an approval did not hold'),
  alone: verdict.optional().describe('What a control that sees one session only would have said'),
  rule_id: text(100).optional(),
  policy_set: text(100).nullable().optional(),
  hold_id: z.uuid().optional().describe('To settle or to release'),
  expires_at: time.optional().describe('When the hold ends by itself'),
  usable_secs: z.number().int().optional().describe('How long this allow may be acted on without asking again'),
  dry_run: z.literal(true).optional(),
  warnings: z
    .array(z.looseObject({ rule_id: text(100), percent: z.number() }))
    .max(1000)
    .optional(),
  exposures: z.array(answeredExposureSchema).max(50),
});

export const answeredContextSchema = z.looseObject({
  reason: text(64).optional().describe('Stable, machine-readable'),
  message: text(1000).optional(),
  evaluation_id: z.uuid().optional().describe('The decision’s id, as access requests name it'),
  evaluated_at: time.optional(),
  acr_values: z.array(text(200)).max(16).optional().describe('Step-up: any of these satisfies it'),
  max_age: z.number().int().optional().describe('Step-up: seconds that the assurance may be old'),
  obligations: z.array(obligationSchema).max(1000).optional(),
  next_action: z.enum(['request', 'none']).optional(),
  approval: z
    .looseObject({ id: text(200), approved_until: time })
    .optional()
    .describe('The approval that was used'),
  access_request: z
    .looseObject({
      template: text(300),
      expires_at: time,
      display: z.looseObject({ title: text(200), description: text(1000) }),
    })
    .optional()
    .describe('Approval can be asked for, until then'),
  error: z
    .looseObject({ status: z.number().int(), message: text(1000) })
    .optional()
    .describe('An item of a batch that could not be read'),
  braid: answeredBraidSchema.optional().describe('Absent only where an item could not be read'),
});

export const answerSchema = z
  .looseObject({ decision: z.boolean(), context: answeredContextSchema })
  .meta({ id: 'Answer' });
