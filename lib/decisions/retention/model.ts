import { z } from 'zod';

const daysKept = z.number().int().min(7, 'must be at least 7 days').max(36_500);

/** Whole days that rows are kept after the day they arrived. Counted from arrival, so that an import of old logs is not dropped at once. */
export const retentionSchema = z.strictObject({
  /** Decisions and ledger entries: two years. */
  decisions: daysKept.default(730),
  /** Audit rows: five years. */
  audit: daysKept.default(1_826),
  /** Session events: 400 days, so that a year can be compared with the one before. */
  sessionEvents: daysKept.default(400),
});
export type Retention = z.infer<typeof retentionSchema>;

export const setRetentionSchema = z.strictObject({
  decisions: daysKept.optional(),
  audit: daysKept.optional(),
  sessionEvents: daysKept.optional(),
});
export type SetRetentionInput = z.infer<typeof setRetentionSchema>;

/** Tables that go together, because their records share chains. */
export const TABLES_OF: Record<keyof Retention, readonly string[]> = {
  decisions: ['decisions', 'ledger_entries'],
  audit: ['audit_entries'],
  sessionEvents: ['session_events'],
};

/** Days of a table that retention lets go, from those there are. Pure: `today` is YYYY-MM-DD. */
export function expired(days: string[], today: string, kept: number): string[] {
  const first = new Date(Date.parse(`${today}T00:00:00Z`) - kept * 86_400_000).toISOString().slice(0, 10);
  return days.filter((day) => day < first);
}
