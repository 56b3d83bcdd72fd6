import { beforeAll, expect, test } from 'vitest';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { createRoute } from '@/lib/notifications/create-route';
import type { NoticeBody, NoticeFact } from '@/lib/notifications/model';
import { ocsfActions } from '@/lib/notifications/ocsf/format';
import { admin, channel } from '@/lib/notifications/testing-notices';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import type { StepState } from '@/lib/revocations/model';
import { writeSteps } from '@/lib/revocations/write-step';

testDatabase();
const LISTENED = ['identity.restored', 'revocation.progress', 'revocation.unverifiable', 'revocation.failed'] as const;

beforeAll(async () => {
  // Nothing is sent: what is announced is looked at before anybody is told.
  const { id: channelId } = await channel('webhook', 'ops', { url: 'http://127.0.0.1:9/' });
  await createRoute(admin, { channelId, match: { events: [...LISTENED] } });
});

/** A step of giving access back that comes to each of these states in turn, and what was announced of it. */
async function announced(kind: 'resume' | 'restore', states: StepState[]) {
  const [identityId, id, stepId] = [newId(), newId(), newId()];
  await prisma().identity.create({ data: { id: identityId, name: id, externalId: id, kind: 'service_account' } });
  const why = { reasonCode: 'wanted_again', reason: '', actorKind: 'operator', actorName: 'Rae' };
  await prisma().revocation.create({ data: { id, kind, identityId, requestedAt: clock.now(), ...why } });
  await prisma().revocationStep.create({
    data: {
      id: stepId,
      revocationId: id,
      ordinal: 1,
      system: 'Acme',
      connectorId: newId(),
      verb: 'unblock',
      title: 'u',
    },
  });
  for (const state of states) await writeSteps(id, [[stepId, { state, detail: 'Acme said so', finished: true }]]);
  return prisma().notice.findMany({ where: { identityId }, orderBy: { id: 'asc' } });
}

test.each(['resume', 'restore'] as const)('a %s that fails is told, and so is that it came right', async (kind) => {
  const told = await announced(kind, ['failed', 'verified']);
  expect(told.map(({ event, severity }) => [event, severity])).toEqual([
    ['revocation.failed', 'high'],
    ['identity.restored', 'low'],
  ]);
  expect(told[0]!.body).toMatchObject({
    title: 'Access could not be given back',
    summary: expect.stringContaining('Acme said so'),
  });
  // A SIEM gets each state of it as an event of its own.
  const events = told.flatMap(({ id, event, severity, body, at }) => {
    const target = { type: 'revocation', id: newId() } as const;
    const fact = { id, event, severity, target, at: at.toISOString(), body: body as unknown as NoticeBody };
    return ocsfActions(fact as unknown as NoticeFact);
  });
  expect(events).toMatchObject([
    { class_uid: 7001, activity_name: 'Restore', status: 'Failure', status_detail: 'failed' },
    { class_uid: 7001, activity_name: 'Restore', status: 'Success', status_detail: 'verified' },
  ]);
});

test('nobody says that it is back where that can’t be seen', async () => {
  const told = await announced('restore', ['accepted', 'effective', 'unverifiable']);
  expect(told.map(({ event }) => event)).toEqual([
    'revocation.progress',
    'revocation.progress',
    'revocation.unverifiable',
  ]);
});
