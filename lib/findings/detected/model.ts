import { z } from 'zod';

/** Findings whose last evidence was older than this when they were raised came out of an import: no time to detect. */
export const LIVE_MS = 3_600_000;
/** How far back is counted, days. */
export const DETECTED_DAYS = 90;

const one = z.strictObject({
  count: z.number().int(),
  /** From the event that completed the pattern to the finding, milliseconds. */
  p50Ms: z.number(),
  p95Ms: z.number(),
});
export const timeToDetectSchema = z.strictObject({
  /** null: none was raised on live evidence. */
  all: one.nullable(),
  detectors: z.array(one.extend({ detector: z.string().max(60) })).max(100),
});
export type TimeToDetect = z.infer<typeof timeToDetectSchema>;
