// A system that is down: what was asked of it stays asked for, however long it takes, and is done when it is back.
import { expect, test } from 'vitest';
import { create } from '@/lib/connectors/create';
import { open } from '@/lib/connectors/open';
import { pullIdentities, pullSessions } from '@/lib/connectors/pull';
import { worldOf } from '@/lib/connectors/simulator/world';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { newId } from '@/lib/platform/ids';
import { request } from '@/lib/revocations/request';
import { show } from '@/lib/revocations/show';
import { MAX_ATTEMPTS } from '@/lib/revocations/state';
import { sweep } from '@/lib/revocations/sweep';

testDatabase();
const ctx = { actor: { kind: 'operator' as const, id: newId(), name: 'Rae', role: 'admin' as const } };

/** As if the time to the next try had passed. */
async function later(id: string): Promise<void> {
  await prisma().revocationStep.updateMany({ where: { revocationId: id }, data: { notBefore: new Date(0) } });
  await prisma().revocation.update({ where: { id }, data: { dueAt: new Date(0) } });
  await sweep();
}

test('a system that is down refuses nothing: it is asked for hours, and ended when it is back', async () => {
  const name = `down_${newId().slice(-8)}`;
  const connector = await create(ctx, {
    vendor: 'simulator',
    name,
    values: { world: name, identities: `${name}:2`, linkByName: 'false' },
  });
  const opened = await open(connector.id);
  await pullIdentities(opened);
  await pullSessions(opened);
  const world = worldOf(name, () => {
    throw new Error('the world has not been opened');
  });
  const identity = await prisma().identity.findFirstOrThrow({ where: { name } });
  world.down = true;
  const { revocationId: id } = await request(ctx, {
    kind: 'revoke',
    identityId: identity.id,
    reasonCode: 'suspected_theft',
  });
  await sweep();
  const block = async () => (await show(ctx, { id })).steps.find((step) => step.verb === 'block')!;
  expect(await block()).toMatchObject({
    state: 'requested',
    detail: expect.stringMatching(/does not answer\. It is tried again as long as it takes/),
  });
  // Not before its time, and not given up however often it was tried.
  await prisma().revocationStep.updateMany({
    where: { revocationId: id, verb: 'block' },
    data: { notBefore: new Date(Date.now() + 3_600_000), attempts: 1 },
  });
  await prisma().revocation.update({ where: { id }, data: { dueAt: new Date(0) } });
  await sweep();
  expect((await block()).attempts).toBe(1);
  await prisma().revocationStep.updateMany({
    where: { revocationId: id, verb: 'block' },
    data: { attempts: MAX_ATTEMPTS * 5 },
  });
  await later(id);
  expect(await block()).toMatchObject({ state: 'requested', attempts: MAX_ATTEMPTS * 5 + 1 });
  const now = Date.now();
  const waiting = await prisma().revocation.findUniqueOrThrow({ where: { id } });
  expect(waiting.dueAt!.getTime()).toBeGreaterThan(now - 10_000);
  expect(waiting.dueAt!.getTime()).toBeLessThanOrEqual(now + 60_000);
  expect(waiting.state).toBe('requested');
  world.down = false;
  await later(id);
  expect((await show(ctx, { id })).state).toBe('verified');
  expect(world.actors.get(name)).toMatchObject({ blocked: true, sessions: new Map() });
});
