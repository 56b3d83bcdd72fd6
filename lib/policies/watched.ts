import type { Trace } from '@/lib/decisions/model';
import { readTraces } from '@/lib/decisions/read-traces';
import { tracesBefore } from '@/lib/policies/store';

/** Decisions looked at, the newest first; older ones in the period are left out. */
const MAX_DECISIONS = 20_000;
const PAGE = 500;

/** Visits the traces of a period, newest first. Looking only (dry runs) is left out. */
export async function watched(
  from: string,
  to: string,
  visit: (trace: Trace) => void,
): Promise<{ decisions: number; truncated: boolean }> {
  let before: string | null = null;
  let decisions = 0;
  for (;;) {
    const page: { id: string; trace: string }[] = await tracesBefore(from, to, before, PAGE);
    for (const trace of await readTraces(page.map((one) => one.trace))) visit(trace);
    decisions += page.length;
    if (page.length < PAGE) return { decisions, truncated: false };
    if (decisions >= MAX_DECISIONS) return { decisions, truncated: true };
    before = page.at(-1)!.id;
  }
}
