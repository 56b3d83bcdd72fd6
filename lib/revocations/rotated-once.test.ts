// Two connectors that lead to one system by different addresses: the system itself says that it is one.
import { expect, inject, test } from 'vitest';
import { create } from '@/lib/connectors/create';
import { look as follow } from '@/lib/connectors/look';
import { update } from '@/lib/connectors/update';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { newId } from '@/lib/platform/ids';
import { look } from '@/lib/revocations/preview';

testDatabase();
const ctx = { actor: { kind: 'operator' as const, id: newId(), name: 'Rae', role: 'admin' as const } };

test('a server by two addresses is rotated once; until a changed connector was looked at it stands for itself', async () => {
  const url = new URL(inject('adminUrl'));
  const values = (host: string) => ({
    host,
    port: url.port,
    database: 'postgres',
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    sslMode: 'disable',
  });
  const ids: string[] = [];
  for (const host of ['127.0.0.1', 'localhost']) {
    const { id } = await create(ctx, { vendor: 'postgres', name: `by ${host}`, values: values(host) });
    await follow(id);
    ids.push(id);
  }
  const [first, second] = await Promise.all(ids.map((id) => prisma().connector.findUniqueOrThrow({ where: { id } })));
  expect(first!.system).toMatch(/^\d+\/\d+$/);
  expect(second!.system).toBe(first!.system);
  const identityId = newId();
  await prisma().identity.create({
    data: { id: identityId, name: 'in-both', externalId: 'in-both', kind: 'service_account', sources: ['postgres'] },
  });
  for (const id of ids)
    await prisma().identityAlias.create({
      data: { identityId, issuer: `connector:${id}`, type: 'role', reason: 'listed', externalId: 'in-both' },
    });
  const rotatedBy = async () => (await look('rotate', identityId, [])).systems.map((one) => one.rotatedBy ?? null);
  expect(await rotatedBy()).toEqual([null, 'by 127.0.0.1']);
  // Its address was changed: until it has been looked at, nothing is known of where it leads.
  await update(ctx, { id: ids[1]!, values: { ...values('localhost'), database: 'template1' } });
  expect(await rotatedBy()).toEqual([null, null]);
  await follow(ids[1]!);
  expect(await rotatedBy()).toEqual([null, 'by 127.0.0.1']);
});
