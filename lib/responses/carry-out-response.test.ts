import { expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { carryOutResponse } from '@/lib/responses/carry-out-response';

testDatabase();

test('more acts at the same time than there are connections wait for each other, and not for ever', async () => {
  const [identityId, ruleId] = [newId(), newId()];
  await prisma().identity.create({
    data: { id: identityId, name: 'svc-busy', externalId: 'svc-busy', kind: 'service_account' },
  });
  await prisma().responseRule.create({
    data: { id: ruleId, name: 'at rest', minSeverity: 'low', action: 'pause', createdBy: 'x', updatedBy: 'x' },
  });
  const now = clock.now();
  const ids = await Promise.all(
    Array.from({ length: 11 }, async () => {
      const [id, findingId] = [newId(), newId()];
      await prisma().finding.create({
        data: {
          id: findingId,
          identityId,
          detector: 'replay',
          cause: findingId,
          severity: 'high',
          title: 'x',
          summary: 'x',
          firstSeenAt: now,
          lastSeenAt: now,
        },
      });
      await prisma().response.create({
        data: {
          id,
          origin: 'rule',
          ruleId,
          findingId,
          occurrence: 1,
          identityId,
          kind: 'pause',
          input: {},
          state: 'waiting',
          reason: 'x',
          askedAt: now,
          askedBy: 'rule at rest',
        },
      });
      return id;
    }),
  );
  await Promise.all(ids.map((id) => carryOutResponse(systemCtx('responses'), { id })));
  expect(await prisma().response.count({ where: { state: 'cancelled' } })).toBe(ids.length);
}, 60_000);
