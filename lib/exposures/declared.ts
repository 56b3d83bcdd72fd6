import { onSnapshot } from '@/lib/exposures/look/store';
import { activeSets } from '@/lib/exposures/prepare';
import type { DeclaredEntities } from '@/lib/policies/model';

/** Everything the active sets declare of subjects, resources and actions. */
export function declared(): Promise<DeclaredEntities> {
  return onSnapshot(async (lane) => {
    const entities = (await activeSets(lane)).flatMap((set) => set.entities ?? []);
    return {
      subjects: entities.flatMap((one) => one.subjects),
      resources: entities.flatMap((one) => one.resources),
      actions: entities.flatMap((one) => one.actions),
    };
  });
}
