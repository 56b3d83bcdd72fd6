import { afterEach, expect, test } from 'vitest';
import type { NativeSession } from '@/lib/connectors/model';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { transaction } from '@/lib/db/transaction';
import { annotate } from '@/lib/identities/annotate';
import { discover } from '@/lib/identities/discover';
import { show as showIdentity } from '@/lib/identities/show';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { list } from '@/lib/sessions/list';
import { liveNow } from '@/lib/sessions/live-now';
import { observe } from '@/lib/sessions/observe';
import { show } from '@/lib/sessions/show';
import { showConcurrency } from '@/lib/sessions/show-concurrency';
import { sweep } from '@/lib/sessions/sweep';

testDatabase();
afterEach(() => clock.set());

const ctx = { actor: { kind: 'cli' as const, name: 'cli:test' } };
const T0 = Date.parse('2026-03-02T10:00:00Z');
const at = (secs: number): Date => new Date(T0 + secs * 1000);

async function estate(name: string) {
  const connectorId = newId();
  const [identityId] = await transaction((tx) =>
    discover(tx, [
      {
        issuer: `connector:${connectorId}`,
        type: 'role',
        externalId: name,
        name,
        kind: 'service_account',
        reason: 'role',
        source: 'postgres',
        connectorId,
      },
    ]),
  );
  const session = (key: string, startSecs: number, more: Partial<NativeSession> = {}): NativeSession => ({
    key,
    externalIdentityId: name,
    kind: 'database',
    label: `eu · ${key}`,
    startedAt: at(startSecs).toISOString(),
    lastEventAt: at(startSecs).toISOString(),
    idle: false,
    native: { pid: 1 },
    ...more,
  });
  const listing = (secs: number, ...sessions: NativeSession[]) =>
    transaction((tx) => observe(tx, { connectorId, source: 'postgres', sessions, at: at(secs) }));
  return { identityId: identityId!, connectorId, session, listing };
}

test('a listing opens, touches and ends; the counters follow', async () => {
  const { identityId, session, listing } = await estate('svc_observe');
  const first = await listing(10, session('a', 0), session('b', 5));
  expect(first.opened).toHaveLength(2);
  expect(first.live).toBe(2);
  const again = await listing(20, session('a', 0), session('b', 5));
  expect(again).toMatchObject({ opened: [], ended: [], live: 2, unknown: [] });
  const third = await listing(30, session('b', 5), session('c', 25));
  expect(third.ended).toEqual([first.opened.find((id) => !again.opened.includes(id) && third.ended.includes(id))]);
  expect(third.live).toBe(2);
  const ended = await show(ctx, { id: third.ended[0]! });
  expect(ended).toMatchObject({ state: 'ended', endedBy: 'itself', endedAt: at(30).toISOString(), beside: 2 });
  expect(await showIdentity(ctx, { id: identityId })).toMatchObject({
    sessionCount: 3,
    liveSessions: 2,
    peakSessions: 2,
    lastSeenAt: at(25).toISOString(),
  });
});

test('a session that Braid ended stays ended by whom, and lives again only if a later listing shows it', async () => {
  const { session, listing } = await estate('svc_ended');
  const { opened } = await listing(10, session('a', 0));
  await prisma().session.update({
    where: { id: opened[0]! },
    data: { state: 'ended', endedAt: at(12), endedBy: 'operator' },
  });
  expect(await listing(12, session('a', 0))).toMatchObject({ opened: [], live: 0 });
  expect(await listing(13)).toMatchObject({ ended: [] });
  expect((await show(ctx, { id: opened[0]! })).endedBy).toBe('operator');
  await listing(20, session('a', 0));
  expect(await show(ctx, { id: opened[0]! })).toMatchObject({ state: 'live', endedAt: null, endedBy: null });
});

test('a listing confirms; without one for a minute what it showed is stale, and fresh with the next', async () => {
  const { session, listing, connectorId } = await estate('svc_confirmed');
  await prisma().connector.create({ data: { id: connectorId, name: 'confirmed', vendor: 'postgres', config: {} } });
  const [id] = (await listing(10, session('a', 0))).opened;
  const read = () => show(ctx, { id: id! });
  const confirmed = async () => (await read()).lastValidatedAt;
  clock.set(() => at(12).getTime());
  expect(await confirmed()).toBe(at(10).toISOString());
  await listing(15, session('a', 0));
  expect(await confirmed()).toBe(at(10).toISOString()); // written every ten seconds at most
  await listing(20, session('a', 0));
  expect(await read()).toMatchObject({ lastValidatedAt: at(20).toISOString(), stale: false });
  clock.set(() => at(80).getTime());
  expect((await sweep(ctx)).stale).toBe(0);
  clock.set(() => at(81).getTime());
  expect((await read()).stale).toBe(true); // whether or not anybody sweeps
  expect(await sweep(ctx)).toMatchObject({ stale: 1 });
  expect((await prisma().session.findUnique({ where: { id: id! } }))?.stale).toBe(true);
  expect((await sweep(ctx)).stale).toBe(0);
  await listing(81, session('a', 0));
  expect(await read()).toMatchObject({ lastValidatedAt: at(81).toISOString(), stale: false });
  await listing(82);
  clock.set(() => at(900).getTime());
  expect(await read()).toMatchObject({ state: 'ended', stale: false });
  expect(await sweep(ctx)).toMatchObject({ stale: 0 });
});

test('sessions of nobody known are named, not stored', async () => {
  const { session, listing } = await estate('svc_known');
  const seen = await listing(10, session('x', 0, { externalIdentityId: 'stranger' }));
  expect(seen).toMatchObject({ opened: [], unknown: ['stranger'], live: 0 });
});

test('who is silent too long has ended with its last event', async () => {
  const { identityId } = await estate('svc_silent');
  const id = newId();
  await prisma().session.create({
    data: {
      id,
      identityId,
      source: 'pdp',
      observedBy: 'declared',
      groupKey: 'k',
      label: 'l',
      startedAt: at(0),
      lastEventAt: at(60),
      liveUntil: at(120),
    },
  });
  clock.set(() => at(119).getTime());
  expect(await sweep(ctx)).toMatchObject({ ended: 0 });
  clock.set(() => at(121).getTime());
  expect(await show(ctx, { id })).toMatchObject({ state: 'ended', endedBy: 'timeout', endedAt: at(60).toISOString() });
  expect(await sweep(ctx)).toMatchObject({ ended: 1 });
  expect(await show(ctx, { id })).toMatchObject({ state: 'ended', endedBy: 'timeout', endedAt: at(60).toISOString() });
});

test('the graph: steps, limit, peak, lanes, newest first, and its range', async () => {
  const { identityId, session, listing } = await estate('svc_graph');
  await annotate(ctx, { id: identityId, concurrencyLimit: 2 });
  await listing(700, session('a', 0), session('b', 300), session('c', 600));
  await listing(900, session('a', 0), session('b', 300));
  clock.set(() => at(1000).getTime());
  const graph = await showConcurrency(ctx, { identityId, range: '1h' });
  expect(graph).toMatchObject({
    following: true,
    limit: 2,
    lanesTotal: 3,
    peak: { count: 3, at: at(600).toISOString() },
  });
  expect(graph.to).toBe(at(1000).toISOString());
  expect(graph.steps.map((step) => step.count)).toEqual([0, 1, 2, 3, 2]);
  expect(graph.lanes.map((lane) => lane.label)).toEqual(['eu · c', 'eu · b', 'eu · a']);
  const part = await showConcurrency(ctx, { identityId, from: at(950).toISOString(), to: at(990).toISOString() });
  expect(part).toMatchObject({ following: false, lanesTotal: 2, peak: { count: 2 } });
  const [live] = (await liveNow(ctx, { limit: 1 })).items;
  expect(live!.spark).toHaveLength(60);
  await listing(1001);
  clock.set(() => at(900_000).getTime());
  const past = await showConcurrency(ctx, { identityId });
  expect(past).toMatchObject({ following: false, to: at(1001).toISOString(), lanesTotal: 3 });
  const all = await showConcurrency(ctx, { identityId, range: 'all' });
  expect(all).toMatchObject({ following: false, from: at(0).toISOString(), to: at(1001).toISOString() });
  await expect(
    showConcurrency(ctx, { identityId, from: at(5).toISOString(), to: at(5).toISOString() }),
  ).rejects.toMatchObject({ code: 'input.invalid' });
  await expect(showConcurrency(ctx, { identityId: newId() })).rejects.toMatchObject({ code: 'not_found' });
});

test('marks: what was not allowed stands before what was, at most 60 a lane', async () => {
  const { identityId, session, listing } = await estate('svc_marks');
  const { opened } = await listing(10, session('a', 0));
  const decision = (i: number) => ({
    identityId,
    id: newId(at(i).getTime()),
    sessionId: opened[0]!,
    at: at(i),
    verdict: i === 20 ? 'deny' : 'allow',
    reason: 'r',
    action: 'pay',
    resourceType: 't',
    resourceId: 'r',
    latencyUs: 1,
    trace: '{"exposures":[]}',
    writer: newId(),
    seq: BigInt(i),
    hash: Buffer.from([1]),
  });
  // Ids of one process never go back: written in order.
  await prisma().decision.createMany({ data: Array.from({ length: 90 }, (_, i) => decision(i + 11)) });
  await prisma().sessionEvent.create({
    data: {
      identityId,
      id: newId(),
      sessionId: opened[0]!,
      at: at(9),
      source: 'postgres',
      eventId: 'e1',
      action: 'SELECT',
      class: 'read',
    },
  });
  clock.set(() => at(200).getTime());
  const { lanes } = await showConcurrency(ctx, { identityId, range: '15m' });
  expect(lanes[0]!.marks).toHaveLength(60);
  expect(lanes[0]!.marks.filter((mark) => mark.verdict === 'deny')).toMatchObject([{ at: at(20).toISOString() }]);
});

test('the graph says how differently sessions behave that lived beside each other', async () => {
  const { identityId, session, listing } = await estate('svc_split');
  const { opened } = await listing(10, session('reader', 0), session('writer', 5));
  clock.set(() => at(200).getTime());
  expect((await showConcurrency(ctx, { identityId, range: '15m' })).divergence).toBeNull();
  const rows = await prisma().session.findMany({ where: { id: { in: opened } }, orderBy: { startedAt: 'asc' } });
  const event = (sessionId: string, i: number, name: 'read' | 'change' | 'session') =>
    ({
      identityId,
      id: newId(),
      sessionId,
      at: at(i),
      source: 'postgres',
      eventId: `s${i}`,
      action: name,
      class: name,
    }) as const;
  await prisma().sessionEvent.createMany({
    data: [
      ...[20, 21, 22].map((i) => event(rows[0]!.id, i, 'read')),
      ...[30, 31, 32].map((i) => event(rows[1]!.id, i, 'change')),
      event(rows[1]!.id, 40, 'session'),
    ],
  });
  const shown = await showConcurrency(ctx, { identityId, range: '15m' });
  expect(shown.divergence).toMatchObject({ score: 1, sessions: 2 });
  expect(shown.divergence?.named.map(({ label, mostly, events }) => [label, mostly, events]).sort()).toEqual([
    ['eu · reader', 'read', 3],
    ['eu · writer', 'change', 3],
  ]);
});

test('of more than 200 sessions the live ones stay, then those that lived longest', async () => {
  const { identityId, session, listing } = await estate('svc_crowd');
  const data = Array.from({ length: 250 }, (_, i) => ({
    id: newId(),
    identityId,
    source: 'aws',
    observedBy: 'derived',
    groupKey: `g${i}`,
    label: `g${i}`,
    state: 'ended',
    startedAt: at(i),
    lastEventAt: at(i + 1 + i * 2),
    endedAt: at(i + 1 + i * 2),
  }));
  await prisma().session.createMany({ data });
  await listing(2, session('live', 1));
  clock.set(() => at(900).getTime());
  const graph = await showConcurrency(ctx, { identityId });
  expect(graph).toMatchObject({ range: 'all', lanesTotal: 251, following: true });
  expect(graph.lanes).toHaveLength(200);
  const shown = graph.lanes.map((lane) => lane.label);
  expect(shown.at(-1)).toBe('eu · live');
  expect(shown).toContain('g249');
  expect(shown).not.toContain('g10');
});

test('the list pages through everything once', async () => {
  const { identityId, session, listing } = await estate('svc_list');
  await listing(100, ...Array.from({ length: 11 }, (_, i) => session(`s${i}`, Math.floor(i / 3))));
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await list(ctx, { identityId, limit: 3, cursor, live: true });
    ids.push(...page.items.map((row) => row.id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(new Set(ids).size).toBe(11);
  expect(ids).toHaveLength(11);
  expect((await list(ctx, { identityId, state: 'ended' })).items).toEqual([]);
});
