// Ending access on a real PostgreSQL: seen, ended, revoked, paused, proven in time.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { list as listConnectors } from '@/lib/connectors/list';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { newId } from '@/lib/platform/ids';
import { preview } from '@/lib/revocations/preview';
import { request } from '@/lib/revocations/request';
import { show } from '@/lib/revocations/show';
import { summary } from '@/lib/revocations/summary';
import {
  account,
  admin,
  backends,
  ctx,
  live,
  login,
  reached,
  respondWorld,
  until,
  viewer,
  why,
  world,
} from '@/lib/server/testing-respond';

const _db = testDatabase();
respondWorld();

test('a connection is a session on screen, and ended with its end', async () => {
  const { role, id } = await account('seen');
  const client = await login(role, 'second');
  await until(async () => (await live(id)).length === 2);
  await client!.end();
  await until(async () => (await live(id)).length === 1);
  const ended = await prisma().session.findFirst({ where: { identityId: id, endedAt: { not: null } } });
  expect(ended).toMatchObject({
    endedBy: 'itself',
    observedBy: 'native',
    connectorId: world.connectorId,
    label: 'second · 127.0.0.1',
  });
  const [row] = (await listConnectors(ctx)).items;
  expect(row).toMatchObject({ name: 'orders-db', health: expect.stringMatching(/ok|degraded/) });
  expect(row!.sessionCount).toBeGreaterThan(1);
});

test('one session is ended alone, proven, and attributed to who asked', async () => {
  const { id, role } = await account('single', 2);
  const [first, other] = await live(id);
  const asked = await request(ctx, { kind: 'terminate', sessionIds: [first!.id], ...why });
  const done = await reached(asked.revocationId, 'verified');
  expect(done.steps.map((step) => [step.verb, step.state])).toEqual([
    ['deny', 'verified'],
    ['terminate', 'verified'],
    ['probe', 'verified'],
  ]);
  expect(await backends(role)).toBe(1);
  expect(await prisma().session.findUnique({ where: { id: first!.id } })).toMatchObject({
    state: 'ended',
    endedBy: 'operator',
    endReason: 'drill',
  });
  expect(await prisma().session.findUnique({ where: { id: other!.id } })).toMatchObject({ endedAt: null });
  const again = await request(ctx, { kind: 'terminate', sessionIds: [first!.id], ...why });
  expect(again).toMatchObject({ revocationId: asked.revocationId, created: false });
});

test('revoke: a client that reconnects in a tight loop never gets back in', async () => {
  const { role, id } = await account('looping', 3);
  const radius = await preview(ctx, { kind: 'revoke', identityId: id });
  expect(radius).toMatchObject({ sessionsTotal: 3, cannotEnd: [] });
  expect(radius.systems.map((system) => system.name)).toEqual(['Decision point', 'orders-db']);
  let stop = false;
  let lastIn = 0;
  const loop = async () => {
    while (!stop) {
      const client = await login(role, 'loop');
      if (client) lastIn = performance.now();
      await client?.end().catch(() => undefined);
    }
  };
  const looping = [loop(), loop(), loop()];
  await sleep(300);
  const asked = await request(ctx, { kind: 'revoke', identityId: id, ...why });
  expect(await prisma().identity.findUnique({ where: { id } })).toMatchObject({
    state: 'revoked',
    stateReason: 'drill',
  });
  const done = await reached(asked.revocationId, 'verified');
  const verified = performance.now();
  await sleep(1_000);
  stop = true;
  await Promise.all(looping);
  expect(lastIn).toBeLessThan(verified);
  expect(done.steps.map((step) => [step.system, step.verb, step.state])).toEqual([
    ['decision_point', 'deny', 'verified'],
    ['orders-db', 'block', 'verified'],
    ['orders-db', 'terminate', 'verified'],
    ['orders-db', 'probe', 'verified'],
    ['regrowth', 'regrowth', expect.stringMatching(/requested|accepted/)],
  ]);
  const at = (verb: string, end: 'startedAt' | 'finishedAt') =>
    Date.parse(done.steps.find((step) => step.verb === verb)![end]!);
  expect(at('block', 'finishedAt')).toBeLessThanOrEqual(at('terminate', 'startedAt'));
  expect(at('terminate', 'finishedAt')).toBeLessThanOrEqual(at('probe', 'startedAt'));
  expect(await backends(role)).toBe(0);
  expect((await live(id)).length).toBe(0);
  expect(await request(ctx, { kind: 'revoke', identityId: id, ...why })).toMatchObject({
    revocationId: asked.revocationId,
    created: false,
  });
  const audit = await prisma().auditEntry.findMany({ where: { targetId: id, action: 'identity.revoke' } });
  expect(audit).toMatchObject([{ actorName: 'Rae Responder', reason: 'drill' }]);
  const times = await summary(ctx);
  expect(times.clickToVerifiedMs!.count).toBeGreaterThan(0);
  expect(times.clickToVerifiedMs!.p50).toBeGreaterThan(300);
  expect((await preview(ctx, { kind: 'revoke', identityId: id })).systems[0]).toMatchObject({ measured: true });
  expect(times.perConnector[0]).toMatchObject({ connectorId: world.connectorId, name: 'orders-db' });

  const back = await request(ctx, { kind: 'restore', identityId: id, ...why });
  await reached(back.revocationId, 'verified');
  expect(await login(role)).toBeDefined();
  const { cursor } = await prisma().connector.findUniqueOrThrow({ where: { id: world.connectorId } });
  const [{ syncRequestedAt }, { requestedAt }] = [
    cursor as { syncRequestedAt: string },
    await show(ctx, { id: back.revocationId }),
  ];
  expect(Date.parse(syncRequestedAt)).toBeGreaterThan(Date.parse(requestedAt)); // listed anew at once: the credential reads as it is
  await until(() => prisma().credential.findFirst({ where: { identityId: id, state: 'active' } }));
  expect(await show(ctx, { id: asked.revocationId })).toMatchObject({ undoneBy: back.revocationId });
  expect(await prisma().identity.findUnique({ where: { id } })).toMatchObject({ state: 'active' });
});

test('from click to verified, five times; how long it takes is measured by `npm run bench revoke`', async () => {
  const took: number[] = [];
  for (const n of [1, 2, 3, 4, 5]) {
    const { id } = await account(`timed${n}`);
    const { revocationId } = await request(ctx, { kind: 'revoke', identityId: id, ...why });
    const done = await reached(revocationId, 'verified');
    took.push(Date.parse(done.verifiedAt!) - Date.parse(done.requestedAt));
  }
  took.sort((a, b) => a - b);
  console.log('click to verified, ms:', took.join(' '));
  expect(took.every((ms) => ms > 0)).toBe(true);
});

test('pause and resume; what does not fit the state is refused', async () => {
  const { role, id } = await account('paused');
  const paused = await request(ctx, { kind: 'pause', identityId: id, ...why });
  await reached(paused.revocationId, 'verified');
  expect(await login(role)).toBeUndefined();
  expect(await prisma().identity.findUnique({ where: { id } })).toMatchObject({ state: 'paused' });
  await expect(request(ctx, { kind: 'restore', identityId: id, ...why })).rejects.toMatchObject({ code: 'conflict' });
  const resumed = await request(ctx, { kind: 'resume', identityId: id, ...why });
  await reached(resumed.revocationId, 'verified');
  expect(await login(role)).toBeDefined();
});

test('protected identities and operators without the right are refused, and nothing is written', async () => {
  const { id } = await account('rights');
  const before = await prisma().revocation.count();
  const superuser = await until(() => prisma().identity.findFirst({ where: { name: 'postgres' } }));
  expect(superuser).toMatchObject({ protected: true });
  const own = await until(() => prisma().identity.findFirst({ where: { name: 'braid' } }));
  expect(own).toMatchObject({ protected: true });
  await expect(request(ctx, { kind: 'revoke', identityId: own.id, ...why })).rejects.toMatchObject({
    code: 'connector.protected',
  });
  await expect(request(ctx, { kind: 'pause', identityId: superuser.id, ...why })).rejects.toMatchObject({
    code: 'connector.protected',
  });
  for (const kind of ['revoke', 'pause', 'resume', 'restore'] as const) {
    await expect(request(viewer, { kind, identityId: id, ...why })).rejects.toMatchObject({ code: 'access.denied' });
  }
  const [session] = await live(id);
  await expect(request(viewer, { kind: 'terminate', sessionIds: [session!.id], ...why })).rejects.toMatchObject({
    code: 'access.denied',
  });
  await expect(request(ctx, { kind: 'revoke', identityId: newId(), ...why })).rejects.toMatchObject({
    code: 'not_found',
  });
  expect(await prisma().revocation.count()).toBe(before);
});

test('double clicks at the same moment make one revocation', async () => {
  const { id } = await account('double');
  const all = await Promise.all(
    Array.from({ length: 6 }, () => request(ctx, { kind: 'revoke', identityId: id, ...why })),
  );
  expect(new Set(all.map((one) => one.revocationId)).size).toBe(1);
  expect(all.filter((one) => one.created)).toHaveLength(1);
  await reached(all[0]!.revocationId, 'verified');
});

test('restoring gives LOGIN back only where Braid took it: a role that was NOLOGIN before stays so', async () => {
  const { role, id } = await account('nologin');
  await admin(`alter role ${role} nologin`);
  const { revocationId } = await request(ctx, { kind: 'revoke', identityId: id, ...why });
  await reached(revocationId, 'verified');
  const back = await request(ctx, { kind: 'restore', identityId: id, ...why });
  const done = await reached(back.revocationId, 'verified');
  expect(done.steps.find((step) => step.verb === 'unblock' && step.connectorId)!.detail).toBe(
    `${role}: Braid took no login away, left as it was`,
  );
  expect(await admin(`select rolcanlogin from pg_roles where rolname = '${role}'`)).toEqual([{ rolcanlogin: false }]);
});

test('several identities are ended together or not at all', async () => {
  const { id, role } = await account('bulk');
  const [session] = await live(id);
  const guarded = newId();
  await prisma().identity.create({
    data: { id: guarded, name: 'root', externalId: 'root', kind: 'service_account', protected: true },
  });
  const other = await prisma().session.create({
    data: {
      id: newId(),
      identityId: guarded,
      source: 'pdp',
      observedBy: 'declared',
      groupKey: newId(),
      label: 'guarded',
      startedAt: new Date(),
      lastEventAt: new Date(),
    },
  });
  const before = await prisma().revocation.count();
  const sessionIds = [session!.id, other.id];
  await expect(request(ctx, { kind: 'terminate', sessionIds, ...why })).rejects.toMatchObject({
    code: 'connector.protected',
  });
  expect(await prisma().revocation.count()).toBe(before);
  expect(await backends(role)).toBe(1);
  await prisma().identity.update({ where: { id: guarded }, data: { protected: false } });
  const both = await request(ctx, { kind: 'terminate', sessionIds, ...why });
  expect(both.revocationIds).toHaveLength(2);
  for (const one of both.revocationIds) await reached(one, 'verified');
});
