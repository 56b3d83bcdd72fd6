import { z } from 'zod';
import { VERDICTS } from '@/lib/decisions/model';
import { nameSchema } from '@/lib/policies/model';

// The life of a change: draft → check and test → backtest → shadow → promote → roll back; and exemptions. What is asked.

const source = z.string().min(1).max(500_000);
const reason = z.string().trim().max(2000);
const given = reason.min(3, 'says why, in a few words');
const file = z.strictObject({ name: z.string().min(1).max(255), text: z.string().max(500_000) });
const version = z.number().int().min(1).max(1_000_000_000);

export const testFilesSchema = z.array(file).max(50);
export type TestFile = z.infer<typeof file>;

const applied = {
  reason: reason.optional(),
  /** Beside the active version: judged and logged, deciding nothing. */
  shadow: z.boolean().optional(),
  /** Says what would change, and changes nothing. */
  dryRun: z.boolean().optional(),
  /** Applies although fixtures fail. */
  skipTests: z.boolean().optional(),
};
/** A source with its fixtures, or the files of a folder: those named `*.test.yaml` are its fixtures. */
export const applyInputSchema = z.union([
  z.strictObject({ source, tests: testFilesSchema.optional(), ...applied }),
  z.strictObject({ files: z.array(file).min(1).max(100), ...applied }),
]);
export type ApplyInput = z.input<typeof applyInputSchema>;

export const versionInputSchema = z.strictObject({ name: nameSchema, version, reason: given });
export type VersionInput = z.input<typeof versionInputSchema>;

export const retireInputSchema = z.strictObject({ name: nameSchema, reason: given });
export type RetireInput = z.input<typeof retireInputSchema>;
export const retireActionSchema = retireInputSchema.extend({ what: z.enum(['active', 'shadow']) });
export type RetireAction = z.input<typeof retireActionSchema>;

export const saveDraftSchema = z.strictObject({
  name: nameSchema,
  source,
  tests: testFilesSchema.default([]),
  /** The version it began with; null: a new set. */
  baseVersion: version.nullable(),
  /** The revision that was seen; null: there was none. */
  revision: z.number().int().min(1).nullable(),
});
export type SaveDraftInput = z.input<typeof saveDraftSchema>;

export const draftNameSchema = z.strictObject({ name: nameSchema });

/** A draft, or what one would begin with. */
export interface Draft {
  name: string;
  source: string;
  tests: TestFile[];
  baseVersion: number | null;
  revision: number | null;
  updatedAt: string | null;
  updatedBy: string | null;
}

/** A policy set that comes with Braid, to begin one's own with. */
export interface Template {
  name: string;
  description: string;
  source: string;
  tests: TestFile[];
  rules: number;
  meters: number;
}

export const runTestsInputSchema = z.strictObject({ source, tests: testFilesSchema });
export const checkInputSchema = z.strictObject({ source: z.string().max(500_000) });

// ── exemptions ──

const YEAR_MS = 366 * 86_400_000;
export const exemptInputSchema = z
  .strictObject({
    set: nameSchema,
    rule: nameSchema,
    identityId: z.uuid().optional(),
    workflowId: z.uuid().optional(),
    until: z.iso.datetime({ offset: true }),
    reason: given,
  })
  .refine((input) => (input.identityId === undefined) !== (input.workflowId === undefined), {
    message: 'Name an identity or a workflow.',
  });
export type ExemptInput = z.input<typeof exemptInputSchema>;
export const MAX_EXEMPT_MS = YEAR_MS;

export const endExemptionSchema = z.strictObject({ id: z.uuid(), reason: given });
export type EndExemptionInput = z.input<typeof endExemptionSchema>;

export const exemptionQuerySchema = z.strictObject({
  set: nameSchema.optional(),
  identityId: z.uuid().optional(),
  /** Also those that have ended or expired. */
  past: z.boolean().optional(),
});
export type ExemptionQuery = z.input<typeof exemptionQuerySchema>;

export interface ExemptionRow {
  id: string;
  set: string;
  rule: string;
  identity: { id: string; name: string } | null;
  workflow: { id: string; name: string } | null;
  state: 'active' | 'expired' | 'ended';
  until: string;
  reason: string;
  createdAt: string;
  createdBy: string;
  endedAt: string | null;
  endedBy: string | null;
  endReason: string | null;
}

// ── what shadow versions and rules would have done ──

export const shadowQuerySchema = z.strictObject({
  set: nameSchema,
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
});
export type ShadowQuery = z.input<typeof shadowQuerySchema>;

export interface ShadowResults {
  set: string;
  from: string;
  to: string;
  /** Decisions looked at, newest first; `truncated`: older ones in the period were not. */
  decisions: number;
  truncated: boolean;
  rules: {
    rule: string;
    verdict: (typeof VERDICTS)[number];
    fired: number;
    /** Of those, how many were allowed: what enforcing it would change. */
    wouldChange: number;
    identities: { id: string; name: string; fired: number; wouldChange: number }[];
    /** The newest decision it fired for. */
    last: { decisionId: string; at: string; saw: string } | null;
  }[];
  /** What the version in shadow would have answered instead, over all its rules; null without one. */
  version: { version: number; judged: number; stricter: number; looser: number } | null;
  /** Which of its limits can't fire, and what to do about it; null: all can. */
  deaf: string | null;
}

// ── backtests ──

export const backtestInputSchema = z.strictObject({
  source,
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  /** Decisions at most, the newest of the period. */
  limit: z.number().int().min(1).max(200_000).default(10_000),
});
export type BacktestInput = z.input<typeof backtestInputSchema>;

const verdict = z.enum(VERDICTS);
export const backtestRowSchema = z.strictObject({
  decisionId: z.string().max(64),
  at: z.string().max(40),
  identityId: z.string().max(64),
  identityName: z.string().max(512),
  session: z.string().max(200).nullable(),
  action: z.string().max(200),
  resource: z.string().max(1300),
  amount: z.string().max(24).nullable(),
  unit: z.string().max(16).nullable(),
  scale: z.number().int(),
  was: verdict,
  wasRule: z.string().max(100).nullable(),
  now: verdict,
  nowRule: z.string().max(100).nullable(),
  reason: z.string().max(64),
  message: z.string().max(1000).nullable(),
});
export type BacktestRow = z.infer<typeof backtestRowSchema>;

const tallySchema = z.strictObject({
  newlyRefused: z.number().int(),
  newlyAllowed: z.number().int(),
  stepUps: z.number().int(),
  other: z.number().int(),
});
export type Tally = z.infer<typeof tallySchema>;
const valueSchema = z.strictObject({
  unit: z.string().max(16),
  scale: z.number().int(),
  refused: z.string().max(24),
  allowed: z.string().max(24),
});

export const backtestResultSchema = z.strictObject({
  set: z.string().max(64),
  /** The active version that was compared with; null: the set is new. */
  against: z.number().int().nullable(),
  from: z.string().max(40),
  to: z.string().max(40),
  decisions: z.number().int(),
  /** Stored decisions that came out the same when judged again unchanged: how far the rest can be trusted. */
  reproduced: z.number().int(),
  /** More decisions lie in the period than were judged: the oldest are left out. */
  truncated: z.boolean(),
  unchanged: z.number().int(),
  changes: tallySchema,
  value: z.array(valueSchema).max(50),
  byIdentity: z
    .array(z.strictObject({ id: z.string().max(64), name: z.string().max(512), ...tallySchema.shape }))
    .max(200),
  /** By the rule that decides now, or decided then where nothing does now. */
  byRule: z.array(z.strictObject({ rule: z.string().max(200), ...tallySchema.shape })).max(300),
  rows: z.array(backtestRowSchema).max(500),
  moreRows: z.number().int(),
  seconds: z.number(),
});
export type BacktestResult = z.infer<typeof backtestResultSchema>;

export interface Backtest {
  id: string;
  set: string;
  hash: string;
  state: 'waiting' | 'running' | 'done' | 'failed';
  done: number;
  total: number;
  error: string | null;
  requestedAt: string;
  requestedBy: string;
  finishedAt: string | null;
  result: BacktestResult | null;
}
