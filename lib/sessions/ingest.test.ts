import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { likely } from '@/lib/identities/likely';
import { ingest } from '@/lib/sessions/ingest';
import type { SessionEventInput } from '@/lib/sessions/model';
import { show } from '@/lib/sessions/show';
import { showRun } from '@/lib/sessions/show-run';

testDatabase();
const ctx = systemCtx('test');
const rows = async (sql: string, values: unknown[] = []) =>
  (await pool().query<Record<string, unknown>>(sql, values)).rows;
const T0 = Date.UTC(2024, 4, 1, 10);

/** Each test, and each run of a property, has sources and names of its own. */
let space = 0;
beforeEach(() => {
  space += 1;
});

function event(
  id: string,
  secs: number,
  more: Omit<Partial<SessionEventInput>, 'session'> & {
    who?: string;
    key?: string | null;
    phase?: 'open' | 'close' | 'seen';
  } = {},
): SessionEventInput {
  const { who = 'worker', key = 'k', phase = 'seen', ...rest } = more;
  return {
    source: `log${space}`,
    eventId: id,
    at: new Date(T0 + secs * 1000).toISOString(),
    identity: { issuer: `log${space}`, type: 'entity', externalId: who, name: who, kind: 'service_account' },
    session: key === null ? null : { key, kind: 'api', label: `${who} · ${key}`, phase, gapSecs: 1800 },
    credential: null,
    action: 'read',
    class: 'read',
    outcome: 'success',
    network: null,
    region: null,
    agent: null,
    resource: null,
    attributes: {},
    ...rest,
  };
}

/** The same events, of the sources of now. */
const moved = (events: SessionEventInput[]): SessionEventInput[] =>
  events.map((each) => ({
    ...each,
    source: `log${space}`,
    identity: { ...each.identity, issuer: `log${space}` },
  }));
const here = () => [`log${space}`];

/** Everything that is stored, without ids that differ from run to run. */
async function standing() {
  const sessions = await rows(
    `select i.name, s.group_key, s.started_at, s.last_event_at, s.ended_at, s.ended_by, s.state, s.unclosed, s.observed_by, s.label, s.network,
       s.event_count, s.read_count, s.change_count, s.scope, s.task, s.device, s.tags, s.expires_at, s.lineage,
       p.group_key as parent, p.started_at as parent_at, c.external_id as credential
     from sessions s join identities i on i.id = s.identity_id left join sessions p on p.id = s.parent_id left join credentials c on c.id = s.credential_id
     where s.source = $1 order by i.name, s.group_key, s.started_at`,
    here(),
  );
  const events = await rows(
    `select e.event_id, e.at, s.group_key, s.started_at, e.attributes from session_events e left join sessions s on s.id = e.session_id where e.source = $1 order by e.event_id, e.at`,
    here(),
  );
  const identities = await rows(
    'select name, session_count, peak_sessions, peak_at, first_seen_at, last_seen_at, count_from from identities where $1 = any(sources) order by name',
    here(),
  );
  const mints = await rows(
    'select m.external_id, m.how, m.at, s.group_key from mints m left join sessions s on s.id = m.session_id where m.source = $1 order by 1',
    here(),
  );
  return { sessions, events, identities, mints };
}

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
      event(`${who} ${key} ${phase} ${n}`, n * 600, {
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
      }),
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
          space += 1;
          await ingest([moved(events)]);
          const expected = await standing();
          space += 1;
          const all = moved([...other, ...again]);
          const parts = Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
            all.slice(i * size, (i + 1) * size),
          );
          if (runs) for (const part of parts) await ingest([part]);
          else await ingest(parts);
          expect(await standing()).toEqual(expected);
        },
      ),
      { numRuns: 25 },
    );
  }, 300_000);
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

describe('one identity at several systems', () => {
  test('a record that says what another system calls it: sessions of three systems are of one identity', async () => {
    const sure = { reason: 'Its token names it', confidence: 0.9 };
    const at = (source: string, externalId: string, secs: number): SessionEventInput => ({
      ...event(`${source} 1`, secs, { key: source }),
      source: `${source}${space}`,
      identity: { issuer: `${source}${space}`, type: 'sa', externalId, name: externalId, kind: 'workload' },
    });
    await ingest([[at('cluster', 'pay/worker', 0)]]);
    const role = at('cloud', 'role/pay', 10);
    role.identity.alsoKnownAs = [{ issuer: `cluster${space}`, externalId: 'pay/worker', ...sure }];
    const token = at('vault', 'entity-1', 20);
    token.identity.alsoKnownAs = [{ issuer: `cloud${space}`, externalId: 'role/pay', ...sure }];
    await ingest([[role]]);
    await ingest([[token]]);
    const names = [`cluster${space}`, `cloud${space}`, `vault${space}`];
    expect(
      await rows(
        'select count(distinct identity_id)::int as n, count(*)::int as sessions from sessions where source = any($1)',
        [names],
      ),
    ).toEqual([{ n: 1, sessions: 3 }]);
    expect(
      await rows(
        `select peak_sessions, session_count from identities i where exists (select from identity_aliases a where a.identity_id = i.id and a.issuer = $1)`,
        [names[2]],
      ),
    ).toEqual([{ peak_sessions: 1, session_count: 3 }]);
    expect(await rows(`select reason from identity_aliases where issuer = $1 and type = '*'`, [names[1]])).toEqual([
      { reason: 'Its token names it (90 % sure)' },
    ]);
  });
});

test('a run over several tools is one: parts, tools, one order of time, and what was delegated may not grow', async () => {
  const run = `conversation ${space}`;
  const ai = (tool: string) => ({ tool, server: 'files', principal: 'ada' });
  await ingest([
    [
      event('1', 0, { key: 'agent', run, scope: 'read', ai: ai('search') }),
      event('2', 5, { key: 'tool', run, scope: 'read write', ai: ai('put'), parent: { how: 'tool', key: 'agent' } }),
      event('3', 9, { key: 'agent', run, ai: ai('search') }),
    ],
  ]);
  const shown = await showRun(ctx, { run, limit: 2 });
  expect(shown).toMatchObject({
    partsTotal: 2,
    events: 3,
    live: false,
    principals: ['ada'],
    tools: [
      { server: 'files', tool: 'search', calls: 2 },
      { server: 'files', tool: 'put', calls: 1 },
    ],
    widened: [{ scopes: ['write'] }],
  });
  const rest = await showRun(ctx, { run, cursor: shown.nextCursor! });
  expect([...shown.timeline, ...rest.timeline].map((each) => each.at)).toEqual(
    [9, 5, 0].map((secs) => new Date(T0 + secs * 1000).toISOString()),
  );
  await expect(showRun(ctx, { run: 'none' })).rejects.toMatchObject({ code: 'not_found' });
});

test('identities that may be one are told, with why and how sure', async () => {
  const credential = { externalId: `sha256:${space}${'ab'.repeat(20)}`, kind: 'token' };
  const there = event('1', 0, { who: 'here', credential });
  const other: SessionEventInput = { ...event('2', 1, { credential }), source: `x${space}` };
  other.identity = { ...other.identity, issuer: `x${space}`, externalId: 'there', name: 'there' };
  await ingest([[there, other]]);
  const [mine] = await rows(`select id::text from identities where name = 'here' and $1 = any(sources)`, here());
  expect((await likely(ctx, { id: mine!.id as string })).items).toMatchObject([
    { name: 'there', confidence: 0.95, reason: expect.stringContaining('credential') },
  ]);
});
