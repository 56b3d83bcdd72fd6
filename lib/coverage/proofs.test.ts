import { expect, test } from 'vitest';
import { readProofs } from '@/lib/coverage/store';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';

testDatabase();

async function verified(drill: boolean): Promise<string> {
  const [id, identityId, connectorId] = [newId(), newId(), newId()];
  const at = clock.now();
  await prisma().identity.create({ data: { id: identityId, name: id, externalId: id, kind: 'service_account' } });
  await prisma().revocation.create({
    data: {
      id,
      kind: 'revoke',
      identityId,
      state: 'verified',
      reasonCode: 'test',
      reason: '',
      actorKind: 'operator',
      actorName: 'Rae',
      requestedAt: at,
      verifiedAt: at,
      drill,
      steps: {
        create: {
          id: newId(),
          ordinal: 0,
          system: 'orders',
          connectorId,
          verb: 'probe',
          state: 'verified',
          title: 'x',
        },
      },
    },
  });
  return identityId;
}

test('an exercise with a canary proves no path of those who do the work', async () => {
  await verified(true);
  const real = await verified(false);
  expect((await readProofs(new Date(0))).map((one) => one.identity_id)).toEqual([real]);
});
