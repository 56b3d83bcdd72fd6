import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { create } from '@/lib/connectors/create';
import { type World, worldOf } from '@/lib/connectors/simulator/world';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { list } from '@/lib/drills/list';
import type { DrillRow } from '@/lib/drills/model';
import { preview } from '@/lib/drills/preview';
import { run } from '@/lib/drills/run';
import { setSchedule } from '@/lib/drills/set-schedule';
import { start } from '@/lib/drills/start';
import { startDue } from '@/lib/drills/start-due';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { usualGuardrails } from '@/lib/responses/model';
import { setGuardrails } from '@/lib/responses/set-guardrails';
import { list as listRevocations } from '@/lib/revocations/list';
import { show } from '@/lib/revocations/show';
import { summary } from '@/lib/revocations/summary';
import { startRespond } from '@/lib/server/respond';
import { asUsual } from '@/lib/server/testing-guardrails';

testDatabase();
const ctx = { actor: { kind: 'operator' as const, id: newId(), name: 'Rae Responder', role: 'admin' as const } };
let worker: { stop: () => Promise<void> };
beforeAll(async () => {
  worker = await startRespond();
});
afterAll(() => worker.stop());

interface System {
  connectorId: string;
  canary: string;
  identityId: string;
  world: World;
}

async function until<T>(look: () => Promise<T | undefined | false | null>, ms = 30_000): Promise<T> {
  for (const end = performance.now() + ms; ; ) {
    const found = await look();
    if (found) return found;
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${look.toString()}`);
    await sleep(50);
  }
}

async function system(gaps = ''): Promise<System> {
  const name = `drilled_${newId().slice(-8)}`;
  const canary = `canary_${newId().slice(-8)}`;
  const values = { world: name, identities: `${canary}:0, svc_${name}:1`, gaps, canary, linkByName: 'false' };
  const { id: connectorId } = await create(ctx, { vendor: 'simulator', name, values });
  const identity = await until(() => prisma().identity.findFirst({ where: { name: canary } }));
  const world = worldOf(name, () => {
    throw new Error('the world has not been opened');
  });
  return { connectorId, canary, identityId: identity.id, world };
}

const over = (connectorId: string): Promise<DrillRow> =>
  until(async () => {
    const [row] = (await list(ctx, { connectorId })).items;
    return row && row.state !== 'running' && row;
  }, 60_000);

/** A drill that a worker has taken up, and nobody goes on with. */
async function begun(of: { connectorId: string; identityId: string; canary: string }): Promise<string> {
  const id = newId();
  await prisma().drill.create({
    data: { ...of, id, method: 'entry', asked: 'operator', actorName: 'x', startedAt: clock.now() },
  });
  return id;
}

test('a drill times what happened, gives the access back, and is in no statistic of real ones', {
  timeout: 120_000,
}, async () => {
  const { connectorId, canary, identityId, world } = await system();
  expect(await preview(ctx, { connectorId })).toMatchObject({ canary, method: 'entry', sessions: 0, refused: null });
  await start(ctx, { connectorId });
  await expect(start(ctx, { connectorId })).rejects.toMatchObject({ code: 'conflict' });
  const done = await over(connectorId);
  expect(done).toMatchObject({ state: 'passed', asked: 'operator', actorName: 'Rae Responder', detail: null });
  for (const ms of [done.refusedMs, done.deadMs, done.verifiedMs]) expect(ms).toBeGreaterThanOrEqual(0);
  expect(done.observations.map((one) => one.saw)).toEqual(expect.arrayContaining(['refused', 'dead', 'verified']));
  expect(done.restoredAt).not.toBeNull();
  expect(world.actors.get(canary)).toMatchObject({ blocked: false });
  expect(await prisma().identity.findUnique({ where: { id: identityId } })).toMatchObject({ state: 'active' });
  const revocation = await show(ctx, { id: done.revocationId! });
  expect(revocation).toMatchObject({ drill: true, state: 'verified', reasonCode: 'test', regrowthUntil: null });
  expect(revocation.steps.some((step) => step.verb === 'regrowth')).toBe(false);
  expect(await summary(ctx)).toMatchObject({ total: 0, clickToVerifiedMs: null });
  expect((await listRevocations(ctx)).items).toEqual([]);
  expect((await listRevocations(ctx, { drills: 'only' })).items).toHaveLength(2);
  expect(await prisma().finding.count({ where: { identityId } })).toBe(0);
  expect(await prisma().auditEntry.count({ where: { action: 'drill.start', targetId: connectorId } })).toBe(1);
});

test('a canary that is still in raises a finding, whatever the system says of itself', {
  timeout: 120_000,
}, async () => {
  const { connectorId, identityId } = await system('G6');
  await start(ctx, { connectorId });
  const done = await over(connectorId);
  expect(done).toMatchObject({ state: 'failed', refusedMs: expect.any(Number), deadMs: null, verifiedMs: null });
  expect(done.detail).toMatch(/the session opened before was still served\. The revocation read residual\./);
  const finding = await prisma().finding.findFirst({ where: { identityId, detector: 'survival' } });
  expect(finding).toMatchObject({ severity: 'high', cause: `drill:${connectorId}` });
  expect(done.restoredAt).not.toBeNull();
});

test('what can’t be drilled says why before anything is done', async () => {
  const { id: none } = await create(ctx, {
    vendor: 'simulator',
    name: `plain_${newId().slice(-8)}`,
    values: { world: newId(), identities: 'svc:1', linkByName: 'false' },
  });
  expect((await preview(ctx, { connectorId: none })).refused).toMatch(/No canary is named/);
  // What could never be held is not planned either; what was planned can be taken back.
  await expect(setSchedule(ctx, { connectorId: none, every: 'daily' })).rejects.toMatchObject({
    code: 'conflict',
    publicMessage: expect.stringContaining('in the settings of'),
  });
  await setSchedule(ctx, { connectorId: none, every: 'off' });
  await expect(start(ctx, { connectorId: none })).rejects.toMatchObject({ code: 'conflict' });
  const { connectorId, canary, world } = await system();
  await setGuardrails(ctx, { ...usualGuardrails(), never: [canary] });
  expect((await preview(ctx, { connectorId })).refused).toMatch(/never touched/);
  await asUsual();
  world.actors.get(canary)!.blocked = true;
  await start(ctx, { connectorId });
  const done = await over(connectorId);
  expect(done).toMatchObject({ state: 'broken', clickedAt: null, revocationId: null });
  expect(done.detail).toMatch(/was not let in before anything was ended/);
});

test('one whose worker died gives back what was taken, and claims to have measured nothing', {
  timeout: 120_000,
}, async () => {
  const { connectorId, canary, identityId, world } = await system();
  const { request } = await import('@/lib/revocations/request');
  const id = await begun({ connectorId, identityId, canary });
  // Killed between the click and writing it down.
  const { revocationId } = await request(
    ctx,
    { kind: 'revoke', identityId, reasonCode: 'test' },
    { drill: connectorId },
  );
  await until(async () => (await show(ctx, { id: revocationId })).state === 'verified');
  await run(id, new AbortController().signal);
  expect((await list(ctx, { connectorId })).items[0]).toMatchObject({
    state: 'broken',
    refusedMs: null,
    verifiedMs: null,
  });
  expect(world.actors.get(canary)!.blocked).toBe(false);
});

test('one that lost its job is taken up again: its canary is given back', { timeout: 120_000 }, async () => {
  const { connectorId, canary, identityId, world } = await system();
  const { request } = await import('@/lib/revocations/request');
  const drill = { id: newId(), connectorId, identityId, canary, method: 'entry', asked: 'schedule', actorName: 'x' };
  await prisma().drill.create({ data: { ...drill, startedAt: new Date(clock.ms() - 30 * 60_000) } });
  const { revocationId } = await request(
    ctx,
    { kind: 'revoke', identityId, reasonCode: 'test' },
    { drill: connectorId },
  );
  await until(async () => (await show(ctx, { id: revocationId })).state === 'verified');
  await startDue();
  expect(await over(connectorId)).toMatchObject({ state: 'broken', restoredAt: expect.any(String) });
  expect(world.actors.get(canary)!.blocked).toBe(false);
});

test('a drill neither opens what somebody closes meanwhile nor closes what is closed', {
  timeout: 120_000,
}, async () => {
  const { connectorId, canary, identityId, world } = await system();
  const { request } = await import('@/lib/revocations/request');
  const id = await begun({ connectorId, identityId, canary });
  const revoke = { kind: 'revoke' as const, identityId, reasonCode: 'test' as const };
  const drilled = await request(ctx, revoke, { drill: connectorId });
  const real = await request(ctx, { ...revoke, reasonCode: 'compromise_confirmed' });
  expect(real).toMatchObject({ created: true });
  expect(real.revocationId).not.toBe(drilled.revocationId);
  await until(async () => (await show(ctx, { id: real.revocationId })).state === 'verified');
  await run(id, new AbortController().signal);
  expect((await list(ctx, { connectorId })).items[0]).toMatchObject({
    state: 'broken',
    restoredAt: null,
    detail: expect.stringContaining('revoked in earnest meanwhile'),
  });
  expect(await prisma().identity.findUnique({ where: { id: identityId } })).toMatchObject({ state: 'revoked' });
  expect(world.actors.get(canary)!.blocked).toBe(true);
  await expect(request(ctx, revoke, { drill: connectorId })).rejects.toMatchObject({ code: 'conflict' });
  const back = await request(ctx, { kind: 'restore', identityId, reasonCode: 'wanted_again' });
  await until(async () => (await show(ctx, { id: back.revocationId })).state === 'verified');
  expect(world.actors.get(canary)!.blocked).toBe(false);
});

test('a drill touches the one system it measures: the other, the decision point and what its callers declared are left alone', {
  timeout: 60_000,
}, async () => {
  const [one, other] = [await system(), await system()];
  // The same identity lives in both, with a live session in the second and one that a caller declared.
  await prisma().identityAlias.updateMany({
    where: { identityId: other.identityId },
    data: { identityId: one.identityId },
  });
  const session = (connectorId: string | null, observedBy: string) => ({
    id: newId(),
    identityId: one.identityId,
    connectorId,
    source: connectorId ? 'simulator' : 'pdp',
    observedBy,
    groupKey: newId(),
    label: 'work',
    startedAt: clock.now(),
    lastEventAt: clock.now(),
  });
  const declared = session(null, 'declared');
  await prisma().session.create({ data: declared });
  expect(await preview(ctx, { connectorId: one.connectorId })).toMatchObject({ systems: [expect.any(String)] });
  const before = await prisma().identity.findUniqueOrThrow({ where: { id: one.identityId } });
  await start(ctx, { connectorId: one.connectorId });
  const blocked = await until(async () => one.world.actors.get(one.canary)!.blocked);
  expect(blocked).toBe(true);
  expect(other.world.actors.get(other.canary)!.blocked).toBe(false);
  expect(await prisma().identity.findUnique({ where: { id: one.identityId } })).toMatchObject({ state: 'active' });
  expect(await over(one.connectorId)).toMatchObject({ state: 'passed', detail: null });
  const { items } = await listRevocations(ctx, { identityId: one.identityId, drills: 'only' });
  expect(items).toHaveLength(2);
  for (const row of items) expect([...new Set(row.steps.map((step) => step.connectorId))]).toEqual([one.connectorId]);
  const after = await prisma().identity.findUniqueOrThrow({ where: { id: one.identityId } });
  expect(after).toMatchObject({ stateRevision: before.stateRevision, stateChangedAt: before.stateChangedAt });
  expect(await prisma().session.findUnique({ where: { id: declared.id } })).toMatchObject({ endedAt: null });
  // The second is drilled by itself.
  await start(ctx, { connectorId: other.connectorId });
  expect(await over(other.connectorId)).toMatchObject({ state: 'passed' });
});

test('paused in earnest during its drill it stays paused, the drill says so, and resuming opens it', {
  timeout: 60_000,
}, async () => {
  const { connectorId, canary, identityId, world } = await system();
  const { request } = await import('@/lib/revocations/request');
  const id = await begun({ connectorId, identityId, canary });
  const revoke = { kind: 'revoke' as const, identityId, reasonCode: 'test' as const };
  const drilled = await request(ctx, revoke, { drill: connectorId });
  await until(async () => (await show(ctx, { id: drilled.revocationId })).state === 'verified');
  const pause = await request(ctx, { kind: 'pause', identityId, reasonCode: 'compromise_confirmed' });
  await until(async () => (await show(ctx, { id: pause.revocationId })).state === 'verified');
  await run(id, new AbortController().signal);
  expect((await list(ctx, { connectorId })).items[0]).toMatchObject({
    state: 'broken',
    restoredAt: null,
    detail: expect.stringContaining('paused in earnest meanwhile'),
  });
  await startDue();
  expect(world.actors.get(canary)!.blocked).toBe(true);
  const back = await request(ctx, { kind: 'resume', identityId, reasonCode: 'wanted_again' });
  await until(async () => (await show(ctx, { id: back.revocationId })).state === 'verified');
  expect(world.actors.get(canary)!.blocked).toBe(false);
  expect(await prisma().identity.findUnique({ where: { id: identityId } })).toMatchObject({ state: 'active' });
});

test('what a drill could not give back is given back as soon as it can be', { timeout: 60_000 }, async () => {
  const { connectorId, canary, identityId, world } = await system();
  const { request } = await import('@/lib/revocations/request');
  const id = await begun({ connectorId, identityId, canary });
  const revoke = { kind: 'revoke' as const, identityId, reasonCode: 'test' as const };
  const drilled = await request(ctx, revoke, { drill: connectorId });
  await until(async () => (await show(ctx, { id: drilled.revocationId })).state === 'verified');
  await prisma().connector.update({ where: { id: connectorId }, data: { state: 'disabled' } });
  await run(id, new AbortController().signal);
  const [broken] = (await list(ctx, { connectorId })).items;
  expect(broken).toMatchObject({ state: 'broken', restoredAt: null, detail: expect.stringContaining('is disabled') });
  await prisma().connector.update({ where: { id: connectorId }, data: { state: 'enabled' } });
  await until(async () => {
    await startDue();
    return (await list(ctx, { connectorId })).items[0]!.restoredAt;
  });
  expect(world.actors.get(canary)!.blocked).toBe(false);
});

test('a schedule starts what is due, once, and lists what could not be held', { timeout: 120_000 }, async () => {
  const { connectorId } = await system();
  await setSchedule(ctx, { connectorId, every: 'weekly' });
  await startDue();
  expect((await list(ctx, { connectorId })).items).toEqual([]);
  await prisma().drillSchedule.update({ where: { connectorId }, data: { nextAt: new Date(clock.ms() - 1_000) } });
  await Promise.all([startDue(), startDue()]);
  expect(await over(connectorId)).toMatchObject({ state: 'passed', asked: 'schedule' });
  expect((await list(ctx, { connectorId })).items).toHaveLength(1);
  const schedule = await prisma().drillSchedule.findUniqueOrThrow({ where: { connectorId } });
  expect(schedule.nextAt!.getTime()).toBeGreaterThan(clock.ms() + 6 * 86_400_000);
});
