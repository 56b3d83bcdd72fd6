import { z } from 'zod';
import { REASONS, VERDICTS } from '@/lib/decisions/model';

// What may be asked to have been otherwise, and what is answered. Amounts are minor units as decimal strings, but a limit,
// which is written as in a policy: in major units.

const time = z.iso.datetime({ offset: true });
const name = z.string().min(1).max(100);

/** Nothing in it: the check that a replay gives what is on record. */
export const changeSchema = z.strictObject({
  /** Sessions that end at an instant; without one: that never were. */
  ended: z
    .array(z.strictObject({ sessionId: z.uuid(), at: time.optional() }))
    .max(50)
    .optional(),
  /** Limits of rules, in major units: "8000.00". */
  limits: z
    .array(
      z.strictObject({
        set: name,
        rule: name,
        max: z.string().regex(/^\d{1,15}(\.\d{1,9})?$/, 'is a limit such as 8000 or 8000.50'),
      }),
    )
    .max(20)
    .optional(),
  /** What a meter is `per`: a scope's word or a CEL expression. */
  scopes: z
    .array(z.strictObject({ set: name, meter: name, per: z.string().trim().min(1).max(500) }))
    .max(5)
    .optional(),
  /** Another stored version of a set, in force throughout. */
  versions: z
    .array(z.strictObject({ set: name, version: z.number().int().min(1).max(1_000_000) }))
    .max(5)
    .optional(),
});
export type ChangeInput = z.infer<typeof changeSchema>;

export const replayInputSchema = z.strictObject({
  from: time,
  to: time,
  /** Only identities that have to do with this exposure; its two courses are answered too. */
  exposureId: z.uuid().optional(),
  identityIds: z.array(z.uuid()).max(50).optional(),
  /** Decisions at most, the newest. */
  limit: z.number().int().min(1).max(20_000).default(5_000),
  change: changeSchema,
});
export type ReplayInput = z.input<typeof replayInputSchema>;

export const counterfactualBodySchema = z.strictObject({ exposureId: z.uuid().optional(), change: changeSchema });

const id = z.string().max(64);
const at = z.string().max(40);
const minor = z.string().regex(/^-?\d{1,20}$/);
const text = z.string().max(1024);
const verdict = z.enum(VERDICTS);

const valueSchema = z.strictObject({ unit: text, scale: z.number().int(), was: minor, would: minor });
export type Value = z.infer<typeof valueSchema>;

export const flipSchema = z.strictObject({
  decisionId: id,
  at,
  identityId: id,
  identityName: text,
  sessionId: id.nullable(),
  sessionLabel: text,
  action: text,
  resourceId: text,
  amount: minor.nullable(),
  unit: text.nullable(),
  scale: z.number().int(),
  was: verdict,
  would: verdict,
  reason: z.enum(REASONS),
  policySet: text.nullable(),
  ruleId: text.nullable(),
});
export type Flip = z.infer<typeof flipSchema>;

/** Where counting begins: with the period asked for; with the change, before which nothing differs; with the newest replayed. */
export const SINCE = ['period', 'change', 'newest'] as const;

export const counterfactualSchema = z.strictObject({
  /** The first decision that was replayed. All figures below count from here on. */
  from: at,
  to: at,
  since: z.enum(SINCE),
  decisions: z.number().int(),
  /** Of them came out as on record when nothing was changed. The rest can't be told apart from the change. */
  reproduced: z.number().int(),
  truncated: z.boolean(),
  notes: z.array(text).max(20),
  flipped: z.number().int(),
  /** The first 200. */
  flips: z.array(flipSchema).max(200),
  /** Value allowed, per unit. */
  value: z.array(valueSchema).max(50),
  sessions: z
    .array(
      z.strictObject({
        sessionId: id.nullable(),
        label: text,
        identityName: text,
        allowedWas: z.number().int(),
        allowedWould: z.number().int(),
        value: z.array(valueSchema).max(50),
      }),
    )
    .max(100),
  /** Requests that each rule refused. */
  rules: z.array(z.strictObject({ set: text, ruleId: text, was: z.number().int(), would: z.number().int() })).max(500),
  exposure: z
    .strictObject({
      id,
      scale: z.number().int(),
      unit: text.nullable(),
      limitWas: minor.nullable(),
      limitWould: minor.nullable(),
      /** What stood after each decision that looked at it. */
      points: z.array(z.strictObject({ at, decisionId: id, was: minor, would: minor })).max(2000),
    })
    .nullable(),
});
export type Counterfactual = z.infer<typeof counterfactualSchema>;
