import type { Trace } from '@/lib/decisions/model';
import { type PastSets, pastSets } from '@/lib/replay/past-sets';
import { recall } from '@/lib/replay/recall';
import { touchesIn } from '@/lib/replay/world';

/**
 * Of stored decisions, the values that `distinct` meters told apart: by decision, then by exposure. Only policy sets that
 * `sets` does not know yet are read.
 */
export async function valuesOf(
  traces: Trace[],
  sets: PastSets = pastSets(),
): Promise<Map<string, ReadonlyMap<string, string>>> {
  await sets.learn(traces);
  return new Map(
    traces.map((trace) => {
      const touches = touchesIn(recall(trace, sets.of(trace)));
      return [
        trace.decisionId,
        new Map(touches.flatMap((one) => (one.member === undefined ? [] : [[one.exposureId, one.member]]))),
      ];
    }),
  );
}
