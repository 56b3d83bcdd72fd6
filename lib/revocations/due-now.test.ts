import { expect, test } from 'vitest';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { dueNow } from '@/lib/revocations/due/store';
import { request } from '@/lib/revocations/request';

testDatabase();
const ctx = { actor: { kind: 'operator' as const, id: newId(), name: 'Rae Responder', role: 'admin' as const } };

test('what only the decision point has to do is due while any system is crowded', async () => {
  const identityId = newId();
  await prisma().identity.create({
    data: { id: identityId, name: 'svc-here', externalId: 'svc-here', kind: 'service_account' },
  });
  const { revocationId } = await request(ctx, { kind: 'revoke', identityId, reasonCode: 'test' });
  const due = async (crowded: string[]) =>
    (await dueNow(new Date(clock.ms() + 3_600_000), crowded)).map((one) => one.id);
  expect(await due([])).toEqual([revocationId]);
  expect(await due([newId()])).toEqual([revocationId]);
});
