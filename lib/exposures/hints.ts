import { clock } from '@/lib/platform/clock';

/** At most one notification per topic and 100 ms leaves a process: PostgreSQL has one queue lock for all of them. */
const EVERY_MS = 100;
const MAX_IDS = 50;

export interface Hinted {
  topic: string;
  ids: string[];
}

const waiting = new Map<string, Set<string>>();
let lastMs = 0;
let planned = false;

/** Adds ids to what is to be told, and answers what may be told now. What may not is sent by `later` when it may. */
export function collectHints(
  topics: Record<string, Iterable<string>>,
  later: (hints: Hinted[]) => Promise<void>,
): Hinted[] {
  for (const [topic, ids] of Object.entries(topics)) {
    const set = waiting.get(topic) ?? new Set();
    for (const id of ids) set.add(id);
    if (set.size) waiting.set(topic, set);
  }
  if (clock.ms() - lastMs >= EVERY_MS) return take();
  if (planned) return [];
  planned = true;
  setTimeout(() => {
    planned = false;
    const hints = take();
    if (hints.length) later(hints).catch(() => undefined); // a lost hint is made good by the readers' own timer
  }, EVERY_MS).unref();
  return [];
}

function take(): Hinted[] {
  lastMs = clock.ms();
  const hints = [...waiting].map(([topic, ids]) => ({ topic, ids: ids.size > MAX_IDS ? [] : [...ids] }));
  waiting.clear();
  return hints;
}
