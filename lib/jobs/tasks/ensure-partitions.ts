import { pool } from '@/lib/db/client';

/** Day partitions of the coming week. A missed day costs nothing: the default partition takes its rows. */
export const ensurePartitions = async (): Promise<void> => {
  await pool().query('select braid_ensure_partitions(current_date, 8)');
};
