import type { LogFormat, Normalised } from '@/lib/sessions/import-model';
import { isPlain } from '@/lib/sessions/is-plain-state';
import { type SessionEventInput, sessionEventSchema } from '@/lib/sessions/model';
import { withoutSecrets } from '@/lib/sessions/token-model';

const YEAR_2000 = Date.UTC(2000, 0, 1);
const DAY_MS = 86_400_000;

/**
 * One raw record through its format's rules and then ours: strict shape, a time from 2000 to a day ahead of `nowMs`, and no
 * text that looks like a raw secret. Pure.
 */
export function readEvent(format: LogFormat, record: unknown, nowMs: number): Normalised {
  const read = format.normalise(record);
  if (read.kind === 'rejected') return { kind: 'rejected', reason: withoutSecrets(read.reason).slice(0, 500) };
  if (read.kind !== 'event') return read;
  const at = Date.parse(read.event.at);
  if (Number.isNaN(at)) return { kind: 'rejected', reason: 'has no time that can be read' };
  if (at < YEAR_2000) return { kind: 'rejected', reason: `is dated ${read.event.at}, before 2000` };
  if (at > nowMs + DAY_MS) return { kind: 'rejected', reason: `is dated ${read.event.at}, more than a day ahead` };
  const event = clean(read.event);
  if (isPlain(event)) return event === read.event ? read : { kind: 'event', event };
  const parsed = sessionEventSchema.safeParse(event);
  if (parsed.success) return { kind: 'event', event: parsed.data };
  const issue = parsed.error.issues[0];
  return { kind: 'rejected', reason: `${issue?.path.join('.')}: ${issue?.message}`.slice(0, 500) };
}

/** Replaces raw secrets in all texts; what holds none comes back as it is. */
function clean(event: SessionEventInput): SessionEventInput {
  const { clean: value } = scrub(event);
  return value as SessionEventInput;
}

function scrub(value: unknown): { clean: unknown; changed: boolean } {
  if (typeof value === 'string') {
    const without = withoutSecrets(value);
    return { clean: without, changed: without !== value };
  }
  if (typeof value !== 'object' || value === null) return { clean: value, changed: false };
  let copy: Record<string, unknown> | unknown[] | null = null;
  for (const [name, each] of Object.entries(value)) {
    const { clean: without, changed } = scrub(each);
    if (!changed) continue;
    copy ??= Array.isArray(value) ? [...value] : { ...value };
    (copy as Record<string, unknown>)[name] = without;
  }
  return { clean: copy ?? value, changed: copy !== null };
}
