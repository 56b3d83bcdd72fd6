import { expect, test } from 'vitest';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { newId } from '@/lib/platform/ids';
import { create } from '@/lib/zones/create';
import { findZones } from '@/lib/zones/find-zones';
import { list } from '@/lib/zones/list';
import { remove } from '@/lib/zones/remove';
import { update } from '@/lib/zones/update';
import { zoneFinder } from '@/lib/zones/zone-of-state';

testDatabase();
const ctx = { actor: { kind: 'operator' as const, id: newId(), name: 'Ada', role: 'admin' as const } };
const analyst = { actor: { kind: 'operator' as const, id: newId(), name: 'An', role: 'analyst' as const } };

test('an address is in the zone whose network holds it, else in that of its region', () => {
  const zoneOf = zoneFinder([
    { name: 'office', networks: ['203.0.113.0/24', '2001:db8::/32'], regions: [] },
    { name: 'home market', networks: [], regions: ['DE', 'AT'] },
  ]);
  expect(zoneOf('203.0.113.9', 'US')).toBe('office');
  expect(zoneOf('2001:db8:1::5', null)).toBe('office');
  expect(zoneOf('198.51.100.1', 'de')).toBe('home market');
  expect(zoneOf('198.51.100.1', 'US')).toBeNull();
  expect(zoneOf(null, null)).toBeNull();
  expect(zoneOf('no address', null)).toBeNull();
});

test('zones are made, changed and removed by who may, and count what lives in them', async () => {
  expect(await findZones()).toBeNull();
  const zone = await create(ctx, { name: 'dc', networks: ['10.0.0.0/8'] });
  await expect(create(ctx, { name: 'dc', networks: ['10.0.0.0/8'] })).rejects.toMatchObject({ code: 'conflict' });
  await expect(create(ctx, { name: 'x', networks: ['10.0.0.0/99'] })).rejects.toThrow('10.0.0.0/99 is neither');
  await expect(create(ctx, { name: 'x' })).rejects.toThrow('at least one network or region');
  await expect(create(analyst, { name: 'x', regions: ['DE'] })).rejects.toMatchObject({ code: 'access.denied' });
  const identityId = newId();
  await prisma().identity.create({ data: { id: identityId, name: 'svc', externalId: 'svc', kind: 'service_account' } });
  for (const network of ['10.1.2.3', '198.51.100.7', '198.51.100.8'])
    await prisma().session.create({
      data: {
        id: newId(),
        identityId,
        source: 'test',
        observedBy: 'native',
        groupKey: network,
        label: network,
        network,
        startedAt: new Date(),
        lastEventAt: new Date(),
      },
    });
  expect(await list(ctx)).toMatchObject({ items: [{ name: 'dc', liveSessions: 1 }], outside: 2 });
  await update(ctx, { id: zone.id, name: 'dc', networks: ['10.0.0.0/8', '198.51.100.7'] });
  expect(await list(ctx)).toMatchObject({ items: [{ liveSessions: 2 }], outside: 1 });
  await remove(ctx, { id: zone.id, reason: 'moved' });
  expect((await list(ctx)).items).toEqual([]);
  const audited = await prisma().auditEntry.findMany({ where: { targetType: 'zone' }, orderBy: { id: 'asc' } });
  expect(audited.map((entry) => entry.action)).toEqual(['zone.create', 'zone.update', 'zone.remove']);
});
