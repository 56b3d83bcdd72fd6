// A case holds identities and workloads: what is involved has to end, or is taken out with a reason.
import { expect, test } from 'vitest';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { contain } from '@/lib/playbooks/contain';
import { finish } from '@/lib/playbooks/finish';
import { linkObject } from '@/lib/playbooks/link-object';
import { listActs } from '@/lib/playbooks/list-acts';
import { reopen } from '@/lib/playbooks/reopen';
import { show } from '@/lib/playbooks/show';
import { start } from '@/lib/playbooks/start';
import { unlinkObject } from '@/lib/playbooks/unlink-object';
import { waive } from '@/lib/playbooks/waive';

testDatabase();
const operator = (role: 'admin' | 'viewer') => ({
  actor: { kind: 'operator' as const, id: newId(), name: `Rae the ${role}`, role },
});
const ctx = operator('admin');
const viewer = operator('viewer');

async function identity(name: string): Promise<string> {
  const id = newId();
  await prisma().identity.create({ data: { id, name, externalId: name, kind: 'workload' } });
  return id;
}
async function session(identityId: string, label: string, over: object = {}): Promise<string> {
  const id = newId();
  const at = new Date(clock.ms() - 60_000);
  const told = { source: 'kubernetes', observedBy: 'derived', groupKey: id, startedAt: at, lastEventAt: at };
  await prisma().session.create({ data: { id, identityId, label, ...told, ...over } });
  return id;
}
async function finding(identityId: string, sessions: string[]): Promise<string> {
  const id = newId();
  const at = new Date(clock.ms() - 3_600_000);
  const said = { detector: 'manual', cause: id, severity: 'high', title: 'Stolen', summary: 'stolen' };
  await prisma().finding.create({
    data: { id, identityId, ...said, evidence: { sessions }, firstSeenAt: at, lastSeenAt: at },
  });
  return id;
}
async function closed(identityId: string, kind: 'revoke' | 'terminate'): Promise<string> {
  const id = newId();
  const why = { reasonCode: 'test', reason: 'drill', actorKind: 'operator', actorName: 'Rae' };
  await prisma().revocation.create({
    data: { id, identityId, kind, state: 'verified', requestedAt: clock.now(), ...why },
  });
  return id;
}

test('what its evidence names is in the case from the start, identities and workloads beside each other', async () => {
  const [main, other] = [await identity('payments'), await identity('sidecar')];
  const mine = await session(main, 'payments api', { runtime: 'pod uid-7', device: 'node-3', run: 'deploy/88' });
  const its = await session(other, 'sidecar api', { runtime: 'go1.24' });
  await session(other, 'sidecar elsewhere');
  const inPod = await session(other, 'sidecar in the pod', { runtime: 'pod uid-7' });
  const { id } = await start(ctx, { identityId: main, findingId: await finding(main, [mine, its]) });
  const found = await show(viewer, { id });
  expect(found.objects.map((one) => [one.kind, one.name, one.role, one.live])).toEqual([
    ['session', 'payments api', 'involved', 1],
    ['run', 'deploy/88', 'involved', 1],
    ['pod', 'pod uid-7', 'involved', 2],
    ['host', 'node-3', 'context', 1],
    ['session', 'sidecar api', 'involved', 1],
    ['identity', 'sidecar', 'context', 3],
    ['runtime', 'go1.24', 'context', 1],
  ]);
  expect(found.objects.every((one) => one.linkedBy === ctx.actor.name && !one.removedAt)).toBe(true);
  // Of the other identity: its session in evidence and the one in the pod, not all it does.
  expect(new Set(found.live.map((one) => one.id))).toEqual(new Set([mine, its, inPod]));
});

test('an identity that is put into the case has to end, or is taken out of it with a reason', async () => {
  const [main, accomplice] = [await identity('stolen'), await identity('accomplice')];
  const root = await session(accomplice, 'accomplice api');
  await prisma().sessionEvent.create({
    data: {
      identityId: accomplice,
      id: newId(),
      sessionId: root,
      at: new Date(clock.ms() - 1_000),
      source: 'kubernetes',
      eventId: newId(),
      action: 'get',
      class: 'read',
      resource: 'secrets',
    },
  });
  const { id } = await start(ctx, { identityId: main });
  const link = { id, kind: 'identity' as const, ref: accomplice, reason: 'it used the same key' };
  await expect(linkObject(viewer, link)).rejects.toMatchObject({ code: 'access.denied' });
  await expect(linkObject(ctx, { ...link, ref: newId() })).rejects.toMatchObject({ code: 'not_found' });
  await expect(linkObject(ctx, { ...link, ref: 'nobody' })).rejects.toMatchObject({ code: 'not_found' });
  await expect(linkObject(ctx, { ...link, ref: main })).rejects.toMatchObject({ code: 'conflict' });
  const { objectId } = await linkObject(ctx, link);
  expect((await linkObject(ctx, { ...link, reason: 'seen with the key again' })).objectId).toBe(objectId);
  expect((await listActs(viewer, { id })).items).toMatchObject([
    { action: 'get', identityName: 'accomplice', heir: null },
  ]);

  const over = { id, kind: 'session_termination' as const };
  const mine = await closed(main, 'revoke');
  await expect(finish(ctx, { ...over, revocationIds: [mine] })).rejects.toMatchObject({
    publicMessage:
      'accomplice: 1 session is still live: end what is left first, or take it out of the case and say why.',
  });
  await expect(unlinkObject(ctx, { id, objectId, reason: '' })).rejects.toThrow();
  await unlinkObject(ctx, { id, objectId, reason: 'another key after all' });
  await expect(unlinkObject(ctx, { id, objectId, reason: 'twice' })).rejects.toMatchObject({ code: 'not_found' });
  await finish(ctx, { ...over, revocationIds: [mine] });
  const [object] = (await show(viewer, { id })).objects;
  expect(object).toMatchObject({
    name: 'accomplice',
    removedReason: 'another key after all',
    removedBy: ctx.actor.name,
  });
  expect((await listActs(viewer, { id })).items).toEqual([]);

  // What is said to be over stays true: the step comes first.
  await expect(linkObject(ctx, link)).rejects.toMatchObject({
    publicMessage: expect.stringContaining('reopen that step'),
  });
  await linkObject(ctx, { ...link, role: 'context' });
  await reopen(ctx, { ...over, reason: 'the accomplice is back' });
  await linkObject(ctx, link);
  await prisma().identity.update({ where: { id: accomplice }, data: { state: 'revoked' } });
  await expect(finish(ctx, { ...over, revocationIds: [mine] })).rejects.toMatchObject({
    publicMessage: expect.stringContaining('accomplice: 1 session is still live: name the revocation'),
  });
  await finish(ctx, { ...over, revocationIds: [mine, await closed(accomplice, 'revoke')] });
  for (const kind of ['secret_review', 'privilege_reduction', 'log_correlation'] as const)
    await waive(ctx, { id, kind, reason: 'an exercise' });
  await contain(ctx, { id, summary: 'over' });
  await expect(linkObject(ctx, { ...link, role: 'context' })).rejects.toMatchObject({ code: 'conflict' });
  const audit = await prisma().auditEntry.findMany({
    where: { targetId: id, action: { in: ['playbook.link', 'playbook.unlink'] } },
  });
  expect(audit).toHaveLength(5);
});

test('a workload is involved by hand: who else lives in it is in the way until it ends', async () => {
  const [main, other] = [await identity('stolen-too'), await identity('neighbour')];
  await session(other, 'neighbour api', { device: 'build-host-1' });
  const { id } = await start(ctx, { identityId: main });
  await linkObject(ctx, { id, kind: 'host', ref: 'build-host-1', role: 'involved', reason: 'the host was taken over' });
  const over = { id, kind: 'session_termination' as const, revocationIds: [await closed(main, 'revoke')] };
  await expect(finish(ctx, over)).rejects.toMatchObject({
    publicMessage: expect.stringContaining('neighbour: 1 session'),
  });
  await prisma().session.updateMany({ where: { identityId: other }, data: { endedAt: clock.now(), state: 'ended' } });
  // However many live where it was only seen.
  const crowd = Array.from({ length: 210 }, () => newId());
  const at = new Date(clock.ms() - 1_000);
  const told = { identityId: other, label: 'crowd', source: 'kubernetes', observedBy: 'derived', runtime: 'shared' };
  await prisma().session.createMany({
    data: crowd.map((one) => ({ id: one, groupKey: one, startedAt: at, lastEventAt: at, ...told })),
  });
  const shared = { id, kind: 'runtime' as const, ref: 'shared', reason: 'everybody runs there' };
  await linkObject(ctx, { ...shared, role: 'context' });
  await session(other, 'neighbour still', { device: 'build-host-1', startedAt: new Date(clock.ms() - 600_000) });
  await expect(finish(ctx, over)).rejects.toMatchObject({
    publicMessage: expect.stringContaining('neighbour: 1 session'),
  });
  await prisma().session.updateMany({
    where: { device: 'build-host-1' },
    data: { endedAt: clock.now(), state: 'ended' },
  });
  await finish(ctx, over);
});
