import { beforeEach, describe, expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { likely } from '@/lib/identities/likely';
import { ingest } from '@/lib/sessions/ingest';
import type { SessionEventInput } from '@/lib/sessions/model';
import { showRun } from '@/lib/sessions/show-run';
import { event, here, newSpace, type Rows, spaceNow, T0 } from '@/lib/sessions/testing-ingest';

testDatabase();
const ctx = systemCtx('test');
const rows: Rows = async (sql, values = []) => (await pool().query<Record<string, unknown>>(sql, values)).rows;
beforeEach(newSpace);

describe('one identity at several systems', () => {
  test('a record that says what another system calls it: sessions of three systems are of one identity', async () => {
    const sure = { reason: 'Its token names it', confidence: 0.9 };
    const at = (source: string, externalId: string, secs: number): SessionEventInput => ({
      ...event(`${source} 1`, secs, { key: source }),
      source: `${source}${spaceNow()}`,
      identity: { issuer: `${source}${spaceNow()}`, type: 'sa', externalId, name: externalId, kind: 'workload' },
    });
    await ingest([[at('cluster', 'pay/worker', 0)]]);
    const role = at('cloud', 'role/pay', 10);
    role.identity.alsoKnownAs = [{ issuer: `cluster${spaceNow()}`, externalId: 'pay/worker', ...sure }];
    const token = at('vault', 'entity-1', 20);
    token.identity.alsoKnownAs = [{ issuer: `cloud${spaceNow()}`, externalId: 'role/pay', ...sure }];
    await ingest([[role]]);
    await ingest([[token]]);
    const names = [`cluster${spaceNow()}`, `cloud${spaceNow()}`, `vault${spaceNow()}`];
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
  const run = `conversation ${spaceNow()}`;
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
  const credential = { externalId: `sha256:${spaceNow()}${'ab'.repeat(20)}`, kind: 'token' };
  const there = event('1', 0, { who: 'here', credential });
  const other: SessionEventInput = { ...event('2', 1, { credential }), source: `x${spaceNow()}` };
  other.identity = { ...other.identity, issuer: `x${spaceNow()}`, externalId: 'there', name: 'there' };
  await ingest([[there, other]]);
  const [mine] = await rows(`select id::text from identities where name = 'here' and $1 = any(sources)`, here());
  expect((await likely(ctx, { id: mine!.id as string })).items).toMatchObject([
    { name: 'there', confidence: 0.95, reason: expect.stringContaining('credential') },
  ]);
});
