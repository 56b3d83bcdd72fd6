import { z } from 'zod';
import { REASONS, VERDICTS } from '@/lib/decisions/model';
import { durationSecs, type Problem } from '@/lib/policies/model';
import { RISK_LEVELS } from '@/lib/signals/event-model';

// Fixtures of a policy set: what a `*.test.yaml` may say, and what running it came to.

const word = (most: number) => z.string().min(1).max(most);
const name = word(200);
const duration = z
  .string()
  .max(10)
  .refine((text) => durationSecs(text) !== null, 'is a duration such as 90s, 15m, 24h or 7d');
const properties = z.record(z.string().max(200), z.unknown());
/** Major units, as people write them. */
const amount = z.union([z.number().min(0).max(1e15), z.string().regex(/^\d{1,15}(\.\d{1,9})?$/)]);
export type Amount = z.infer<typeof amount>;

const identitySchema = z.strictObject({
  kind: word(32).default('service_account'),
  state: z.enum(['active', 'paused', 'revoked']).default('active'),
  managed: z.boolean().default(true),
  protected: z.boolean().default(false),
  environment: word(100).optional(),
  owner: word(512).optional(),
  purpose: word(512).optional(),
  purpose_over: z.boolean().optional(),
  concurrency_limit: z.number().int().min(1).max(100_000).optional(),
  visibility: z.number().int().min(0).max(6).optional(),
  revocation_lag_secs: z.number().int().min(0).max(2_592_000).optional(),
  risk: z.enum(RISK_LEVELS).optional(),
  credential_risks: z.record(name, z.enum(RISK_LEVELS)).optional(),
  workflows: z.array(name).max(10).default([]),
});
export type FixtureIdentity = z.infer<typeof identitySchema>;

const sessionSchema = z.union([
  name,
  z.looseObject({ id: name, region: name.optional(), tags: z.array(word(64)).max(32).optional() }),
]);

const askSchema = z.strictObject({
  as: name.optional(),
  session: sessionSchema.optional(),
  action: z.union([name, z.strictObject({ name, properties: properties.optional() })]).optional(),
  /** `account/4711`, or whole. */
  resource: z
    .union([
      z.string().regex(/^[^/]{1,200}\/.{1,1024}$/, 'is type/id, e.g. account/4711'),
      z.strictObject({ type: name, id: word(1024), properties: properties.optional() }),
    ])
    .optional(),
  subject: properties.optional(),
  context: properties.optional(),
  credential: name.optional(),
  assurance: properties.optional(),
  dry_run: z.boolean().optional(),
  /** The approval it says it carries, by the name it was asked for under. */
  approval: name.optional(),
  /** Asked for as a sub-limit of its own, held so long; its `hold` is settled with what was used of it. */
  allotment: duration.optional(),
  /** Anything else of `context.braid`. */
  braid: properties.optional(),
});
export type FixtureAsk = z.infer<typeof askSchema>;

const exposureExpected = z.union([
  amount,
  z.strictObject({
    key: word(512).optional(),
    settled: amount.optional(),
    held: amount.optional(),
    after: amount.optional(),
    at_most: amount.optional(),
    limit: amount.optional(),
  }),
]);

const obligationExpected = z.strictObject({
  type: name,
  rule: name.optional(),
  /** Those of its properties that matter here. */
  properties: properties.optional(),
});

const verdict = z.enum(VERDICTS);
const expectSchema = z.union([
  verdict,
  z.strictObject({
    verdict: verdict.optional(),
    reason: z.enum(REASONS).optional(),
    rule: name.nullable().optional(),
    alone: verdict.nullable().optional(),
    /** Part of the message told to the caller. */
    message: word(300).optional(),
    /** By meter: what it stands at afterwards, or more of it. */
    exposure: z.record(name, exposureExpected).optional(),
    /** Rules that fired, whether or not one of them decided. */
    fired: z.array(name).max(50).optional(),
    /** Rules in shadow that would have fired. */
    shadow: z.array(name).max(50).optional(),
    /** Rules that fired and did not bind, because the identity is exempt. */
    exempt: z.array(name).max(50).optional(),
    hold: z.boolean().optional(),
    /** Limits that are near: percent by rule; `{}`: none. */
    warnings: z.record(name, z.number().int().min(1).max(100)).optional(),
    /** What the caller is obliged to, all of it: types, or more of each. */
    obligations: z
      .array(z.union([name, obligationExpected]))
      .max(50)
      .optional(),
    /** What a step-up asks for. */
    acr_values: z.array(name).max(16).optional(),
    /** Of a step-up: how old the assurance may be. */
    max_age: z.union([duration, z.number().int().min(1)]).optional(),
    /** Whether approval can be asked for. */
    requestable: z.boolean().optional(),
  }),
]);
export type Expected = z.infer<typeof expectSchema>;

const count = z.union([
  z.number().int().min(0).max(10_000),
  z.strictObject({ at_least: z.number().int().min(0).optional(), at_most: z.number().int().min(0).optional() }),
]);
const leaves = z.strictObject({ exposure: z.record(name, exposureExpected) });
const who = z.union([name, z.strictObject({ as: name, session: name })]);

const orderSchema = z.strictObject({
  any_order: z.record(name, z.array(askSchema).min(1).max(20)),
  expect: z.strictObject({
    allowed: count.optional(),
    refused: count.optional(),
    exposure: z.record(name, exposureExpected).optional(),
  }),
});

/** Which schema reads a step: the one key that says what happens. */
export const STEP_SCHEMAS = {
  ask: z.strictObject({
    ask: askSchema,
    expect: expectSchema.optional(),
    hold: name.optional(),
    /** So often, one after another; each has to come out as expected. */
    repeat: z.number().int().min(1).max(5000).optional(),
    /** Between two of them. */
    every: duration.optional(),
  }),
  advance: z.strictObject({ advance: duration }),
  open_session: z.strictObject({
    open_session: z.looseObject({ as: name.optional(), id: name, age: duration.optional() }),
  }),
  open_sessions: z.strictObject({
    open_sessions: z.strictObject({
      as: name.optional(),
      count: z.number().int().min(1).max(300),
      age: duration.optional(),
      tags: z.array(word(64)).max(32).optional(),
    }),
  }),
  end_session: z.strictObject({ end_session: who }),
  settle: z.strictObject({
    settle: z.union([name, z.strictObject({ hold: name, amount: amount.optional() })]),
    expect: leaves.optional(),
  }),
  release: z.strictObject({
    release: name,
    expect: leaves.optional(),
  }),
  /** Asks for approval of what was asked last, under this name. */
  request_approval: z.strictObject({ request_approval: name, expect: expectSchema.optional() }),
  approve: z.strictObject({
    approve: z.union([
      name,
      z.strictObject({
        request: name,
        /** Who approves: an identity. Absent: a person who is none of them. */
        by: name.optional(),
        uses: z.number().int().min(1).max(1000).optional(),
        for: duration.optional(),
      }),
    ]),
    /** `refused`: nobody approves for themselves. */
    expect: z.union([z.literal('refused'), leaves]).optional(),
  }),
  deny: z.strictObject({ deny: name, expect: leaves.optional() }),
  complete_task: z.strictObject({ complete_task: word(512) }),
  identity: z.strictObject({
    identity: z.strictObject({ as: name.optional(), state: z.enum(['active', 'paused', 'revoked']) }),
  }),
  exempt: z.strictObject({
    exempt: z.strictObject({ identity: name.optional(), workflow: name.optional(), rule: name, for: duration }),
  }),
  any_order: orderSchema,
} as const;
export type Step = z.infer<(typeof STEP_SCHEMAS)[keyof typeof STEP_SCHEMAS]>;

export const testSchema = z.strictObject({
  name: word(200),
  /** When it begins. */
  at: z.union([z.iso.datetime({ offset: true }), z.date()]).optional(),
  identities: z.record(name, identitySchema).default({}),
  defaults: askSchema.default({}),
  steps: z.array(z.unknown()).min(1).max(500),
});
export const fileSchema = z.strictObject({
  description: word(1000).optional(),
  identities: z.record(name, identitySchema).default({}),
  defaults: askSchema.default({}),
  tests: z.array(z.unknown()).min(1).max(200),
});

/** A fixture as read, with the line of every step. */
export interface Fixture {
  file: string;
  line: number;
  name: string;
  atMs: number;
  identities: Record<string, FixtureIdentity>;
  defaults: FixtureAsk;
  steps: { line: number; step: Step }[];
}

/** One difference between what a fixture expects and what came. */
export interface Difference {
  what: string;
  expected: string;
  came: string;
}

export interface StepResult {
  line: number;
  /** `payment.create on account/4711 by svc-payments from worker-1` */
  what: string;
  ok: boolean;
  verdict: string | null;
  reason: string | null;
  rule: string | null;
  differences: Difference[];
  /** The trace in words, where something differs. */
  why: string[];
}

export interface TestResult {
  file: string;
  line: number;
  name: string;
  ok: boolean;
  steps: StepResult[];
  /** How many orders of `any_order` were tried; null without. */
  orders: number | null;
  /** The order in which it failed. */
  order: string[] | null;
}

export interface TestReport {
  ok: boolean;
  set: string | null;
  /** Of the policies or the fixtures: nothing was run. */
  problems: Problem[];
  tests: TestResult[];
  /** Rules that no fixture made fire. */
  unfired: string[];
}
