import { pool } from '@/lib/db/client';

/** Longest wait for a lock, ms: what reads a table for long must not make decisions queue behind this. The next pass has the rest. */
const LOCK_MS = 300;

/** Day partitions of the coming week. A missed day costs nothing: the default partition takes its rows. */
export const ensurePartitions = async (): Promise<void> => {
  const client = await pool().connect();
  try {
    await client.query('begin');
    await client.query(`set local lock_timeout = ${LOCK_MS}`);
    await client.query('select braid_ensure_partitions(current_date, 8)');
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
};
