import { onSnapshot } from '@/lib/exposures/look/store';
import { activeSets } from '@/lib/exposures/prepare';
import { readsClock } from '@/lib/policies/reads-clock-evaluate';

/** May a request be refused now only because time has passed since it was allowed? As the sets that are active say. */
export const judgedByClock = (): Promise<boolean> =>
  onSnapshot(async (lane) => (await activeSets(lane)).some(readsClock));
