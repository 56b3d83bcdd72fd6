// What an incident's sessions did, with what acts under their authority; what is granted then and now; what a rotation replaced.

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { create } from '@/lib/connectors/create';
import { issuerOf } from '@/lib/connectors/model';
import { open } from '@/lib/connectors/open';
import { pullIdentities, pullSessions } from '@/lib/connectors/pull';
import { list as listConsents } from '@/lib/consents/list';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { contain } from '@/lib/playbooks/contain';
import { finish } from '@/lib/playbooks/finish';
import { listActs } from '@/lib/playbooks/list-acts';
import { show } from '@/lib/playbooks/show';
import { start } from '@/lib/playbooks/start';
import { waive } from '@/lib/playbooks/waive';
import { request } from '@/lib/revocations/request';
import { show as showRevocation } from '@/lib/revocations/show';
import { sweep } from '@/lib/revocations/sweep';

testDatabase();
const operator = (role: 'admin' | 'viewer') => ({
  actor: { kind: 'operator' as const, id: newId(), name: `Rae the ${role}`, role },
});
const ctx = operator('admin');
const viewer = operator('viewer');
const ago = (minutes: number) => new Date(clock.ms() - minutes * 60_000);

async function identity(name: string, attributes: object = {}): Promise<string> {
  const id = newId();
  await prisma().identity.create({ data: { id, name, externalId: name, kind: 'ai_agent', attributes } });
  return id;
}
async function session(identityId: string, label: string, parentId: string | null = null): Promise<string> {
  const id = newId();
  const lineage = parentId ? 'delegation' : null;
  await prisma().session.create({
    data: {
      id,
      identityId,
      label,
      source: 'otel',
      observedBy: 'derived',
      groupKey: id,
      startedAt: ago(50),
      lastEventAt: ago(1),
      parentId,
      lineage,
    },
  });
  return id;
}
const call = (identityId: string, sessionId: string | null, tool: string, minutes: number, over: object = {}) =>
  prisma().sessionEvent.create({
    data: {
      identityId,
      id: newId(),
      sessionId,
      at: ago(minutes),
      source: 'otel',
      eventId: newId(),
      action: 'execute_tool',
      class: 'change',
      resource: 'ledger',
      told: { ai: { tool } },
      ...over,
    },
  });

test('tool calls of sub-agents count as its own did: each action, tool, resource, session and outcome, page by page', async () => {
  const [main, sub, other] = [await identity('planner'), await identity('executor'), await identity('bystander')];
  const root = await session(main, 'planner run');
  const child = await session(sub, 'executor run', root);
  const grandchild = await session(sub, 'executor tool', child);
  const apart = await session(other, 'nothing to do with it');
  await call(main, root, 'search', 20);
  await call(main, root, 'search', 19);
  await call(sub, child, 'transfer', 10);
  await call(sub, grandchild, 'delete', 5, { outcome: 'failure' });
  await call(other, apart, 'transfer', 4);
  await call(main, root, 'early', 3000);
  const { id } = await start(ctx, { identityId: main, since: ago(60).toISOString() });
  const all = await listActs(viewer, { id });
  expect(all.totals).toEqual({ rows: 3, calls: 4, refused: 1, sessions: 3, heirs: 2, identities: 2 });
  expect(
    all.items.map((one) => [one.tool, one.identityName, one.sessionLabel, one.heir, one.outcome, one.count]),
  ).toEqual([
    ['delete', 'executor', 'executor tool', 'delegation', 'failure', 1],
    ['transfer', 'executor', 'executor run', 'delegation', 'success', 1],
    ['search', 'planner', 'planner run', null, 'success', 2],
  ]);
  const first = await listActs(viewer, { id, limit: 2 });
  const rest = await listActs(viewer, { id, limit: 2, cursor: first.nextCursor! });
  expect([...first.items, ...rest.items]).toEqual(all.items);
  expect(rest.nextCursor).toBeNull();

  await finish(ctx, { id, kind: 'log_correlation', conclusion: 'its sub-agent tried to delete' });
  const { evidence } = (await show(viewer, { id })).steps.find((step) => step.kind === 'log_correlation')!;
  expect(evidence).toMatchObject({ acts: all.totals, events: 2 });
  expect(evidence.shown).toHaveLength(3);
  expect(evidence.shown![0]).toEqual({
    action: 'delete',
    resource: 'ledger',
    session: 'executor tool',
    identity: 'executor',
    outcome: 'failure',
    count: 1,
  });
});

test('what was said to be taken away stands beside what is really gone', async () => {
  const id = await identity('reader', { superuser: true, memberOf: ['payments', 'audit'] });
  const app = await identity('mailer');
  await prisma().identityAlias.create({
    data: { issuer: 'okta:acme', type: '*', externalId: 'app:0oaMailer', identityId: app, reason: 'test' },
  });
  const consentId = newId();
  await prisma().consent.create({
    data: {
      id: consentId,
      source: 'okta',
      app: '0oaMailer',
      grantor: 'ada',
      identityId: id,
      scopes: ['mail.read', 'mail.send'],
      at: ago(90),
      eventId: newId(),
    },
  });
  // The app's own page of consents has it too.
  expect((await listConsents(viewer, { identityId: app })).items).toMatchObject([{ id: consentId }]);
  const ofApp = await start(ctx, { identityId: app });
  const { id: playbook } = await start(ctx, { identityId: id });
  const step = { id: playbook, kind: 'privilege_reduction' as const };
  await expect(finish(ctx, { ...step, reduced: [] })).rejects.toMatchObject({
    publicMessage: expect.stringContaining('Nothing it was granted'),
  });
  await expect(finish(ctx, { ...step, reduced: ['aaa'] })).rejects.toMatchObject({
    publicMessage: expect.stringContaining('“aaa” names no privilege'),
  });
  expect((await show(viewer, { id: playbook })).vanished).toEqual([]);
  await prisma().identity.update({ where: { id }, data: { attributes: { superuser: true, memberOf: ['audit'] } } });
  await prisma().consent.update({ where: { id: consentId }, data: { scopes: ['mail.read'] } });
  await finish(ctx, { ...step, reduced: ['superuser', 'the key of the vault'] });
  const done = (await show(viewer, { id: playbook })).steps.find((one) => one.kind === 'privilege_reduction')!;
  expect(done.evidence).toEqual({
    reduced: ['superuser', 'the key of the vault'],
    note: '',
    stillGranted: ['superuser'],
    vanished: [
      { what: 'memberOf: payments', from: 'its system' },
      { what: '0oaMailer: mail.send', from: 'consent of ada in okta' },
    ],
  });
  await prisma().consent.update({ where: { id: consentId }, data: { revokedAt: ago(0), revokedBy: 'Rae' } });
  // Nothing has to be said where it is seen to be gone.
  await finish(ctx, { id: ofApp.id, kind: 'privilege_reduction' });
  expect((await show(viewer, { id: ofApp.id })).steps[2]!.evidence.vanished).toEqual([
    { what: '0oaMailer: mail.read, mail.send', from: 'consent of ada in okta' },
  ]);
});

test('a grant that is named as taken away has to be gone when its system is looked at, and stays gone', async () => {
  const name = `reduced_${newId().slice(-10)}`;
  const values = { world: name, identities: `${name}:0`, gaps: '', linkByName: 'false' };
  const { id: connectorId } = await create(ctx, { vendor: 'simulator', name, values });
  const id = newId();
  const rights = (...roles: string[]) =>
    prisma().identity.update({ where: { id }, data: { attributes: { memberOf: roles } } });
  await prisma().identity.create({
    data: { id, name, externalId: name, kind: 'service_account', attributes: { memberOf: ['admins', 'readers'] } },
  });
  const alias = { issuer: issuerOf(connectorId), type: '*', externalId: name, reason: 'test' };
  await prisma().identityAlias.create({ data: { ...alias, identityId: id } });
  const { id: playbook } = await start(ctx, { identityId: id });
  const step = { id: playbook, kind: 'privilege_reduction' as const };
  const detail = () => show(viewer, { id: playbook });
  const grant = (role: string, stands: boolean) => ({ what: `memberOf: ${role}`, from: 'its system', stands });
  expect((await detail()).grantedThen).toEqual([grant('admins', true), grant('readers', true)]);
  await expect(finish(ctx, { ...step, removed: ['memberOf: owners'] })).rejects.toMatchObject({
    publicMessage: expect.stringContaining('nothing it was granted'),
  });
  const asked = async () =>
    (
      (await prisma().connector.findUniqueOrThrow({ where: { id: connectorId } })).cursor as {
        syncRequestedAt?: string;
      }
    )?.syncRequestedAt;
  expect(await asked()).toBeUndefined();
  await expect(finish(ctx, { ...step, removed: ['memberOf: admins'] })).rejects.toMatchObject({
    publicMessage: expect.stringMatching(/Still granted: memberOf: admins, as it was last looked at .* looked at anew/),
  });
  expect(await asked()).toBeDefined();
  await rights('readers');
  await finish(ctx, { ...step, removed: ['memberOf: admins'] });
  expect((await detail()).steps[2]!.evidence).toMatchObject({
    removed: [{ what: 'memberOf: admins', from: 'its system' }],
    stillGranted: [],
  });
  for (const kind of ['session_termination', 'secret_review', 'log_correlation'] as const)
    await waive(ctx, { id: playbook, kind, reason: 'not of this test' });
  await rights('readers', 'admins');
  await expect(contain(ctx, { id: playbook, summary: 'over' })).rejects.toMatchObject({
    publicMessage: expect.stringContaining('granted again: memberOf: admins'),
  });
  await rights('readers');
  await contain(ctx, { id: playbook, summary: 'over' });
});

test('a verified rotation says which credentials it replaced, and the review names it', async () => {
  const name = `rotated_${newId().slice(-10)}`;
  const values = { world: name, identities: `${name}:1`, gaps: '', linkByName: 'false' };
  const { id: connectorId } = await create(ctx, { vendor: 'simulator', name, values });
  const opened = await open(connectorId);
  await pullIdentities(opened);
  await pullSessions(opened);
  const { id: identityId } = await prisma().identity.findFirstOrThrow({ where: { name } });
  const credential = (kind: string, at: string | null) => {
    const id = newId();
    const data = { id, identityId, kind, externalId: `${kind} of ${name}`, source: 'simulator', connectorId: at };
    return prisma().credential.create({ data: { ...data, firstSeenAt: ago(600) } });
  };
  const [old, elsewhere] = [await credential('password', connectorId), await credential('token', null)];
  const { id } = await start(ctx, { identityId });
  const rotatedBy = async () =>
    (await show(viewer, { id })).credentials
      .filter((one) => one.id === old.id || one.id === elsewhere.id)
      .map((one) => [one.id, one.rotatedBy]);
  expect(await rotatedBy()).toEqual([
    [old.id, null],
    [elsewhere.id, null],
  ]);
  const { revocationId } = await request(ctx, {
    kind: 'rotate',
    identityId,
    reasonCode: 'suspected_theft',
    reason: 'its secret was in a log',
  });
  for (let i = 0; i < 400 && (await showRevocation(ctx, { id: revocationId })).state !== 'verified'; i++) {
    await sweep();
    await sleep(50);
  }
  expect(await rotatedBy()).toEqual([
    [old.id, revocationId],
    [elsewhere.id, null],
  ]);
  const credentials = (await show(viewer, { id })).credentials.map((one) => ({
    credentialId: one.id,
    outcome: 'rotated' as const,
  }));
  await finish(ctx, { id, kind: 'secret_review', credentials });
  const { evidence } = (await show(viewer, { id })).steps[1]!;
  expect(evidence.credentials!.find((one) => one.credentialId === old.id)).toMatchObject({ revocationId });
  expect(evidence.credentials!.find((one) => one.credentialId === elsewhere.id)).not.toHaveProperty('revocationId');
});
