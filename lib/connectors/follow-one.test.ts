import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { create } from '@/lib/connectors/create';
import { followOne } from '@/lib/connectors/follow-one';
import { open } from '@/lib/connectors/open';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';

testDatabase();
const ctx = { actor: { kind: 'operator' as const, id: newId(), name: 'Ada', role: 'admin' as const } };
const stop = new AbortController();
let id: string;
let following: Promise<void>;

beforeAll(async () => {
  const values = { world: 'patient', identities: 'svc:1', pollMs: '250' };
  ({ id } = await create(ctx, { vendor: 'simulator', name: 'patient', values }));
  following = followOne(id, stop.signal);
});
afterAll(async () => {
  stop.abort();
  await following;
});

const healthOf = async () => {
  const { health, healthDetail } = await prisma().connector.findUniqueOrThrow({ where: { id } });
  return { health, healthDetail };
};
const soon = { timeout: 30_000, interval: 50 };

test.each(['listSessions', 'test'] as const)(
  'a system that asks for patience when asked for %s is not asked before its time, and says so',
  async (method) => {
    await vi.waitFor(async () => expect(await healthOf()).toEqual({ health: 'ok', healthDetail: null }), soon);
    const { connection } = await open(id);
    const asks = connection[method] as (...given: unknown[]) => Promise<unknown>;
    const asked: number[] = [];
    let until = 0;
    Object.assign(connection, {
      [method]: async (...given: unknown[]) => {
        asked.push(clock.ms());
        until ||= clock.ms() + 3_500;
        const retryAfterMs = until - clock.ms();
        if (retryAfterMs > 0)
          throw new BraidError('connector.limited', 'It was asked too often.', { detail: { retryAfterMs } });
        return asks.apply(connection, given);
      },
    });
    if (method === 'test') {
      const cursor = { syncRequestedAt: new Date(clock.ms() + 60_000).toISOString() };
      await prisma().connector.update({ where: { id }, data: { cursor } });
    }
    await vi.waitFor(async () => expect((await healthOf()).health).toBe('degraded'), soon);
    expect((await healthOf()).healthDetail).toBe('It was asked too often. It is asked again in 4 s.');
    await sleep(until - clock.ms() - 300);
    expect(asked).toHaveLength(1);
    expect((await healthOf()).health).toBe('degraded');
    await vi.waitFor(async () => expect(await healthOf()).toEqual({ health: 'ok', healthDetail: null }), soon);
    expect(asked[1]! - until).toBeGreaterThanOrEqual(0);
    Object.assign(connection, { [method]: asks });
  },
);
