import os from 'node:os';

const MB = 2 ** 20;

/** What this process and its children may use: the limit of the container where there is one, else the machine's memory. */
export function memoryBytes(): number {
  const limit = process.constrainedMemory(); // 0, or more than there is: none
  return limit > 0 ? Math.min(limit, os.totalmem()) : os.totalmem();
}

/**
 * `shared_buffers` in MB for the server that comes with Braid: an eighth of the memory, between 128 MB and 4 GB. PostgreSQL's
 * documentation recommends a quarter on a machine of its own; here console and decision point live on it too. What no page
 * is read into is never taken from the system.
 */
export const sharedBuffersMb = (bytes: number): number => Math.min(4_096, Math.max(128, Math.round(bytes / 8 / MB)));
