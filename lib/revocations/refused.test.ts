import { expect, test } from 'vitest';
import { create } from '@/lib/connectors/create';
import { open } from '@/lib/connectors/open';
import { pullIdentities, pullSessions } from '@/lib/connectors/pull';
import { update } from '@/lib/connectors/update';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { admin, ask } from '@/lib/decisions/testing-ask';
import { newId } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';
import { execute } from '@/lib/revocations/execute';
import { request } from '@/lib/revocations/request';
import { show } from '@/lib/revocations/show';

testDatabase();
const ctx = { actor: { kind: 'operator' as const, id: newId(), name: 'Rae Responder', role: 'admin' as const } };
const why = { reasonCode: 'test' as const, reason: 'drill' };

test('a session of a system that is down is refused from the next request, and never called ended before it is', async () => {
  await apply(admin, { source: 'set: open\ndefault: allow\nmeters: {}\nrules: []\n' });
  const name = `down_${newId().slice(-8)}`;
  const { id: connectorId } = await create(ctx, {
    vendor: 'simulator',
    name,
    values: { world: name, identities: `${name}:2` },
  });
  const opened = await open(connectorId);
  await pullIdentities(opened);
  await pullSessions(opened);
  const [meant, other] = await prisma().session.findMany({ where: { connectorId }, orderBy: { startedAt: 'asc' } });
  const asked = (session: string) => ask({ subject: name, session: { id: session } });
  expect(await asked(meant!.id)).toMatchObject({ decision: true });
  await update(ctx, { id: connectorId, state: 'disabled' });
  const { revocationId } = await request(ctx, { kind: 'terminate', sessionIds: [meant!.id], ...why });
  expect(await asked(meant!.id)).toMatchObject({ decision: false, reason: 'session_terminated' });
  expect(await asked(other!.id)).toMatchObject({ decision: true });
  expect(await prisma().session.findUnique({ where: { id: meant!.id } })).toMatchObject({
    endedAt: null,
    endedBy: null,
  });
  await execute(meant!.identityId);
  const done = await show(ctx, { id: revocationId });
  expect(done.state).toBe('unverifiable');
  expect(done.steps[0]).toMatchObject({ system: 'decision_point', state: 'verified' });
});
