import { z } from 'zod';
import { EXPECTED_MOST, expectedRowSchema } from '@/lib/findings/expected-model';

const named = z.array(z.strictObject({ name: z.string().max(200), share: z.number().min(0).max(1) })).max(40);

/** What an identity usually does, as the identity page and `/api/v1/identities/{id}/usual` show it. */
export const usualSchema = z.strictObject({
  /** Whether enough is known for anything to be strange. */
  learned: z.boolean(),
  /** Days on which it did something, of the last sixty such. */
  days: z.number().int(),
  events: z.number().int(),
  sessions: z.number().int(),
  /** Most sessions at once that are usual, and how many are strange; null: too little is known. */
  peak: z.number().int().nullable(),
  strangeFrom: z.number().int().nullable(),
  networks: named,
  countries: named,
  /** Whose networks: autonomous systems, `AS16509`. */
  operators: named,
  agents: named,
  actions: named,
  /** Events by hour of the day, UTC, as a share of the busiest. */
  hours: z.array(z.number().min(0).max(1)).length(24),
  mostEventsAnHour: z.number().int(),
  mostReadsAnHour: z.number().int(),
  mostExportsAnHour: z.number().int(),
  /** Bytes handed to it, where a source tells; null: none did on three days. */
  mostBytesAnHour: z.number().nullable(),
  busiestMinute: z.number().int(),
  until: z.string().max(40).nullable(),
  /** What analysts said is expected of it, newest first: the same of the same is not told again. */
  expected: z.array(expectedRowSchema).max(EXPECTED_MOST),
});
export type Usual = z.infer<typeof usualSchema>;

export const usualInput = z.strictObject({ id: z.uuid() });
