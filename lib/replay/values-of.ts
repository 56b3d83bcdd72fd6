import type { Trace } from '@/lib/decisions/model';
import { pastSets } from '@/lib/replay/past-sets';
import { recall } from '@/lib/replay/recall';
import { touchesIn } from '@/lib/replay/world';

/** Of stored decisions, the values that `distinct` meters told apart: by decision, then by exposure. */
export async function valuesOf(traces: Trace[]): Promise<Map<string, ReadonlyMap<string, string>>> {
  const sets = pastSets();
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
