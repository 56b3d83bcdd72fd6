// What the audit log keeps, pushed to a log collector as OCSF: each act once, where a route asks for it.
import { afterAll, expect, test } from 'vitest';
import { record } from '@/lib/audit/record';
import { seal } from '@/lib/audit/seal';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { transaction } from '@/lib/db/transaction';
import { createRoute } from '@/lib/notifications/create-route';
import { admin, channel, identity, pass } from '@/lib/notifications/testing-notices';
import { logReceiver } from '@/lib/notifications/testing-receivers';
import { updateRoute } from '@/lib/notifications/update-route';

testDatabase();
const receiver = await logReceiver();
afterAll(() => receiver.close());

const act = (action: string, id: string, detail = {}) =>
  transaction((tx) =>
    record(tx, admin, { action, target: { type: 'identity', id, name: 'svc' }, reason: 'a leaked key', detail }),
  );
const told = () =>
  receiver.got.map((line) => ({ header: line.slice(0, 90), event: JSON.parse(line.slice(line.indexOf('{'))) }));

test('each act is pushed once, in the order they are sealed in, as the export has it; nobody listening, nothing is written', async () => {
  const { id } = await channel('syslog', 'siem', { host: '127.0.0.1', port: `${receiver.port}`, transport: 'tcp' });
  const about = await identity('svc');
  await act('identity.annotate', about);
  await seal();
  await pass(id);
  expect([receiver.got, await prisma().notice.count()]).toEqual([[], 0]);
  const match = { events: ['audit.act' as const] };
  const route = await createRoute(admin, { channelId: id, match });
  await seal();
  const before = await prisma().notice.count();
  await act('policy.promote', about, { big: 'x'.repeat(20_000) });
  await act('identity.revoke', about, { systems: ['Acme'] });
  expect(await seal()).toBe(2);
  expect(await seal()).toBe(0);
  expect((await prisma().notice.count()) - before).toBe(2);
  await pass(id);
  await pass(id);
  const events = told().slice(-2);
  expect(events.map((one) => one.header)).toEqual([
    expect.stringContaining(' audit.act '),
    expect.stringContaining(' audit.act '),
  ]);
  const of = (operation: string) => told().filter((one) => one.event.api?.operation === operation);
  expect(of('policy.promote')).toHaveLength(1);
  expect(of('policy.promote')[0]!.event).toMatchObject({
    class_uid: 3004,
    unmapped: { braid: { detail: { leftOut: expect.any(String) } } },
  });
  expect(of('identity.revoke')).toHaveLength(1);
  expect(of('identity.revoke')[0]!.event).toMatchObject({
    class_uid: 3001,
    message: 'a leaked key',
    actor: { user: { name: 'Ada Admin' } },
    unmapped: { braid: { detail: { systems: ['Acme'] }, sealedAs: expect.any(String) } },
  });
  await updateRoute(admin, { id: route.id, state: 'disabled' });
  await seal();
  const kept = await prisma().notice.count();
  await act('identity.restore', about);
  await seal();
  expect(await prisma().notice.count()).toBe(kept);
});
