// A revocation whose system could not be asked when it was requested is finished once it can be.
import { expect, test } from 'vitest';
import { update } from '@/lib/connectors/update';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { request } from '@/lib/revocations/request';
import { retry } from '@/lib/revocations/retry';
import { account, backends, ctx, login, reached, respondWorld, until, why, world } from '@/lib/server/testing-respond';

testDatabase();
respondWorld();

test('a connector that was disabled at the click is asked when it is enabled and somebody looks again', async () => {
  const { role, id } = await account('later', 2);
  await update(ctx, { id: world.connectorId, state: 'disabled' });
  const { revocationId } = await request(ctx, { kind: 'revoke', identityId: id, ...why });
  const first = await reached(revocationId, 'unverifiable');
  const verbs = (steps: typeof first.steps) => steps.map((step) => `${step.system} ${step.verb}`);
  expect(verbs(first.steps)).toEqual(['decision_point deny', 'orders-db probe', 'regrowth regrowth']);
  expect(await backends(role)).toBe(2);
  await expect(retry(ctx, { id: revocationId })).rejects.toMatchObject({
    code: 'conflict',
    publicMessage: expect.stringContaining('connect the one that is named'),
  });
  await update(ctx, { id: world.connectorId, state: 'enabled' });
  await retry(ctx, { id: revocationId });
  const done = await reached(revocationId, 'verified');
  expect(verbs(done.steps)).toEqual([
    'decision_point deny',
    'orders-db block',
    'orders-db terminate',
    'orders-db probe',
    'regrowth regrowth',
  ]);
  expect(done.steps.map((step) => step.ordinal)).toEqual(
    [...done.steps.map((step) => step.ordinal)].sort((a, b) => a - b),
  );
  expect(done.steps[0]).toMatchObject({ id: first.steps[0]!.id, state: 'verified' });
  expect(await backends(role)).toBe(0);
  expect(await login(role)).toBeUndefined();
  await until(async () => (await prisma().revocation.findUnique({ where: { id: revocationId } }))?.regrowthUntil);
  const [told] = await prisma().auditEntry.findMany({ where: { action: 'revocation.retry', targetId: revocationId } });
  expect(told!.detail).toEqual({ more: [world.connectorId] });
});
