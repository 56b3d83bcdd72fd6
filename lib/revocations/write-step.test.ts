// What a step came to is timed when it is its turn to be written, not when it began to wait for that.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { pool, prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { newId } from '@/lib/platform/ids';
import { request } from '@/lib/revocations/request';
import { writeSteps } from '@/lib/revocations/write-step';

testDatabase();
const ctx = { actor: { kind: 'operator' as const, id: newId(), name: 'Rae Responder', role: 'admin' as const } };

test('a step that waited for another to be written stands after it', async () => {
  const { id } = await prisma().identity.create({
    data: { id: newId(), name: 'svc', externalId: 'svc', kind: 'service_account' },
  });
  const { revocationId } = await request(ctx, { kind: 'revoke', identityId: id, reasonCode: 'test', reason: 'test' });
  const [step] = await prisma().revocationStep.findMany({ where: { revocationId } });
  const other = await pool().connect();
  await other.query('begin');
  await other.query('select 1 from revocations where id = $1 for update', [revocationId]);
  const waiting = writeSteps(revocationId, [[step!.id, { state: 'effective', finished: true }]]);
  await sleep(100);
  const { rows } = await other.query<{ now: Date }>('select clock_timestamp() as now');
  await other.query('commit');
  other.release();
  await waiting;
  const written = await prisma().revocationStep.findUniqueOrThrow({ where: { id: step!.id } });
  expect(written.finishedAt!.getTime()).toBeGreaterThanOrEqual(rows[0]!.now.getTime());
});
