// A playbook on a real PostgreSQL: it can't be called contained before each step is done or waived, and no step without its proof.
import { expect, test } from 'vitest';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { newId } from '@/lib/platform/ids';
import { contain } from '@/lib/playbooks/contain';
import { finish } from '@/lib/playbooks/finish';
import { list } from '@/lib/playbooks/list';
import { reopen } from '@/lib/playbooks/reopen';
import { show } from '@/lib/playbooks/show';
import { start } from '@/lib/playbooks/start';
import { notOver } from '@/lib/playbooks/state';
import { waive } from '@/lib/playbooks/waive';
import { request } from '@/lib/revocations/request';
import { account, ctx, live, reached, respondWorld, viewer, why } from '@/lib/server/testing-respond';

testDatabase();
respondWorld();

test('four steps, each with what it needs, and only then contained', async () => {
  const { id: identityId } = await account('incident', 2);
  const [first] = await live(identityId);
  const key = newId();
  await prisma().credential.create({
    data: { id: key, identityId, kind: 'password', externalId: 'incident-key', source: 'postgres' },
  });
  await prisma().session.update({ where: { id: first!.id }, data: { key: 'incident-key' } });
  await expect(start(viewer, { identityId })).rejects.toMatchObject({ code: 'access.denied' });
  const { id, created } = await start(ctx, { identityId });
  expect(created).toBe(true);
  expect(await start(ctx, { identityId })).toEqual({ id, created: false });
  await expect(contain(ctx, { id, summary: 'all well' })).rejects.toMatchObject({
    code: 'conflict',
    publicMessage:
      'Not contained yet: Session termination, Secret review, Privilege reduction, Log correlation are neither done nor waived.',
  });

  // 2 before 1: a rotated secret ends no session.
  const reviewed = {
    id,
    kind: 'secret_review' as const,
    credentials: [{ credentialId: key, outcome: 'rotated' as const }],
  };
  await expect(finish(ctx, { ...reviewed, credentials: [] })).rejects.toMatchObject({
    publicMessage: expect.stringContaining('not reviewed yet'),
  });
  await prisma().credential.create({
    data: {
      id: newId(),
      identityId,
      kind: 'token',
      externalId: 'past',
      source: 'log',
      expiresAt: new Date('2020-01-01'),
    },
  });
  const listed = (await show(viewer, { id })).credentials;
  expect(listed.find((one) => one.name === 'past')!.state).toBe('expired');
  const known = listed.filter((one) => one.name !== 'past');
  const all = known.map((one) => ({ credentialId: one.id, outcome: 'rotated' as const }));
  expect(known.find((one) => one.id === key)!.outlives).toMatchObject([
    { sessionId: first!.id, how: 'opened with it' },
  ]);
  await expect(finish(ctx, { ...reviewed, credentials: all })).rejects.toMatchObject({
    publicMessage: expect.stringContaining('ends no session'),
  });

  // 1: one session is not all of them, and one that is not verified is no proof.
  const one = await request(ctx, { kind: 'terminate', sessionIds: [first!.id], ...why });
  await reached(one.revocationId, 'verified');
  const ended = { id, kind: 'session_termination' as const };
  await expect(finish(ctx, { ...ended, revocationIds: [one.revocationId] })).rejects.toMatchObject({
    publicMessage: expect.stringContaining('still live'),
  });
  await expect(finish(ctx, { ...ended, revocationIds: [newId()] })).rejects.toMatchObject({ code: 'not_found' });
  const every = await request(ctx, { kind: 'revoke', identityId, ...why });
  await reached(every.revocationId, 'verified');
  await finish(ctx, { ...ended, revocationIds: [one.revocationId, every.revocationId] });
  await finish(ctx, { ...reviewed, credentials: all });

  await finish(ctx, { id, kind: 'privilege_reduction', reduced: ['CREATEROLE was taken away'] });
  const half = await show(viewer, { id });
  expect(half.tracks.map((one) => [one.track, one.state])).toEqual([
    ['revocation', 'done'],
    ['revalidation', 'done'],
    ['monitoring', 'running'],
  ]);
  await expect(contain(ctx, { id, summary: 'nearly' })).rejects.toMatchObject({
    publicMessage: expect.stringContaining('Log correlation is neither'),
  });
  await expect(waive(ctx, { id, kind: 'log_correlation', reason: '' })).rejects.toThrow();
  await finish(ctx, { id, kind: 'log_correlation', conclusion: 'nothing else was touched' });
  await contain(ctx, { id, summary: 'over and proven' });

  const done = await show(viewer, { id });
  expect(done).toMatchObject({ state: 'contained', containedBy: 'Rae Responder', summary: 'over and proven' });
  expect(done.steps.map((step) => [step.kind, step.state])).toEqual([
    ['session_termination', 'done'],
    ['secret_review', 'done'],
    ['privilege_reduction', 'done'],
    ['log_correlation', 'done'],
  ]);
  expect(done.steps[0]!.evidence).toMatchObject({ states: ['verified', 'verified'] });
  await expect(waive(ctx, { id, kind: 'secret_review', reason: 'too late' })).rejects.toMatchObject({
    code: 'conflict',
  });
  expect((await list(viewer, { identityId })).items).toMatchObject([{ id, state: 'contained' }]);
  const audit = await prisma().auditEntry.findMany({ where: { targetId: id }, orderBy: { id: 'asc' } });
  expect(audit.map((entry) => entry.action)).toEqual([
    'playbook.start',
    ...Array(4).fill('playbook.step'),
    'playbook.contain',
  ]);
});

test('one session that verifiably ended says nothing of those that live on in a closed identity', () => {
  const ended = {
    id: newId(),
    kind: 'terminate' as const,
    state: 'verified' as const,
    requestedAt: '',
    sessions: 1,
    undone: false,
    identityId: newId(),
    identityName: 'svc',
  };
  const held = (live: number, state: string, own = true) => [
    { identityId: ended.identityId, name: 'svc', live, state, own },
  ];
  expect(notOver([ended], held(2, 'revoked'))).toContain('name the revocation');
  expect(notOver([ended], held(2, 'paused'))).toContain('name the pause');
  expect(notOver([ended, { ...ended, kind: 'pause' }], held(2, 'paused'))).toBeNull();
  expect(notOver([ended], held(0, 'revoked'))).toBeNull();
  // What closed one identity says nothing of another's.
  const another = { ...ended, kind: 'revoke' as const, identityId: newId() };
  expect(notOver([another], held(1, 'revoked', false))).toContain('take it out of the case');
});

test('a step that was closed is opened again, with the reason; what was contained is not until it is done again', async () => {
  const { id: identityId } = await account('reopened');
  const { id } = await start(ctx, { identityId });
  const kinds = ['session_termination', 'secret_review', 'privilege_reduction', 'log_correlation'] as const;
  for (const kind of kinds) await waive(ctx, { id, kind, reason: 'an exercise' });
  const again = { id, kind: 'log_correlation' as const, reason: 'a log came in late' };
  await contain(ctx, { id, summary: 'over' });
  await expect(reopen(viewer, again)).rejects.toMatchObject({ code: 'access.denied' });
  await expect(reopen(ctx, { ...again, reason: '' })).rejects.toThrow();
  await reopen(ctx, again);
  expect(await show(viewer, { id })).toMatchObject({
    state: 'open',
    containedAt: null,
    containedBy: null,
    summary: null,
  });
  const step = (await show(viewer, { id })).steps.find((one) => one.kind === again.kind);
  expect(step).toMatchObject({ state: 'open', reason: 'a log came in late', by: 'Rae Responder', evidence: {} });
  await expect(reopen(ctx, again)).rejects.toMatchObject({ code: 'conflict' });
  await expect(contain(ctx, { id, summary: 'over again' })).rejects.toMatchObject({
    publicMessage: expect.stringContaining('Log correlation is neither'),
  });
  await finish(ctx, { id, kind: 'log_correlation', conclusion: 'nothing else was touched' });
  await contain(ctx, { id, summary: 'over again' });
  const [entry] = await prisma().auditEntry.findMany({ where: { targetId: id, action: 'playbook.reopen' } });
  expect(entry).toMatchObject({
    reason: 'a log came in late',
    detail: { was: { state: 'waived', reason: 'an exercise' }, withdrawn: { summary: 'over' } },
  });
  // Two of one incident are not open beside each other.
  const { id: next } = await start(ctx, { identityId });
  expect(next).not.toBe(id);
  await expect(reopen(ctx, again)).rejects.toMatchObject({
    publicMessage: expect.stringContaining('Another playbook'),
  });
});

test('steps can be waived, each with its reason', async () => {
  const { id: identityId } = await account('waived');
  const { id } = await start(ctx, { identityId });
  for (const kind of ['session_termination', 'secret_review', 'privilege_reduction', 'log_correlation'] as const)
    await waive(ctx, { id, kind, reason: `no need for ${kind}` });
  await contain(ctx, { id, summary: 'an exercise' });
  expect((await show(viewer, { id })).steps.every((step) => step.state === 'waived' && step.reason)).toBe(true);
});
