// Trusted zones in policies, on a real database: as zones are at the moment of the decision, and the same when it is replayed.
import { beforeAll, expect, test } from 'vitest';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { admin, ask } from '@/lib/decisions/testing-ask';
import { apply } from '@/lib/policies/apply';
import { replay } from '@/lib/replay/replay';
import { create } from '@/lib/zones/create';
import { remove } from '@/lib/zones/remove';
import { update } from '@/lib/zones/update';

testDatabase();

const SOURCE = `set: places
default: allow
meters:
  outside: { live_sessions: true, per: identity, where: session.zones.size() == 0, on: action.name == "pay" }
rules:
  - { id: only-at-home, on: action.name == "read", deny: '!("office" in session.zones)' }
  - { id: beside, on: action.name == "write", deny: 'sessions.exists(s, s.id != session.id && !("office" in s.zones))' }
  - { id: few-outside, limit: { meter: outside, max: 1 } }
`;
beforeAll(async () => {
  await apply(admin, { source: SOURCE });
});

const from = (network: string, action = 'read', id = network, region?: string) =>
  ask({ subject: 'svc-zones', action, session: { id, network, ...(region ? { region } : {}) } });

test('a zone binds the next request after it was made, changed and removed', async () => {
  expect(await from('192.0.2.7')).toMatchObject({ decision: false, reason: expect.any(String) });
  const zone = await create(admin, { name: 'office', networks: ['192.0.2.0/24'], regions: ['AT'] });
  expect((await from('192.0.2.7')).decision).toBe(true);
  expect((await from('198.51.100.1')).decision).toBe(false);
  expect((await from('198.51.100.2', 'read', 'by region', 'at')).decision).toBe(true);
  await update(admin, { id: zone.id, name: 'office', networks: ['198.51.100.1'] });
  expect((await from('192.0.2.7')).decision).toBe(false);
  expect((await from('198.51.100.1')).decision).toBe(true);
  await remove(admin, { id: zone.id });
  expect((await from('198.51.100.1')).decision).toBe(false);
});

test('of the other sessions too, and in what a meter counts', async () => {
  const away = (action: string, id: string, network: string) =>
    ask({ subject: 'svc-pair', action, session: { id, network } });
  await create(admin, { name: 'office', networks: ['192.0.2.0/24'] });
  expect((await away('write', 'a', '192.0.2.1')).decision).toBe(true);
  expect((await away('other', 'b', '203.0.113.9')).decision).toBe(true);
  expect((await away('write', 'a', '192.0.2.1')).decision).toBe(false);
  expect((await away('pay', 'b', '203.0.113.9')).decision).toBe(true);
  expect((await away('pay', 'a', '192.0.2.1')).decision).toBe(true);
  expect((await away('pay', 'c', '203.0.113.10')).decision).toBe(false);
});

test('what a session says of its zones is none of its caller’s business', async () => {
  await expect(
    ask({ subject: 'svc-zones', action: 'read', session: { id: 'x', zones: ['office'] } as never }),
  ).rejects.toMatchObject({ code: 'input.invalid' });
});

test('replayed, every decision comes out as it did, whatever the zones are by now', async () => {
  const before = await prisma().decision.count();
  await prisma().zone.deleteMany();
  const [first] = await prisma().decision.findMany({ orderBy: { at: 'asc' }, take: 1 });
  expect(before).toBeGreaterThan(12);
  const period = {
    from: new Date(first!.at.getTime() - 1_000).toISOString(),
    to: new Date(Date.now() + 1_000).toISOString(),
  };
  const rounds = replay(admin, period);
  for (let one = await rounds.next(); ; one = await rounds.next()) {
    if (!one.done) continue;
    expect(one.value).toMatchObject({ decisions: before, reproduced: before });
    break;
  }
});
