// Whose sessions a provider's logout ends, however many others there are.
import { expect, test } from 'vitest';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { liveSessionsAt } from '@/lib/logouts/store';
import { newId } from '@/lib/platform/ids';

testDatabase();

test('sessions that other callers declared hide none of those that are meant', async () => {
  const [identityId, connectorId] = [newId(), newId()];
  await prisma().identity.create({
    data: { id: identityId, name: 'svc', externalId: 'svc', kind: 'service_account' },
  });
  const at = new Date();
  const session = (namespace: string, sid: string) => ({
    id: newId(),
    identityId,
    source: 'pdp',
    observedBy: 'declared',
    groupKey: JSON.stringify([namespace, 'service_account', 'svc', sid]),
    label: sid,
    startedAt: at,
    lastEventAt: at,
  });
  await prisma().session.createMany({ data: Array.from({ length: 2_100 }, (_, n) => session('elsewhere', `e${n}`)) });
  const ours = [session('ours', 'a'), session('ours', 'b')];
  await prisma().session.createMany({ data: ours });
  const where = { connectorId, namespaces: ['ours'], identityIds: [identityId] };
  expect((await liveSessionsAt({ ...where, sid: null })).map((one) => one.id)).toEqual(ours.map((one) => one.id));
  expect(await liveSessionsAt({ ...where, sid: 'b' })).toEqual([{ id: ours[1]!.id, identityId }]);
  expect(await liveSessionsAt({ ...where, namespaces: ['elsewhere'], sid: null })).toHaveLength(2_100);
  const odd = session('ours', String.raw`a"b\c%_`);
  await prisma().session.create({ data: odd });
  expect(await liveSessionsAt({ ...where, sid: odd.label })).toEqual([{ id: odd.id, identityId }]);
  await prisma().identity.update({ where: { id: identityId }, data: { protected: true } });
  expect(await liveSessionsAt({ ...where, sid: null })).toEqual([]);
});
