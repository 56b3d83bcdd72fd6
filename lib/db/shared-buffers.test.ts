import os from 'node:os';
import { expect, test } from 'vitest';
import { prisma } from '@/lib/db/client';
import { memoryBytes, sharedBuffersMb } from '@/lib/db/shared-buffers';
import { testDatabase } from '@/lib/db/testing';

testDatabase();
const GB = 2 ** 30;

test('an eighth of the memory, never less than PostgreSQL itself would take, never more than 4 GB', () => {
  expect([0.5, 1, 2, 8, 24, 64, 512].map((gb) => sharedBuffersMb(gb * GB))).toEqual([
    128, 128, 256, 1_024, 3_072, 4_096, 4_096,
  ]);
  expect(memoryBytes()).toBeLessThanOrEqual(os.totalmem());
});

test('the server that comes with Braid runs with it', async () => {
  const [row] = await prisma().$queryRaw<{ mb: number }[]>`
    select (pg_size_bytes(current_setting('shared_buffers')) / 1048576)::int as mb`;
  expect(row?.mb).toBe(sharedBuffersMb(memoryBytes()));
});
