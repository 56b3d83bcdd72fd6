// A rotation through the whole machine: request, new secret, end, proof, hand-over. Systems are the simulator's, with and without gaps.
import { expect, test } from 'vitest';
import { create } from '@/lib/connectors/create';
import { open } from '@/lib/connectors/open';
import { pullIdentities, pullSessions } from '@/lib/connectors/pull';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { merge } from '@/lib/identities/merge';
import { newId } from '@/lib/platform/ids';
import { bulk } from '@/lib/revocations/bulk';
import { forgetSecrets } from '@/lib/revocations/forget-secrets';
import { left } from '@/lib/revocations/left';
import { listSecrets } from '@/lib/revocations/list-secrets';
import { preview } from '@/lib/revocations/preview';
import { request } from '@/lib/revocations/request';
import { retry } from '@/lib/revocations/retry';
import { show } from '@/lib/revocations/show';
import { sweep } from '@/lib/revocations/sweep';
import { takeSecret } from '@/lib/revocations/take-secret';
import { ctx, only, operator, rotate, subjectWith, until, why } from '@/lib/revocations/testing-rotated';

testDatabase();
test('what the old secret opened ends, the new one comes in, and is handed over once', async () => {
  const subject = await subjectWith();
  const { world, name } = subject;
  const before = world.actors.get(name)!.secret;
  const asked = await preview(ctx, { kind: 'rotate', identityId: subject.identityId });
  expect(asked.systems.at(-1)).toMatchObject({ name, reversible: false });
  const id = await rotate(subject);
  expect(await until(id, ['verified'])).toBe('verified');
  expect(world.actors.get(name)!.sessions.size).toBe(0);
  expect(world.open(name, before)).toBeUndefined();
  const row = await show(ctx, { id });
  expect(row.steps.map((step) => step.verb)).toEqual(['deny', 'rotate', 'terminate', 'probe']);
  expect(row.identityState).toBe('active');
  const live = await prisma().session.count({ where: { identityId: subject.identityId, endedAt: null } });
  expect(live).toBe(0);

  const one = await only(id);
  expect(one).toMatchObject({ state: 'ready', system: name, externalId: name, takenAt: null });
  await expect(takeSecret(operator('responder'), { id, secretId: one.id })).rejects.toMatchObject({
    code: 'access.denied',
  });
  const taken = await takeSecret(ctx, { id, secretId: one.id });
  expect(world.open(name, taken.secret.secret)).toBeDefined();
  await expect(takeSecret(ctx, { id, secretId: one.id })).rejects.toMatchObject({ code: 'conflict' });
  expect(await only(id)).toMatchObject({ state: 'taken', takenBy: ctx.actor.name, until: null });
  const stored = await prisma().rotatedSecret.findUniqueOrThrow({ where: { id: one.id } });
  expect(stored.sealed).toBeNull();
  const everything = JSON.stringify([
    await prisma().auditEntry.findMany(),
    await prisma().revocation.findMany({ include: { steps: true } }),
    stored,
  ]);
  expect(everything).toContain('secret.take');
  expect(everything).not.toContain(taken.secret.secret);
});

test('two who take it at once: one has it', async () => {
  const subject = await subjectWith();
  const id = await rotate(subject);
  await until(id, ['verified']);
  const one = await only(id);
  const both = await Promise.allSettled([1, 2, 3, 4].map(() => takeSecret(ctx, { id, secretId: one.id })));
  expect(both.filter((answer) => answer.status === 'fulfilled')).toHaveLength(1);
});

test('once it is in use nothing is ended any more, whatever is asked', async () => {
  const subject = await subjectWith(['G2']);
  const { world, name } = subject;
  const id = await rotate(subject);
  expect(await until(id, ['residual'])).toBe('residual');
  const one = await only(id);
  const { secret } = await takeSecret(ctx, { id, secretId: one.id });
  const session = world.open(name, secret.secret)!;
  await expect(retry(ctx, { id })).rejects.toMatchObject({ code: 'conflict' });
  await prisma().revocation.update({ where: { id }, data: { dueAt: new Date(0) } });
  await prisma().revocationStep.updateMany({
    where: { revocationId: id, verb: 'probe' },
    data: { finishedAt: new Date(0) },
  });
  await sweep();
  expect(world.serves(session) && world.actors.get(name)!.sessions.has(session.key)).toBe(true);
  expect((await show(ctx, { id })).state).toBe('residual');
  // What was said to live on is over at its time, and not before.
  const probed = (await show(ctx, { id })).steps.find((step) => step.verb === 'probe')!;
  const residuals = probed.residuals.map((left) => ({ ...left, until: new Date(1).toISOString() }));
  await prisma().revocationStep.update({ where: { id: probed.id }, data: { residuals, finishedAt: new Date(0) } });
  await prisma().revocation.update({ where: { id }, data: { dueAt: new Date(0) } });
  expect(await until(id, ['verified'])).toBe('verified');
  expect(world.actors.get(name)!.sessions.has(session.key)).toBe(true);
});

test('a worker that died after the system changed sets the same secret again', async () => {
  const subject = await subjectWith();
  const { world, name } = subject;
  const id = await rotate(subject);
  await until(id, ['verified']);
  const first = world.actors.get(name)!.secret;
  // As it was left behind: the system has it, Braid does not know yet.
  await prisma().rotatedSecret.updateMany({ where: { revocationId: id }, data: { made: false, readyAt: null } });
  await prisma().revocationStep.updateMany({
    where: { revocationId: id, connectorId: { not: null } },
    data: { state: 'requested', finishedAt: null },
  });
  await prisma().revocation.update({ where: { id }, data: { state: 'requested', dueAt: new Date(0) } });
  expect(await until(id, ['verified'])).toBe('verified');
  expect(world.actors.get(name)!.secret).toBe(first);
  const { secret } = await takeSecret(ctx, { id, secretId: (await only(id)).id });
  expect(secret.secret).toBe(first);
});

test('a later rotation takes the place of an earlier one, which never acts again and offers nothing', async () => {
  const subject = await subjectWith(['G2']);
  const { world, name } = subject;
  const first = await rotate(subject);
  expect(await until(first, ['residual'])).toBe('residual');
  const second = await rotate(subject);
  expect(second).not.toBe(first);
  expect(await until(second, ['residual'])).toBe('residual');
  expect(await only(first)).toMatchObject({ state: 'gone' });
  const { secret } = await takeSecret(ctx, { id: second, secretId: (await only(second)).id });
  const session = world.open(name, secret.secret)!;
  await expect(retry(ctx, { id: first })).rejects.toMatchObject({ code: 'conflict' });
  await prisma().revocation.updateMany({ where: { id: { in: [first, second] } }, data: { dueAt: new Date(0) } });
  await prisma().revocationStep.updateMany({ where: { verb: 'probe' }, data: { finishedAt: new Date(0) } });
  await sweep();
  expect(world.actors.get(name)!.sessions.has(session.key)).toBe(true);
  expect(world.open(name, secret.secret)).toBeDefined();
});

test('who is shut meanwhile is rotated no further, and nobody is given its secret', async () => {
  const subject = await subjectWith();
  const { world, name } = subject;
  world.down = true;
  const id = await rotate(subject);
  await sweep();
  await request(ctx, { kind: 'revoke', identityId: subject.identityId, ...why });
  world.down = false;
  const before = world.actors.get(name)!.secret;
  await prisma().revocationStep.updateMany({ data: { notBefore: null } });
  await prisma().revocation.updateMany({ where: { state: 'requested' }, data: { dueAt: new Date(0) } });
  for (let look = 0; look < 5; look++) await sweep();
  expect(world.actors.get(name)).toMatchObject({ secret: before, blocked: true });
  expect((await listSecrets(ctx, { id })).items.map((one) => one.state)).not.toContain('ready');
  // Proven before, and shut then: its secret waits until it may act again.
  const other = await subjectWith();
  const proven = await rotate(other);
  await until(proven, ['verified']);
  const one = await only(proven);
  await request(ctx, { kind: 'revoke', identityId: other.identityId, ...why });
  await sweep();
  await expect(takeSecret(ctx, { id: proven, secretId: one.id })).rejects.toMatchObject({ code: 'conflict' });
  await request(ctx, { kind: 'restore', identityId: other.identityId, ...why });
  const taken = await takeSecret(ctx, { id: proven, secretId: one.id });
  expect(taken.secret.secret).toBe(other.world.actors.get(other.name)!.secret);
});

test('what came after it lives by the new secret, and is not said to be left', async () => {
  const subject = await subjectWith();
  const id = await rotate(subject);
  await until(id, ['verified']);
  const { secret } = await takeSecret(ctx, { id, secretId: (await only(id)).id });
  subject.world.open(subject.name, secret.secret);
  await pullSessions(await open(subject.connectorId));
  const live = await prisma().session.count({ where: { identityId: subject.identityId, endedAt: null } });
  expect(live).toBe(1);
  expect((await left(ctx, { id })).sessions).toEqual([]);
});

test('of two connectors to one system one rotates, and the other says so', async () => {
  const subject = await subjectWith();
  const { id } = await create(ctx, {
    vendor: 'simulator',
    name: `${subject.name} again`,
    values: { world: subject.name, identities: `${subject.name}:0`, linkByName: 'false' },
  });
  await pullIdentities(await open(id));
  const named = await prisma().identityAlias.findFirstOrThrow({ where: { issuer: `connector:${id}` } });
  expect(named.identityId).toBe(subject.identityId);
  const rotation = await rotate(subject);
  await until(rotation, ['verified', 'unverifiable']);
  const row = await show(ctx, { id: rotation });
  expect(row.steps.filter((step) => step.verb === 'rotate')).toHaveLength(1);
  expect(row.steps.map((step) => step.detail).join()).toContain('is the same system as');
  const ready = (await listSecrets(ctx, { id: rotation })).items.filter((one) => one.state === 'ready');
  const { secret } = await takeSecret(ctx, { id: rotation, secretId: ready[0]!.id });
  expect(ready).toHaveLength(1);
  expect(subject.world.open(subject.name, secret.secret)).toBeDefined();
});

test('names do not move away in the middle of it', async () => {
  const [from, into] = [await subjectWith(['G4']), await subjectWith()];
  await rotate(from);
  await sweep();
  const asked = { id: into.identityId, fromId: from.identityId, reason: 'the same' };
  await expect(merge(ctx, asked)).rejects.toMatchObject({ code: 'conflict' });
  await rotate(into).then((id) => until(id, ['verified']));
  expect(
    await merge(ctx, { id: into.identityId, fromId: (await subjectWith()).identityId, reason: 'the same' }),
  ).toBeTruthy();
});

test('a week counts from when it could be taken, not from when it was asked for', async () => {
  const subject = await subjectWith(['G4']);
  const id = await rotate(subject);
  await sweep();
  await prisma().rotatedSecret.updateMany({ where: { revocationId: id }, data: { createdAt: new Date(0) } });
  await forgetSecrets();
  expect(await only(id)).toMatchObject({ state: 'making' });
  subject.world.gaps.delete('G4');
  subject.world.terminateAll(subject.name);
  await prisma().revocation.update({ where: { id }, data: { dueAt: new Date(0) } });
  expect(await until(id, ['verified'])).toBe('verified');
  const { secret } = await takeSecret(ctx, { id, secretId: (await only(id)).id });
  expect(subject.world.open(subject.name, secret.secret)).toBeDefined();
});

test('asked while one is under way it is that one; of a shut identity, or where no secret can be changed, it is refused', async () => {
  const subject = await subjectWith(['G4']);
  const id = await rotate(subject);
  await sweep();
  expect(await rotate(subject)).toBe(id);
  const other = await subjectWith();
  await request(ctx, { kind: 'pause', identityId: other.identityId, ...why });
  await expect(rotate(other)).rejects.toMatchObject({ code: 'conflict' });
  const dry = await bulk(ctx, { kind: 'rotate', identityIds: [other.identityId], dryRun: true, ...why });
  expect(dry.rows[0]).toMatchObject({ eligible: false, why: expect.stringContaining('is paused') });
  const nowhere = await prisma().identity.create({
    data: { id: newId(), name: `bare_${newId().slice(-8)}`, kind: 'service_account', externalId: 'bare', sources: [] },
  });
  const bare = { ...other, identityId: nowhere.id };
  await expect(rotate(bare)).rejects.toMatchObject({ code: 'connector.unsupported' });
});

test('what nobody takes is destroyed after a week', async () => {
  const subject = await subjectWith();
  const id = await rotate(subject);
  await until(id, ['verified']);
  expect(await forgetSecrets()).toBe(0);
  const week = new Date(Date.now() - 7 * 86_400_000 - 1_000);
  await prisma().rotatedSecret.updateMany({ where: { revocationId: id }, data: { readyAt: week } });
  expect(await forgetSecrets()).toBe(1);
  expect(await only(id)).toMatchObject({ state: 'gone' });
});
