import { expect, test } from 'vitest';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { certificate } from '@/lib/revocations/certificate';
import { retry } from '@/lib/revocations/retry';

testDatabase();
const ctx = { actor: { kind: 'operator' as const, id: newId(), name: 'Rae', role: 'admin' as const } };

test('access that came back and is ended again was not proven over at the first time', async () => {
  const [identityId, id, connectorId] = [newId(), newId(), newId()];
  const at = new Date(clock.ms() - 3_600_000);
  await prisma().identity.create({ data: { id: identityId, name: 'svc', externalId: 'svc', kind: 'service_account' } });
  const said = { reasonCode: 'test', reason: '', actorKind: 'operator', actorName: 'Rae', requestedAt: at };
  await prisma().revocation.create({
    data: { id, kind: 'revoke', identityId, state: 'regrown', verifiedAt: at, ...said },
  });
  const step = { revocationId: id, system: 'Acme', connectorId, title: 'Prove it' };
  await prisma().revocationStep.create({
    data: { id: newId(), ordinal: 1, verb: 'probe', state: 'verified', attempts: 1, ...step },
  });
  await retry(ctx, { id });
  const { certificate: says } = JSON.parse((await certificate(ctx, { id })).text);
  expect(says).toMatchObject({ state: 'requested', times: { verified: null, requestedToVerifiedMs: null } });
});
