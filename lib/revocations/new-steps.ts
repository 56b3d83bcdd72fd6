import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { cameTo } from '@/lib/revocations/history-state';
import type { PlannedStep } from '@/lib/revocations/planned-model';

/** The steps as they are stored: what is done already with when it was, the others as asked for. */
export function stepsOf(id: string, planned: PlannedStep[], at: Date) {
  return planned.map((step, ordinal) => {
    const began = { ...step, id: newId(), revocationId: id, ordinal };
    const asked = cameTo([], 'requested', at);
    if (step.state === 'effective') {
      const finishedAt = clock.now();
      return {
        ...began,
        startedAt: at,
        finishedAt,
        history: cameTo<string>(asked, step.state, finishedAt) as object[],
      };
    }
    const ended = step.state === 'unverifiable' ? { finishedAt: at } : {};
    return { ...began, ...ended, history: cameTo<string>(asked, step.state, at) as object[] };
  });
}
