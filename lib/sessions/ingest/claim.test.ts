import { expect, test } from 'vitest';
import { countsOf } from '@/lib/connectors/store';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { ingest } from '@/lib/sessions/ingest';
import type { SessionEventInput } from '@/lib/sessions/model';

testDatabase();
const [one, other] = [newId(), newId()];

const event = (key: string, agoSecs: number, phase: 'open' | 'seen' | 'close' = 'seen'): SessionEventInput => ({
  eventId: newId(),
  source: 'aws',
  at: new Date(clock.ms() - agoSecs * 1000).toISOString(),
  identity: { issuer: 'aws:1', type: 'role', externalId: 'r', name: 'r', kind: 'workload' },
  action: 'get',
  class: 'read',
  outcome: 'success',
  credential: null,
  network: null,
  region: null,
  agent: null,
  resource: null,
  attributes: {},
  session: { key, observedBy: 'derived', kind: 'api', label: key, phase, gapSecs: 3_600 },
});
const run = (events: SessionEventInput[], connectorId?: string) =>
  ingest([events], connectorId ? { connectorOf: () => connectorId } : {});
const toldBy = async (key: string) =>
  (await prisma().session.findMany({ where: { groupKey: key }, orderBy: { startedAt: 'asc' } })).map(
    (session) => session.toldBy,
  );

test('a session is the connector’s whose pulled log told of it, and nobody’s once another one’s does too', async () => {
  await run([event('a', 60), event('b', 60)], one);
  await run([event('c', 60)]);
  expect([await toldBy('a'), await toldBy('b'), await toldBy('c')]).toEqual([[[one]], [[one]], [[]]]);
  const counts = async (id: string) => (await countsOf([id])).get(id);
  expect(await counts(one)).toMatchObject({ liveSessions: 2, sessionCount: 2 });
  await run([event('a', 50)]);
  await run([event('b', 50)], other);
  expect([await toldBy('a'), await toldBy('b')]).toEqual([[[one]], [[one, other].sort()]]);
  expect(await counts(one)).toMatchObject({ liveSessions: 1, sessionCount: 1 });
  expect(await counts(other)).toMatchObject({ liveSessions: 0, sessionCount: 0 });
});

test('what is joined, or told anew, keeps whose it was', async () => {
  await run([event('joined', 9_000)], one);
  await run([event('joined', 3_000)]);
  expect(await toldBy('joined')).toEqual([[one], []]);
  await run([event('joined', 6_000)]);
  expect(await toldBy('joined')).toEqual([[one]]);
  await run([event('anew', 3_000)], one);
  await run([event('anew', 6_000, 'open'), event('anew', 5_000, 'close'), event('anew', 2_000, 'open')]);
  expect((await toldBy('anew')).flat()).toContain(one);
});
