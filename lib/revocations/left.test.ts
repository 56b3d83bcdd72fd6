import { expect, test } from 'vitest';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { left } from '@/lib/revocations/left';

testDatabase();
const viewer = { actor: { kind: 'operator' as const, id: newId(), name: 'Vi', role: 'viewer' as const } };

test('a key still works where only a session was proven over, or access was given back', async () => {
  const [identityId, connectorId] = [newId(), newId()];
  await prisma().identity.create({
    data: { id: identityId, name: 'svc-left', externalId: 'svc-left', kind: 'service_account' },
  });
  await prisma().credential.create({
    data: { id: newId(), identityId, connectorId, kind: 'api_key', externalId: 'key-1', source: 'acme' },
  });
  const tokensAfter = async (kind: string, undoneBy: string | null = null) => {
    const id = newId();
    const at = clock.now();
    const said = { reasonCode: 'test', reason: '', actorKind: 'operator', actorName: 'Rae', requestedAt: at };
    await prisma().revocation.create({ data: { id, kind, identityId, state: 'verified', undoneBy, ...said } });
    await prisma().revocationStep.create({
      data: {
        id: newId(),
        revocationId: id,
        ordinal: 1,
        system: 'Acme',
        connectorId,
        verb: 'probe',
        title: 'Prove it',
        state: 'verified',
      },
    });
    return (await left(viewer, { id })).tokens.map((one) => one.what);
  };
  expect(await tokensAfter('revoke')).toEqual([]);
  for (const kind of ['terminate', 'restore']) expect(await tokensAfter(kind)).toEqual(['api key key-1']);
  expect(await tokensAfter('revoke', newId())).toEqual(['api key key-1']);
});
