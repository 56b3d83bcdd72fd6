import { expect, test } from 'vitest';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { decide } from '@/lib/decisions/decide';
import { token } from '@/lib/decisions/testing-ask';
import { FIRST_QUESTION } from '@/lib/overview/first-question-format';
import { newId } from '@/lib/platform/ids';
import { applyExample } from '@/lib/policies/apply-example';

testDatabase();

const operator = (role: 'admin' | 'responder') => ({
  actor: { kind: 'operator' as const, id: newId(), name: 'O', role },
});
const from = (id: string) => {
  const { braid, ...context } = FIRST_QUESTION.context;
  return { ...FIRST_QUESTION, context: { ...context, braid: { session: { ...braid.session, id } } } };
};

test('the first question is answered once the example set is active, and the third session passes the cap', async () => {
  expect((await decide(token, FIRST_QUESTION)).context.reason).toBe('no_policy');
  await expect(applyExample(operator('responder'))).rejects.toMatchObject({ code: 'access.denied' });
  expect(await applyExample(operator('admin'))).toMatchObject({ name: 'payments', version: 1, changed: true });
  expect(await prisma().auditEntry.findMany({ where: { action: 'policy.apply' } })).toMatchObject([
    { reason: 'first decision', targetName: 'payments' },
  ]);
  expect((await decide(token, FIRST_QUESTION)).decision).toBe(true);
  expect((await decide(token, from('worker-2'))).decision).toBe(true);
  const third = await decide(token, from('worker-3'));
  expect(third).toMatchObject({ decision: false, context: { reason: 'aggregate_value_exceeded' } });
});

test('where a set is active the example stays away', async () => {
  expect(await applyExample(operator('admin'))).toBeNull();
  expect(await prisma().policySet.count()).toBe(1);
});
