import { onLane } from '@/lib/exposures/lane/store';

/** Whether a decision could be made now: the decision connection answers. */
export const ping = (): Promise<boolean> =>
  onLane(async (lane) => (await lane.client.query('select 1')).rowCount === 1).catch(() => false);
