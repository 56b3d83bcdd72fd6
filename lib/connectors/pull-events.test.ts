import { afterEach, beforeAll, expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import type { Connection, PulledEvents } from '@/lib/connectors/contract';
import { create } from '@/lib/connectors/create';
import { type Opened, open } from '@/lib/connectors/open';
import { pullIdentities, pullSessions } from '@/lib/connectors/pull';
import { pullEvents } from '@/lib/connectors/pull-events';
import { show } from '@/lib/connectors/show';
import { setWorld, World } from '@/lib/connectors/simulator/world';
import { update } from '@/lib/connectors/update';
import { pool, prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { systemsFor } from '@/lib/revocations/systems';
import { drainInbox } from '@/lib/sessions/drain-inbox';
import { WAITING_BATCHES } from '@/lib/sessions/inbox-model';

testDatabase();
const ctx = { actor: { kind: 'operator' as const, id: newId(), name: 'Ada', role: 'admin' as const } };
const drain = () => drainInbox(systemCtx('inbox'));

let id: string;
let world: World;
beforeAll(async () => {
  world = new World(new Set(), 'pulls');
  world.add('svc-pull');
  setWorld('pulls', world);
  const values = { world: 'pulls', identities: 'svc-pull:0', gaps: '' };
  ({ id } = await create(ctx, { vendor: 'simulator', name: 'sim', values }));
  await pullIdentities(await open(id));
  await pullEvents(await open(id));
});
afterEach(() => clock.set());

const pullOf = async () => (await show(ctx, { id })).pulls.find((pull) => pull.what === 'events')!;
const cursorOf = async () =>
  (await prisma().connectorPull.findUniqueOrThrow({ where: { connectorId_what: { connectorId: id, what: 'events' } } }))
    .cursor;
const batches = () => prisma().eventBatch.count({ where: { connectorId: id } });
const eventsOf = async (name: string) =>
  (
    await pool().query(
      'select count(*)::int as n from session_events e join identities i on i.id = e.identity_id where i.name = $1',
      [name],
    )
  ).rows[0].n as number;

/** The opened connector with another way of handing its log over. */
async function handing(pull: NonNullable<Connection['pullEvents']>): Promise<Opened> {
  const opened = await open(id);
  return { ...opened, connection: { ...opened.connection, pullEvents: pull } };
}

test('what a system logged arrives on the identity that discovery made, in the session that is listed', async () => {
  const session = world.open('svc-pull')!;
  await pullEvents(await open(id));
  await drain();
  const told = await prisma().session.findMany({ where: { groupKey: session.key } });
  expect(told).toMatchObject([{ source: 'ocsf', connectorId: null }]);
  await pullSessions(await open(id));
  const joined = await prisma().session.findMany({ where: { groupKey: session.key } });
  expect(joined).toMatchObject([{ source: 'simulator', connectorId: id, observedBy: 'native', eventCount: 1 }]);
  const identity = await prisma().identity.findUniqueOrThrow({ where: { id: joined[0]!.identityId } });
  expect(identity).toMatchObject({ name: 'svc-pull', sessionCount: 1, peakSessions: 1, sources: ['simulator'] });
  const systems = [{ connectorId: id, vendor: 'simulator', why: null }];
  expect(await systemsFor(identity)).toMatchObject(systems);
  expect(await systemsFor({ id: identity.id, sources: ['simulator', 'ocsf'] })).toMatchObject(systems);
  const derived = { source: 'ocsf', groupKey: 'of another log', observedBy: 'derived', kind: 'api', label: 'other' };
  const other = { ...derived, id: newId(), startedAt: clock.now(), lastEventAt: clock.now(), identityId: identity.id };
  await prisma().session.create({ data: other });
  expect(await systemsFor({ id: identity.id, sources: ['simulator', 'ocsf'] })).toHaveLength(2);
  await prisma().session.delete({ where: { id: other.id } });
  expect(await prisma().identity.count({ where: { name: 'svc-pull' } })).toBe(1);
});

test('and the other way round: a session listed first is the one that its log tells of', async () => {
  const session = world.open('svc-pull')!;
  await pullSessions(await open(id));
  await pullEvents(await open(id));
  await drain();
  const found = await prisma().session.findMany({ where: { groupKey: session.key } });
  expect(found).toMatchObject([{ source: 'simulator', eventCount: 1 }]);
  const identity = await prisma().identity.findFirstOrThrow({ where: { name: 'svc-pull' } });
  const live = await prisma().session.count({ where: { identityId: identity.id, endedAt: null } });
  expect([live >= 2, identity.peakSessions]).toEqual([true, live]);
  expect((await pullOf()).eventAt).toBe(session.startedAt);
});

test('a cursor and what was handed over are stored together or not at all: killed anywhere, nothing is lost or doubled', async () => {
  const before = await eventsOf('svc-pull');
  const asked: (string | null)[] = [];
  const recording = await handing(async (cursor, most) => {
    asked.push(cursor);
    return (await open(id)).connection.pullEvents!(cursor, most);
  });
  world.close(world.open('svc-pull')!.key);
  await pool().query('alter table event_batches rename to event_batches_away');
  await expect(pullEvents(recording)).rejects.toThrow();
  await pool().query('alter table event_batches_away rename to event_batches');
  await pullEvents(recording);
  expect(asked).toHaveLength(2);
  expect(asked[1]).toBe(asked[0]);
  await pullEvents(recording);
  expect(asked[2]).not.toBe(asked[1]);
  await drain();
  expect(await eventsOf('svc-pull')).toBe(before + 2);
});

test('who was overtaken stores nothing', async () => {
  const before = await batches();
  let other: Promise<number> | undefined;
  const slow = await handing(async (cursor, most) => {
    const pulled = await (await open(id)).connection.pullEvents!(cursor, most);
    other ??= pullEvents(await open(id));
    await other;
    return pulled;
  });
  world.open('svc-pull');
  await pullEvents(slow);
  expect(await batches()).toBe(before + 1);
});

test('a system that asks for patience is left alone for as long, and it is shown', async () => {
  let asked = 0;
  const limited = await handing(async () => {
    asked += 1;
    throw new BraidError('connector.limited', 'Asked too often.', { detail: { retryAfterMs: 20_000 } });
  });
  clock.set(() => Date.parse('2026-11-01T10:00:00Z'));
  expect(await pullEvents(limited)).toBe(20_000);
  expect(await pullOf()).toMatchObject({ heldFor: 'limited', heldUntil: '2026-11-01T10:00:20.000Z' });
  clock.set(() => Date.parse('2026-11-01T10:00:19Z'));
  expect(await pullEvents(limited)).toBe(1_000);
  expect(asked).toBe(1);
  clock.set(() => Date.parse('2026-11-01T10:00:21Z'));
  await pullEvents(await open(id));
  expect(await pullOf()).toMatchObject({ heldFor: null, ageSecs: 0 });
});

test('a full inbox moves no cursor; what was left is taken over once there is room', async () => {
  world.open('svc-pull');
  const [cursor, before] = [await cursorOf(), await batches()];
  await pool().query(
    `insert into event_batches (id, actor_name, format, bytes) select gen_random_uuid(), 'filler', 'aws', 1 from generate_series(1, $1)`,
    [WAITING_BATCHES],
  );
  await pullEvents(await open(id));
  expect(await pullOf()).toMatchObject({ heldFor: 'inbox_full' });
  expect([await cursorOf(), await batches()]).toEqual([cursor, before]);
  await pool().query(`delete from event_batches where actor_name = 'filler'`);
  const later = clock.ms() + 60_000;
  clock.set(() => later);
  await pullEvents(await open(id));
  expect(await batches()).toBe(before + 1);
  expect((await pullOf()).heldFor).toBeNull();
});

test('a failure is shown with its reason, and what comes after it goes on from the same place', async () => {
  const cursor = await cursorOf();
  const failing = await handing(async () => {
    throw new BraidError('connector.refused', 'The right AuditLog.Read is missing.');
  });
  await expect(pullEvents(failing)).rejects.toThrow('AuditLog.Read');
  expect(await pullOf()).toMatchObject({ heldFor: 'failing', heldReason: 'The right AuditLog.Read is missing.' });
  expect(await cursorOf()).toBe(cursor);
  await prisma().connectorPull.updateMany({ data: { heldUntil: null } });
});

test('there is more: it is asked again at once, and every record comes once however small the pieces', async () => {
  const before = await eventsOf('svc-pull');
  for (let i = 0; i < 7; i++) world.open('svc-pull');
  const small = await handing(
    async (cursor): Promise<PulledEvents> => (await open(id)).connection.pullEvents!(cursor, 2),
  );
  const waits: number[] = [];
  do waits.push(await pullEvents(small));
  while (waits.at(-1) === 0);
  expect(waits.length).toBeGreaterThanOrEqual(4);
  await drain();
  expect((await eventsOf('svc-pull')) - before).toBeGreaterThanOrEqual(7);
  expect(await eventsOf('svc-pull')).toBe(world.diary.written);
  expect((await pullOf()).taken).toBe(world.diary.written);
});

test('pointed at another place, it begins anew there', async () => {
  setWorld('elsewhere', new World(new Set(), 'elsewhere'));
  await update(ctx, { id, values: { world: 'elsewhere', identities: 'svc-new:0', gaps: '' } });
  expect((await show(ctx, { id })).pulls).toEqual([]);
});
