import { expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { newId } from '@/lib/platform/ids';
import { show } from '@/lib/posture/show';

testDatabase();
const ctx = systemCtx('test');
const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000);

async function identity(over: object = {}) {
  const id = newId();
  await prisma().identity.create({ data: { id, name: 'svc', externalId: 'svc', kind: 'service_account', ...over } });
  return id;
}

function session(identityId: string, over: object) {
  const id = newId();
  return prisma().session.create({
    data: {
      id,
      identityId,
      source: 'pdp',
      observedBy: 'declared',
      groupKey: id,
      label: 's',
      startedAt: ago(5),
      lastEventAt: ago(1),
      ...over,
    },
  });
}

test('sessions of the last 30 days are counted: overlap, binding, scope, how long, and trust given anew', async () => {
  const id = await identity({ owner: 'payments' });
  await session(id, {
    startedAt: ago(8),
    lastEventAt: ago(4),
    endedAt: ago(4),
    state: 'ended',
    scope: 'orders:write reports:read',
    boundKey: 'k1',
  });
  await session(id, {
    startedAt: ago(6),
    lastEventAt: ago(1),
    trustedAt: ago(3),
    scope: 'orders:write',
    device: 'host-1',
  });
  await session(id, { startedAt: ago(5), lastEventAt: ago(4.9), endedAt: ago(4.9), state: 'ended' });
  await session(id, { startedAt: ago(24 * 60), lastEventAt: ago(24 * 59), endedAt: ago(24 * 59), state: 'ended' });
  await prisma().credential.create({
    data: { id: newId(), identityId: id, kind: 'key', externalId: 'k1', source: 'x', firstSeenAt: ago(24 * 100) },
  });
  await prisma().credential.create({
    data: {
      id: newId(),
      identityId: id,
      kind: 'key',
      externalId: 'past',
      source: 'x',
      firstSeenAt: ago(24 * 900),
      expiresAt: ago(1),
    },
  });
  const posture = await show(ctx, { id });
  expect(posture.tiles.find((one) => one.name === 'rotation')!.value).toBe('oldest 100 days');
  expect(posture.checks).toMatchObject([
    {
      name: 'overlapping sessions without limit',
      pass: false,
      why: '3 at once, and nothing limits how many there may be.',
    },
    { name: 'revocation', pass: false },
    {
      name: 'device binding',
      pass: false,
      why: '1 of 3 sessions are bound to nothing: a copied token works from anywhere.',
    },
  ]);
  expect(Date.parse(posture.checks[0]!.at!)).toBeCloseTo(ago(5).getTime(), -4);
  const [lifetime, again, bound, scope, speed] = posture.reach.inputs;
  expect(lifetime!.measured).toBe(true);
  expect(again).toMatchObject({ value: '1 of 2', points: 10 });
  expect(bound).toMatchObject({ value: '2 of 3' });
  expect(scope).toMatchObject({ value: '0 of 2 used', points: 20 });
  expect(speed).toMatchObject({ measured: false });
  expect(posture.tiles[1]).toMatchObject({ name: 'rotation', value: 'oldest 100 days', tone: 'bad' });
  expect(posture.tiles[2]).toMatchObject({ name: 'lifecycle' });
});

test('who is not there is not found, and one without a session is not judged by its sessions', async () => {
  await expect(show(ctx, { id: newId() })).rejects.toMatchObject({ code: 'not_found' });
  const posture = await show(ctx, { id: await identity() });
  expect(posture.checks.map((one) => one.pass)).toEqual([null, false, null]);
  expect(posture.tiles[0]).toMatchObject({ value: 'not judged yet', at: null });
});
