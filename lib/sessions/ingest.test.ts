import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { ingest } from '@/lib/sessions/ingest';
import { show } from '@/lib/sessions/show';
import { event, here, moved, newSpace, type Rows, standing, T0 } from '@/lib/sessions/testing-ingest';

testDatabase();
const ctx = systemCtx('test');
const rows: Rows = async (sql, values = []) => (await pool().query<Record<string, unknown>>(sql, values)).rows;
beforeEach(newSpace);

const arbitrary = fc
  .uniqueArray(
    fc.record({
      n: fc.integer({ min: 0, max: 40 }),
      key: fc.constantFrom('a', 'b', 'c', null),
      phase: fc.constantFrom('open' as const, 'close' as const, 'seen' as const, 'seen' as const),
      who: fc.constantFrom('one', 'two'),
      tells: fc.constantFrom('nothing', 'scope', 'parent', 'mints', 'uses', 'class'),
    }),
    { minLength: 1, maxLength: 25, selector: ({ n, key, phase, who }) => `${n} ${key} ${phase} ${who}` },
  )
  .map((list) =>
    list.map(({ n, key, phase, who, tells }) =>
      // At an instant of its own: which of two at one instant is the first hangs on their ids, and those on the source's name.
      event(
        `${who} ${key} ${phase} ${n}`,
        n * 600 +
          ['one', 'two'].indexOf(who) * 0.1 +
          ['a', 'b', 'c', null].indexOf(key) * 0.01 +
          ['open', 'seen', 'close'].indexOf(phase) * 0.001,
        {
          who,
          key: key && `${key} ${who}`,
          phase,
          ...(tells === 'scope'
            ? { scope: `scope ${n}`, expiresAt: new Date(T0 + n * 1000).toISOString(), tags: [`t${n}`] }
            : {}),
          ...(tells === 'parent' ? { parent: { how: 'delegation' as const, key: 'a one' } } : {}),
          ...(tells === 'mints'
            ? { minted: [{ externalId: `child of ${who}`, kind: 'token', how: 'role_chain' as const }] }
            : {}),
          ...(tells === 'uses' ? { credential: { externalId: 'child of one', kind: 'token' } } : {}),
          ...(tells === 'class' ? { class: 'change' as const, network: `10.0.0.${n}` } : {}),
        },
      ),
    ),
  );

describe('whatever order, cut and repetition', () => {
  test('the same events make the same sessions, lineage and counters', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitrary.chain((events) =>
          fc.record({
            events: fc.constant(events),
            other: fc.shuffledSubarray(events, { minLength: events.length }),
            again: fc.subarray(events),
            size: fc.integer({ min: 1, max: 9 }),
            runs: fc.boolean(),
          }),
        ),
        async ({ events, other, again, size, runs }) => {
          newSpace();
          await ingest([moved(events)]);
          const expected = await standing(rows);
          newSpace();
          const all = moved([...other, ...again]);
          const parts = Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
            all.slice(i * size, (i + 1) * size),
          );
          if (runs) for (const part of parts) await ingest([part]);
          else await ingest(parts);
          expect(await standing(rows)).toEqual(expected);
        },
      ),
      { numRuns: 25 },
    );
  }, 300_000);
});

test('a close that waited for its open counts with the session it ends, however often it had to move', async () => {
  const make = () => [
    event('close 1', 600.002, { phase: 'close' }),
    event('open 0', 0, { phase: 'open' }),
    event('open 1', 600, { phase: 'open' }),
    event('close 0', 0.002, { phase: 'close' }),
  ];
  await ingest([make()]);
  const expected = await standing(rows);
  expect(expected.sessions.map((session) => session.event_count)).toEqual([2, 2]);
  newSpace();
  await ingest(make().map((each) => [each]));
  expect(await standing(rows)).toEqual(expected);
});

describe('lineage', () => {
  const minting = () =>
    event('assume', 10, {
      minted: [
        { externalId: 'ASIA1', kind: 'token', how: 'role_chain', expiresAt: new Date(T0 + 3_600_000).toISOString() },
      ],
    });
  const using = () =>
    event('use', 60, { who: 'role', key: 'child', credential: { externalId: 'ASIA1', kind: 'token' } });

  test.each([
    ['minted first', [minting, using]],
    ['used first', [using, minting]],
  ])('who uses a minted credential is a child of who minted it: %s', async (_, order) => {
    for (const make of order) await ingest([[make()]]);
    const [child] = await rows(
      `select s.id::text, s.lineage, p.group_key from sessions s join sessions p on p.id = s.parent_id where s.group_key = 'child' and s.source = $1`,
      here(),
    );
    expect(child).toMatchObject({ lineage: 'role_chain', group_key: 'k' });
    const detail = await show(ctx, { id: child!.id as string });
    expect(detail.ancestors.map((each) => each.label)).toEqual(['worker · k']);
    expect((await show(ctx, { id: detail.parentId! })).children.map((each) => [each.label, each.lineage])).toEqual([
      ['role · child', 'role_chain'],
    ]);
  });

  test('a parent named by its key is the one that had begun before the child', async () => {
    await ingest([[event('p1', 0), event('p2', 10_000)]]);
    await ingest([[event('c', 9_000, { key: 'child', parent: { how: 'tool', key: 'k' } })]]);
    expect(
      await rows(
        `select p.started_at from sessions s join sessions p on p.id = s.parent_id where s.group_key = 'child' and s.source = $1`,
        here(),
      ),
    ).toEqual([{ started_at: new Date(T0) }]);
  });

  test('a chain is followed to its beginning, whatever stands in it', async () => {
    await ingest([
      [
        event('r', 0, { key: 'root' }),
        event('m', 1, { key: 'middle', parent: { how: 'refresh', key: 'root' } }),
        event('l', 2, { key: 'leaf', parent: { how: 'delegation', key: 'middle' } }),
      ],
    ]);
    const [leaf] = await rows(`select id::text from sessions where group_key = 'leaf' and source = $1`, here());
    const { ancestors, lineage } = await show(ctx, { id: leaf!.id as string });
    expect([lineage, ...ancestors.map((each) => [each.label, each.lineage])]).toEqual([
      'delegation',
      ['worker · middle', 'refresh'],
      ['worker · root', null],
    ]);
  });
});

describe('what sources tell', () => {
  test('is on the session: the first scope, the last expiry, all tags, how it was observed', async () => {
    await ingest([
      [
        event('1', 0, {
          scope: 'read',
          expiresAt: new Date(T0 + 1e6).toISOString(),
          tags: ['b'],
          binding: { device: 'd', boundKey: 'jkt' },
          consent: { by: 'ada', scope: 'all' },
        }),
        event('2', 5, {
          scope: 'write',
          expiresAt: new Date(T0 + 2e6).toISOString(),
          tags: ['a'],
          task: 'T-1',
          run: 'r-1',
        }),
      ],
    ]);
    const [session] = await rows('select * from sessions where source = $1', here());
    expect(session).toMatchObject({
      scope: 'read',
      expires_at: new Date(T0 + 2e6),
      tags: ['a', 'b'],
      device: 'd',
      bound_key: 'jkt',
      task: 'T-1',
      run: 'r-1',
      consent: { by: 'ada', scope: 'all' },
      observed_by: 'derived',
    });
    const told = await rows(`select told->>'scope' as scope from session_events where source = $1 order by at`, here());
    expect(told).toEqual([{ scope: 'read' }, { scope: 'write' }]);
  });

  test('native and inferred are said', async () => {
    const native = event('n', 0, { key: 'n' });
    const inferred = event('i', 0, { key: 'i' });
    native.session!.observedBy = 'native';
    inferred.session!.observedBy = 'inferred';
    await ingest([[native, inferred]]);
    expect(await rows('select group_key, observed_by from sessions where source = $1 order by 1', here())).toEqual([
      { group_key: 'i', observed_by: 'inferred' },
      { group_key: 'n', observed_by: 'native' },
    ]);
  });
});

test('a session that somebody ended stays ended; what comes later is another one', async () => {
  await ingest([[event('1', 0), event('2', 5)]]);
  await pool().query(
    `update sessions set state = 'ended', ended_by = 'operator', ended_at = $2, live_until = null where source = $1`,
    [...here(), new Date(T0 + 60_000)],
  );
  await ingest([[event('3', 30), event('4', 90)]]);
  expect(
    await rows('select started_at, ended_by, event_count from sessions where source = $1 order by started_at', here()),
  ).toEqual([
    { started_at: new Date(T0), ended_by: 'operator', event_count: 3 },
    { started_at: new Date(T0 + 90_000), ended_by: 'timeout', event_count: 1 },
  ]);
});
