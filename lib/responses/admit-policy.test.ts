import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Ctx } from '@/lib/access/model';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { newId } from '@/lib/platform/ids';
import { admitPolicy } from '@/lib/responses/admit-policy';
import { usualGuardrails } from '@/lib/responses/model';
import { setGuardrails } from '@/lib/responses/set-guardrails';

testDatabase();
const admin: Ctx = { actor: { kind: 'operator', id: newId(), name: 'Ada', role: 'admin' } };
const policy: Ctx = { actor: { kind: 'policy', name: 'signals/idp' } };

beforeAll(() => setGuardrails(admin, { ...usualGuardrails(), only: ['ci-*'] }));
afterAll(() => setGuardrails(admin, usualGuardrails()));

const asked = async (name: string, more: { signalId?: string }) => {
  const identityId = newId();
  await prisma().identity.create({ data: { id: identityId, name, externalId: identityId, kind: 'service_account' } });
  const act = {
    kind: 'pause' as const,
    by: 'x',
    decisionId: newId(),
    identityId,
    sessionId: null,
    reason: 'r',
    ...more,
  };
  return { identityId, admitted: await admitPolicy(policy, act) };
};

test.each([
  ['a policy', {}],
  ['another system', { signalId: newId() }],
])('%s touches those on the list and nobody else; what it may not is written down', async (_, more) => {
  expect((await asked('ci-build', more)).admitted).toMatchObject({ responseId: expect.any(String) });
  const { identityId, admitted } = await asked('payroll', more);
  expect(admitted).toBeNull();
  expect(await prisma().response.findMany({ where: { identityId } })).toMatchObject([
    { state: 'refused', detail: expect.stringContaining('not among those') },
  ]);
});
