// F8: what is in flight and would be lost is said before the click.
import { beforeAll, expect, test } from 'vitest';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { admin, applyTestPolicies, ask } from '@/lib/decisions/testing-ask';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { atStake } from '@/lib/revocations/at-stake';
import { atStakeSchema } from '@/lib/revocations/stake/model';

testDatabase();
beforeAll(applyTestPolicies);

const call = (session: string, cost: number, task?: string) =>
  ask({
    subject: 'agent-stake',
    action: 'tool.call',
    session: { id: session, ...(task ? { task } : {}) },
    context: { cost },
  });

test('open reservations, approvals and tasks of an identity, or of the sessions that are ended, and what passes until then', async () => {
  const first = await call('a', 20, 'migrate');
  await call('a', 15, 'migrate');
  await call('b', 30);
  const identity = await prisma().identity.findFirstOrThrow({ where: { name: 'agent-stake' } });
  const [a, b] = await Promise.all(
    ['a', 'b'].map((label) => prisma().session.findFirstOrThrow({ where: { identityId: identity.id, label } })),
  );
  const at = clock.now();
  const request = (state: string, sessionId: string, more: object = {}) =>
    prisma().accessRequest.create({
      data: {
        id: newId(),
        issuer: 'default',
        identityId: identity.id,
        sessionId,
        decisionId: first.braid.decision_id as string,
        askedId: newId(),
        subject: {},
        action: {},
        resource: {},
        context: {},
        rules: [],
        state,
        uses: 1,
        grantSecs: 60,
        createdAt: at,
        expiresAt: new Date(at.getTime() + 600_000),
        ...more,
      },
    });
  await request('pending', a!.id);
  await request('approved', b!.id, { approvalId: 'given', approvedUntil: new Date(at.getTime() + 600_000) });
  await request('approved', b!.id, { approvalId: 'used', approvedUntil: new Date(at.getTime() + 600_000), used: 1 });
  const whole = await atStake(admin, { kind: 'revoke', identityId: identity.id });
  expect(atStakeSchema.parse(whole)).toEqual(whole);
  expect(whole).toMatchObject({
    holds: { count: 3, worth: [{ unit: 'USD', amount: '6500' }] },
    allotted: { count: 0, worth: [] },
    approvals: { waiting: 1, given: 1 },
    tasks: ['migrate'],
    tasksTotal: 1,
  });
  expect(whole.passing).toMatchObject([{ unit: 'USD', perMinute: '650' }]);
  const alone = await atStake(admin, { kind: 'terminate', sessionIds: [b!.id] });
  expect(alone).toMatchObject({
    holds: { count: 1, worth: [{ unit: 'USD', amount: '3000' }] },
    approvals: { waiting: 0, given: 1 },
    tasks: [],
    passing: [{ perMinute: '300' }],
  });
  await expect(atStake(admin, { kind: 'terminate', sessionIds: [newId()] })).rejects.toMatchObject({
    code: 'not_found',
  });
});

test('work that only one may do at a time is named, with who does it and until when', async () => {
  const start = await ask({ subject: 'svc-job', action: 'job.start', session: { id: 'worker', key: 'key-1' } });
  expect(start).toMatchObject({ decision: true, reason: 'ok' });
  const identity = await prisma().identity.findFirstOrThrow({ where: { name: 'svc-job' } });
  const { jobs, jobsTotal, holds } = await atStake(admin, { kind: 'pause', identityId: identity.id });
  expect([jobsTotal, holds.count]).toEqual([1, 0]);
  expect(jobs[0]).toMatchObject({ what: expect.stringContaining('job'), session: 'worker' });
  expect(Date.parse(jobs[0]!.until)).toBeGreaterThan(clock.ms());
});
