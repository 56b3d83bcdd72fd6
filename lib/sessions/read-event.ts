import type { LogFormat, Normalised } from '@/lib/sessions/import-model';
import { sessionEventSchema } from '@/lib/sessions/model';

const YEAR_2000 = Date.UTC(2000, 0, 1);
const DAY_MS = 86_400_000;

/** One raw record through its format's rules and then ours: strict shape, and a time from 2000 to a day ahead of `nowMs`. */
export function readEvent(format: LogFormat, record: unknown, nowMs: number): Normalised {
  const read = format.normalise(record);
  if (read.kind !== 'event') return read;
  const at = Date.parse(read.event.at);
  if (Number.isNaN(at)) return { kind: 'rejected', reason: 'has no time that can be read' };
  if (at < YEAR_2000) return { kind: 'rejected', reason: `is dated ${read.event.at}, before 2000` };
  if (at > nowMs + DAY_MS) return { kind: 'rejected', reason: `is dated ${read.event.at}, more than a day ahead` };
  const parsed = sessionEventSchema.safeParse(read.event);
  if (parsed.success) return { kind: 'event', event: parsed.data };
  const issue = parsed.error.issues[0];
  return { kind: 'rejected', reason: `${issue?.path.join('.')}: ${issue?.message}`.slice(0, 500) };
}
