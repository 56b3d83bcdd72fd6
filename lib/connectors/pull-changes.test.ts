import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { IdentityChanges } from '@/lib/connectors/contract';
import { create } from '@/lib/connectors/create';
import { issuerOf } from '@/lib/connectors/model';
import { open } from '@/lib/connectors/open';
import { pullIdentities } from '@/lib/connectors/pull';
import { dropConnection } from '@/lib/connectors/registry';
import { foundOf } from '@/lib/connectors/simulator/tells';
import { setWorld, World } from '@/lib/connectors/simulator/world';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';

testDatabase();
const ctx = { actor: { kind: 'operator' as const, id: newId(), name: 'Ada', role: 'admin' as const } };

async function estate(name: string) {
  const world = new World(new Set(), name);
  setWorld(name, world);
  const { id } = await create(ctx, { vendor: 'simulator', name, values: { world: name, identities: 'x', gaps: '' } });
  const standing = async (who: string) => {
    const alias = await prisma().identityAlias.findFirst({
      where: { issuer: issuerOf(id), externalId: who },
      include: { identity: { include: { credentials: true } } },
    });
    const systems = (alias?.identity.attributes as { systems?: Record<string, { enabled: boolean; gone?: string }> })
      ?.systems;
    return { at: systems?.[issuerOf(id)], credentials: alias?.identity.credentials.map((each) => each.state) };
  };
  const pull = () =>
    prisma().connectorPull.findUnique({ where: { connectorId_what: { connectorId: id, what: 'changes' } } });
  return { id, world, standing, pull, look: async () => pullIdentities(await open(id)) };
}

test('the first look takes everything, the next ones what changed; a deleted identity is gone there, and back when it is', async () => {
  const { world, standing, look, pull } = await estate('changes');
  world.add('a');
  world.add('b');
  await look();
  expect(await standing('a')).toMatchObject({ at: { enabled: true }, credentials: ['active'] });
  expect((await pull())?.resyncedAt).not.toBeNull();
  const taken = Number((await pull())?.taken);
  world.block('a');
  world.remove('b');
  await look();
  expect(Number((await pull())?.taken) - taken).toBe(2);
  expect(await standing('a')).toMatchObject({ at: { enabled: false }, credentials: ['blocked'] });
  expect(await standing('b')).toMatchObject({
    at: { enabled: false, gone: expect.any(String) },
    credentials: ['revoked'],
  });
  world.add('b');
  await look();
  const back = await standing('b');
  expect([back.at?.gone, back.credentials]).toEqual([undefined, ['active']]);
});

test('a lost cursor is a complete resync: who is not in it is gone', async () => {
  const { world, standing, look } = await estate('lost');
  world.add('stays');
  world.add('leaves');
  await look();
  const anew = new World(new Set(), 'lost');
  anew.add('stays');
  anew.add('comes');
  setWorld('lost', anew);
  dropConnection((await prisma().connector.findFirstOrThrow({ where: { name: 'lost' } })).id);
  await look();
  expect((await standing('leaves')).at?.gone).toBeDefined();
  expect((await standing('stays')).at).toMatchObject({ enabled: true });
  expect((await standing('comes')).at).toMatchObject({ enabled: true });
});

test('a resync that breaks off loses nobody and marks nobody; the next one begins it anew', async () => {
  const { id, world, standing, pull } = await estate('broken');
  const [one, two, three] = ['one', 'two', 'three'].map((name) => foundOf(world, world.add(name)));
  const opened = await open(id);
  const pages: Record<string, IdentityChanges> = {
    start: { items: [one!, two!], removed: [], cursor: 'p1', more: true, complete: true },
    p1: { items: [three!], removed: [], cursor: 'end', more: false, complete: true },
    end: { items: [], removed: [], cursor: 'end', more: false, complete: false },
  };
  const asked: (string | null)[] = [];
  let breaks = true;
  const connection = {
    ...opened.connection,
    discoverChanges: async (cursor: string | null) => {
      asked.push(cursor);
      if (cursor === 'p1' && breaks) throw new BraidError('connector.unreachable', 'It is away.');
      return pages[cursor ?? 'start']!;
    },
  };
  await expect(pullIdentities({ ...opened, connection })).rejects.toThrow('away');
  expect((await standing('one')).at).toMatchObject({ enabled: true });
  expect(await pull()).toBeNull();
  breaks = false;
  await pullIdentities({ ...opened, connection });
  expect(asked).toEqual([null, 'p1', null, 'p1']);
  expect((await pull())?.cursor).toBe('end');
  for (const name of ['one', 'two', 'three']) expect((await standing(name)).at).toMatchObject({ enabled: true });
});

test('a complete listing that is cut off goes on in another process, also where a cursor was lost', async () => {
  const { id, world, standing, pull } = await estate('cut');
  const found = ['one', 'two', 'three', 'left'].map((name) => foundOf(world, world.add(name)));
  const page = (items: typeof found, cursor: string, more: boolean, over: Partial<IdentityChanges> = {}) => ({
    items,
    removed: [],
    cursor,
    more,
    complete: true,
    ...over,
  });
  let asked: (string | null)[] = [];
  const look = async (answer: (cursor: string | null) => IdentityChanges | undefined) => {
    dropConnection(id);
    const opened = await open(id);
    asked = [];
    const discoverChanges = async (cursor: string | null) => {
      asked.push(cursor);
      const answered = answer(cursor);
      if (answered) return answered;
      throw new BraidError('connector.limited', 'Wait.', { detail: { retryAfterMs: 1 } });
    };
    await pullIdentities({ ...opened, connection: { ...opened.connection, discoverChanges } });
    await sleep(5);
  };
  const gone = async () =>
    (await Promise.all(['one', 'two', 'three', 'left'].map(standing))).map((one) => one.at?.gone !== undefined);
  await look(() => page(found, 'c0', false));
  expect((await pull())?.cursor).toBe('c0');
  // The cursor is known no more: everything is listed anew, and in the middle it asks for patience, twice.
  await look((cursor) => (cursor === 'c0' ? page([found[0]!], 'p1', true, { anew: true }) : undefined));
  expect(asked).toEqual(['c0', 'p1']);
  await look((cursor) => (cursor === 'p1' ? page([found[1]!], 'p2', true) : undefined));
  expect(asked).toEqual(['p1', 'p2']);
  expect([await gone(), (await pull())?.cursor]).toEqual([[false, false, false, false], 'c0']);
  await look(() => page([found[2]!], 'c1', false));
  expect(asked).toEqual(['p2']);
  expect([await gone(), (await pull())?.cursor]).toEqual([[false, false, false, true], 'c1']);
  await look(() => page([], 'c1', false, { complete: false }));
  expect(asked).toEqual(['c1']);
  // A place that is known no more: whom it had told of before counts no more.
  await look((cursor) => (cursor === 'c1' ? page([found[0]!, found[1]!], 'p1', true, { anew: true }) : undefined));
  await look((cursor) =>
    cursor === 'p1' ? page([found[0]!], 'q1', true, { anew: true }) : page([found[2]!], 'c2', false),
  );
  expect(asked).toEqual(['p1', 'q1']);
  expect(await gone()).toEqual([false, true, false, true]);
});

test('changes that come in pages keep their place: each page with its cursor', async () => {
  const { id, world, standing, pull } = await estate('pages');
  const found = ['a', 'b'].map((name) => foundOf(world, world.add(name)));
  const opened = await open(id);
  const asked: (string | null)[] = [];
  let breaks = true;
  const page = (items: typeof found, cursor: string, more: boolean): IdentityChanges => ({
    items,
    removed: [],
    cursor,
    more,
    complete: false,
  });
  const connection = {
    ...opened.connection,
    discoverChanges: async (cursor: string | null): Promise<IdentityChanges> => {
      asked.push(cursor);
      if (cursor === null) return { ...page([], 'c0', false), complete: true };
      if (cursor === 'c0') return page([found[0]!], 'c1', true);
      if (breaks) throw new BraidError('connector.limited', 'Wait.', { detail: { retryAfterMs: 1 } });
      return page([found[1]!], 'c2', false);
    },
  };
  await pullIdentities({ ...opened, connection });
  await pullIdentities({ ...opened, connection });
  expect((await pull())?.cursor).toBe('c1');
  expect(await pull()).toMatchObject({ heldFor: 'limited' });
  breaks = false;
  await sleep(5);
  await pullIdentities({ ...opened, connection });
  expect(asked).toEqual([null, 'c0', 'c1', 'c1']);
  expect((await standing('b')).at).toMatchObject({ enabled: true });
});

test('that everybody is removed is not believed: a complete listing is asked for, and one of nobody concludes nothing', async () => {
  const { id, world, standing, pull } = await estate('emptied');
  const found = ['a', 'b', 'c'].map((name) => foundOf(world, world.add(name)));
  const opened = await open(id);
  const page = (items: typeof found, removed: string[], over: Partial<IdentityChanges> = {}): IdentityChanges => ({
    items,
    removed,
    cursor: 'c0',
    more: false,
    complete: false,
    ...over,
  });
  const whole = (items: typeof found) => page(items, [], { complete: true });
  const asked: (string | null)[] = [];
  let pages: IdentityChanges[] = [];
  const look = (...given: IdentityChanges[]) => {
    asked.length = 0;
    pages = given;
    const discoverChanges = async (cursor: string | null) => {
      asked.push(cursor);
      return pages.shift()!;
    };
    return pullIdentities({ ...opened, connection: { ...opened.connection, discoverChanges } });
  };
  const gone = async () => (await Promise.all(['a', 'b', 'c'].map(standing))).map((one) => one.at?.gone !== undefined);
  const health = async () => (await prisma().connector.findUniqueOrThrow({ where: { id } })).healthDetail ?? '';
  await look(whole(found));
  expect(await gone()).toEqual([false, false, false]);
  // Quiet: no changes are nothing to worry about.
  await look(page([], [], { cursor: 'c1' }));
  expect([await gone(), await health()]).toEqual([[false, false, false], '']);
  // In two pages, and the listing that is asked for then has nobody either.
  const both = [page([], ['a'], { more: true, cursor: 'c2' }), page([], ['b', 'c'], { cursor: 'c3' })];
  await look(...both, whole([]));
  expect(asked).toEqual(['c1', 'c2', null]);
  expect(await gone()).toEqual([true, false, false]);
  expect(await health()).toMatch(/listing is empty/);
  expect((await pull())?.cursor).toBe('c2');
  // The listing has somebody: it says who is there, and who is not.
  await look(page([], ['b', 'c'], { cursor: 'c3' }), whole([found[0]!, found[1]!]));
  expect(await gone()).toEqual([false, false, true]);
  expect([await health(), (await pull())?.cursor]).toEqual(['', 'c0']);
  // One of several is deleted, as happens.
  await look(page([], ['b'], { cursor: 'c4' }));
  expect(await gone()).toEqual([false, true, true]);
});

test('a complete listing concludes nothing about whom it could not list', async () => {
  const { id, world, standing } = await estate('unlisted');
  const found = ['agent', 'app', 'stays'].map((name) => foundOf(world, world.add(name)));
  const opened = await open(id);
  const look = (items: typeof found, lists?: (externalId: string) => boolean) => {
    const discoverChanges = async () => ({ items, removed: [], cursor: 'c', more: false, complete: true });
    return pullIdentities({
      ...opened,
      connection: { ...opened.connection, discoverChanges, ...(lists && { lists }) },
    });
  };
  await look(found);
  await look([found[2]!], (externalId) => externalId !== 'agent');
  expect((await standing('agent')).at?.gone).toBeUndefined();
  expect((await standing('app')).at?.gone).toBeDefined();
});
