import { z } from 'zod';
import { VERDICTS } from '@/lib/decisions/model';

// What shared-state control costs those it is not aimed at: refusals, step-ups, time, and what people later took back.

/** Upper bounds of the counted latencies, microseconds: each half as long again. A last, open class follows. */
export const LATENCY_BOUNDS: readonly number[] = [
  250, 375, 560, 840, 1_260, 1_900, 2_850, 4_300, 6_400, 9_600, 14_400, 21_600, 32_400, 48_600, 73_000, 110_000,
  165_000, 250_000, 375_000, 560_000, 840_000, 1_260_000, 2_000_000,
];

/**
 * The time within which a share of the counted latencies lies, microseconds, read linearly between two bounds; null:
 * nothing was counted. What took longer than the last bound is said to have taken it.
 */
export function within(share: number, counts: readonly number[]): number | null {
  const total = counts.reduce((sum, n) => sum + n, 0);
  if (total === 0) return null;
  let left = share * total;
  for (const [index, n] of counts.entries()) {
    const low = index === 0 ? 0 : LATENCY_BOUNDS[index - 1]!;
    const high = LATENCY_BOUNDS[index] ?? low;
    if (n > 0 && left <= n) return Math.round(low + ((high - low) * left) / n);
    left -= n;
  }
  return LATENCY_BOUNDS.at(-1)!;
}

/** The share of the counted latencies that took no longer than `us` microseconds, read the same way; null: nothing was counted. */
export function shareWithin(us: number, counts: readonly number[]): number | null {
  const total = counts.reduce((sum, n) => sum + n, 0);
  if (total === 0) return null;
  let under = 0;
  for (const [index, n] of counts.entries()) {
    const low = index === 0 ? 0 : LATENCY_BOUNDS[index - 1]!;
    const high = LATENCY_BOUNDS[index];
    if (high !== undefined && high <= us) under += n;
    else if (high !== undefined && low < us) under += (n * (us - low)) / (high - low);
  }
  return under / total;
}

const count = z.number().int();
const time = z.string().max(40);
const us = z.number().int().nullable();
const byVerdict = z.strictObject(
  Object.fromEntries(VERDICTS.map((verdict) => [verdict, count])) as Record<(typeof VERDICTS)[number], typeof count>,
);

export const frictionQuerySchema = z.strictObject({
  /** Whole days until now. */
  days: z.coerce.number().int().min(1).max(366).default(7),
});
export type FrictionQuery = z.input<typeof frictionQuerySchema>;

const latencySchema = z.strictObject({ p50Us: us, p95Us: us, p99Us: us });

/** What somebody gave back: who had been refused, stopped or ended by Braid, and was let again. */
export const takenBackSchema = z.strictObject({
  kind: z.enum(['approval', 'exemption', 'resume', 'restore']),
  id: z.uuid(),
  at: time,
  identityId: z.uuid().nullable(),
  /** An identity's name, or the workflow's. */
  name: z.string().max(512),
  /** `set/rule`; null: no rule had stopped it. */
  rule: z.string().max(300).nullable(),
  reason: z.string().max(2000).nullable(),
  by: z.string().max(200),
});
export type TakenBack = z.infer<typeof takenBackSchema>;

export const frictionSchema = z.strictObject({
  from: time,
  to: time,
  /** Decisions later than this are not counted yet; null: nothing is. */
  talliedUntil: time.nullable(),
  total: count,
  byVerdict,
  days: z.array(z.strictObject({ day: time, ...byVerdict.shape })).max(366),
  rules: z
    .array(
      z.strictObject({
        policySet: z.string().max(200),
        ruleId: z.string().max(200),
        verdict: z.enum(VERDICTS),
        n: count,
        split: count,
        /** Approvals and exemptions people gave against this rule in the period. */
        takenBack: count,
      }),
    )
    .max(100),
  latency: latencySchema,
  points: z
    .array(
      z.strictObject({ tokenId: z.uuid().nullable(), name: z.string().max(200), n: count, ...latencySchema.shape }),
    )
    .max(100),
  /** Per active set that names one: how many of all decisions took no longer. Every active set takes part in every decision. */
  budgets: z
    .array(
      z.strictObject({
        policySet: z.string().max(200),
        budgetMs: z.number(),
        within: z.number().min(0).max(1).nullable(),
      }),
    )
    .max(200),
  takenBackTotal: count,
  takenBack: z.array(takenBackSchema).max(100),
});
export type Friction = z.infer<typeof frictionSchema>;
