import { describe, expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { hold } from '@/lib/lanes/hold';
import { cadenceOf, lanesOf, likeness } from '@/lib/lanes/lanes-state';
import { list } from '@/lib/lanes/list';
import type { LaneSession } from '@/lib/lanes/model';
import { clock } from '@/lib/platform/clock';
import { newId, sha256Hex } from '@/lib/platform/ids';

testDatabase();
const ctx = systemCtx('test');

const session = (id: string, over: Partial<LaneSession> = {}): LaneSession => ({
  id,
  label: id,
  network: '52.16.1.1',
  agent: 'orders-worker',
  boundTo: null,
  from: 0,
  until: 600_000,
  live: true,
  actions: { 'orders.get': 8, 'orders.update': 2 },
  times: Array.from({ length: 10 }, (_, n) => n * 10_000),
  ofInstance: false,
  ...over,
});
const attacker = (id: string): LaneSession =>
  session(id, {
    network: '185.1.1.1',
    agent: 'python-requests',
    actions: { 'secrets.list': 5, 'secrets.get': 20 },
    times: [0, 100, 200, 90_000, 90_100],
  });

describe('lanes', () => {
  test('the operator and the attacker of one identity are two, whoever came first', () => {
    for (const order of [
      [session('a'), attacker('x')],
      [attacker('x'), session('a')],
    ]) {
      const { lanes, concurrent } = lanesOf(order);
      expect(lanes.map((lane) => lane.agent).sort()).toEqual(['orders-worker', 'python-requests']);
      expect(concurrent).toBe(2);
      expect(lanes.map((lane) => lane.unlike)).toEqual([1, 1]);
    }
  });
  test('a pool on eight addresses is one hand', () => {
    const { lanes } = lanesOf(
      Array.from({ length: 56 }, (_, n) => session(`s${n}`, { network: `${50 + (n % 8)}.1.1.1` })),
    );
    expect(lanes).toMatchObject([{ sessions: { length: 56 }, unlike: null, cadence: 'steady' }]);
  });
  test('one client with two grammars on two networks is two; on one network it is one', () => {
    const other = { actions: { 'iam.create': 9 } };
    expect(lanesOf([session('a'), session('b', { ...other, network: '185.1.1.1' })]).lanes.length).toBe(2);
    expect(lanesOf([session('a'), session('b', other)]).lanes.length).toBe(1);
  });
  test('two tenants of one provider are two networks, one site or trusted zone is one', () => {
    const thief = (network: string) =>
      session('x', { network, actions: { 'secrets.get': 20 }, times: [0, 100, 200, 90_000, 90_100] });
    const count = (network: string, zoneOf?: Parameters<typeof lanesOf>[1]) =>
      lanesOf([session('a'), thief(network)], zoneOf).lanes.length;
    expect(count('52.16.1.200')).toBe(1);
    expect(count('52.16.77.1')).toBe(2);
    expect(count('52.16.77.1', () => 'servers')).toBe(1);
    expect(count('52.16.77.1', (address) => (address === '52.16.1.1' ? 'servers' : null))).toBe(2);
    const v6 = (network: string) =>
      lanesOf([session('a', { network: '2001:db8:1:5::1' }), thief(network)]).lanes.length;
    expect(v6('2001:db8:1:ffff::9')).toBe(1);
    expect(v6('2001:db8:2:5::1')).toBe(2);
  });
  test('another bound key is another hand', () => {
    expect(lanesOf([session('a', { boundTo: 'jkt-1' }), session('b', { boundTo: 'jkt-2' })]).lanes.length).toBe(2);
  });
  test('one after the other is not at once', () => {
    expect(lanesOf([session('a'), { ...attacker('x'), from: 700_000, until: 800_000 }]).concurrent).toBe(0);
  });
  test('the basis of a lane stays when it goes on', () => {
    const before = lanesOf([session('a')]).lanes[0]!.basis;
    expect(lanesOf([session('a'), session('b', { from: 1e6, until: 2e6, network: '54.1.1.1' })]).lanes[0]!.basis).toBe(
      before,
    );
  });
});

test('pace and grammar', () => {
  expect(cadenceOf([0, 10, 20, 30]).cadence).toBe('steady');
  expect(cadenceOf([0, 10, 20_000, 20_010, 50_000, 50_020, 90_000]).cadence).toBe('bursts');
  expect(cadenceOf([0, 3_600_000, 7_200_000]).cadence).toBe('sparse');
  expect(cadenceOf([0, 5])).toEqual({ cadence: 'sparse', everySecs: null });
  expect(likeness({ a: 1 }, { a: 5 })).toBe(1);
  expect(likeness({ a: 1 }, { b: 1 })).toBe(0);
  expect(likeness({}, { b: 1 })).toBe(1);
});

test('what an analyst confirmed before stands as long as it means one lane', async () => {
  const identityId = newId();
  await prisma().identity.create({
    data: { id: identityId, name: 'svc', externalId: identityId, kind: 'service_account' },
  });
  const open = (network: string, action: string) => {
    const [id, at] = [newId(), clock.now()];
    return prisma().$transaction([
      prisma().session.create({
        data: {
          id,
          identityId,
          source: 'x',
          observedBy: 'native',
          groupKey: id,
          label: 's',
          startedAt: at,
          lastEventAt: at,
          network,
          agent: 'worker',
        },
      }),
      prisma().sessionEvent.create({
        data: { identityId, id: newId(), sessionId: id, at, source: 'x', eventId: id, action, class: 'read', network },
      }),
    ]);
  };
  await open('52.16.1.1', 'orders.get');
  const { lanes } = await list(ctx, { id: identityId });
  expect(lanes).toMatchObject([{ held: 'unknown' }]);
  const before = { identityId, fingerprint: sha256Hex(`${identityId} worker  52.16`), name: 'ours', byName: 'Ana' };
  await prisma().lane.create({ data: { ...before, held: 'operator' } });
  expect((await list(ctx, { id: identityId })).lanes).toMatchObject([{ held: 'operator', name: 'ours' }]);
  await open('52.16.77.1', 'secrets.get');
  expect((await list(ctx, { id: identityId })).lanes.map((lane) => lane.held)).toEqual(['unknown', 'unknown']);
  await hold(ctx, { identityId, fingerprint: lanes[0]!.fingerprint, name: 'ours', held: 'operator' });
  expect((await list(ctx, { id: identityId })).lanes.map((lane) => lane.held).sort()).toEqual(['operator', 'unknown']);
});
