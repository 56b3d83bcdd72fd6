import { expect, test } from 'vitest';
import { record } from '@/lib/audit/record';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { transaction } from '@/lib/db/transaction';
import { enqueue } from '@/lib/jobs/enqueue';

testDatabase();

test('audit row and job exist if and only if the transaction commits', async () => {
  const ctx = { actor: { kind: 'cli' as const, name: 'cli:test' } };
  const failing = transaction(async (tx) => {
    await record(tx, ctx, { action: 'identity.revoke' });
    await enqueue(tx, 'nothing', { a: 1 });
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await prisma().auditEntry.count()).toBe(0);
  await transaction(async (tx) => {
    await record(tx, ctx, { action: 'identity.revoke', detail: { a: 1 } });
    await enqueue(tx, 'nothing', { a: 1 }, { key: 'k', runAt: new Date() });
  });
  expect(await prisma().auditEntry.count()).toBe(1);
  const jobs = await prisma().$queryRaw<unknown[]>`select * from graphile_worker.jobs`;
  expect(jobs).toHaveLength(1);
});
