import { beforeAll, expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { pool, prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { list as listDecisions } from '@/lib/decisions/list';
import { applyTestPolicies, ask } from '@/lib/decisions/testing-ask';
import { exportFile } from '@/lib/exports/export-file';
import { create } from '@/lib/findings/create';
import { list as listFindings } from '@/lib/findings/list';
import { endLane } from '@/lib/lanes/end-lane';
import { hold } from '@/lib/lanes/hold';
import { list } from '@/lib/lanes/list';
import { liveOfLane } from '@/lib/lanes/live-of-lane';
import type { Lane } from '@/lib/lanes/model';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { ALL_MOST } from '@/lib/revocations/end-all';
import { ingest } from '@/lib/sessions/ingest';
import { list as listSessions } from '@/lib/sessions/list';
import { event } from '@/lib/sessions/testing-ingest';

testDatabase();
const ctx = systemCtx('test');
const ana = { actor: { kind: 'operator' as const, id: newId(), name: 'Ana', role: 'analyst' as const } };
const ray = { actor: { kind: 'operator' as const, id: newId(), name: 'Ray', role: 'responder' as const } };
const vi = { actor: { kind: 'operator' as const, id: newId(), name: 'Vi', role: 'viewer' as const } };
let id = '';

beforeAll(async () => {
  await applyTestPolicies();
  const own = { id: 'own', network: '10.1.1.1' };
  for (let n = 0; n < 3; n++) await ask({ action: 'record.read', session: own });
  const theirs = (n: number) => ({ id: `theirs-${n}`, network: '203.0.113.9' });
  for (let n = 0; n < 3; n++) await ask({ action: 'secrets.get', session: theirs(n) });
  const { rows } = await pool().query<{ id: string }>(`select id::text from identities where name = 'svc-payments'`);
  id = rows[0]!.id;
});

const lanes = async (): Promise<{ own: Lane; theirs: Lane }> => {
  const found = (await list(ctx, { id })).lanes;
  const doing = (action: string) => found.find((lane) => lane.actions.some(({ name }) => name === action))!;
  return { own: doing('record.read'), theirs: doing('secrets.get') };
};
const lines = async (what: 'events' | 'decisions', lane: string): Promise<string> => {
  const file = await exportFile(ctx, { what, format: 'ndjson', query: { identityId: id, lane } });
  let text = '';
  for await (const part of file.lines) text += part;
  return text;
};

test('what an analyst says of a lane stays with it, is audited, and is theirs alone to say', async () => {
  const { own, theirs } = await lanes();
  expect([own.held, theirs.held]).toEqual(['unknown', 'unknown']);
  const said = { identityId: id, fingerprint: theirs.fingerprint, name: 'the stranger', held: 'attacker' as const };
  await hold(ana, said);
  await hold(ana, { ...said, fingerprint: own.fingerprint, name: 'the batch', held: 'operator' });
  const now = await lanes();
  expect(now.theirs).toMatchObject({ held: 'attacker', name: 'the stranger', byName: 'Ana' });
  expect(now.own).toMatchObject({ held: 'operator', name: 'the batch' });
  await hold(ana, { ...said, held: 'unknown' });
  expect((await lanes()).theirs.held).toBe('unknown');
  expect(await prisma().auditEntry.count({ where: { action: 'lane.hold', targetId: id } })).toBe(3);
  await expect(hold(vi, said)).rejects.toMatchObject({ code: 'access.denied' });
  await expect(hold(ana, { ...said, identityId: newId() })).rejects.toMatchObject({ code: 'not_found' });
  await expect(hold(ana, { ...said, fingerprint: 'x' })).rejects.toThrow('is not a fingerprint');
});

test('sessions, decisions and findings are filtered by a lane, and its decisions taken out alone', async () => {
  const { own, theirs } = await lanes();
  const query = { identityId: id, lane: theirs.fingerprint };
  const sessions = (await listSessions(ctx, query)).items;
  expect(sessions.map((row) => row.network)).toEqual(Array(3).fill('203.0.113.9'));
  const decisions = (await listDecisions(ctx, query)).items;
  expect(decisions.map((row) => row.action)).toEqual(Array(3).fill('secrets.get'));
  const seen = { identityId: id, severity: 'high' as const, summary: '', decisions: [] };
  await create(ana, { ...seen, title: 'of the stranger', sessions: [sessions[0]!.id] });
  const [mine] = (await listSessions(ctx, { identityId: id, lane: own.fingerprint })).items;
  await create(ana, { ...seen, title: 'of the batch', sessions: [mine!.id] });
  expect((await listFindings(ctx, query)).items.map((row) => row.title)).toEqual(['of the stranger']);
  const taken = (await lines('decisions', theirs.fingerprint)).trim().split('\n');
  expect(taken.map((text) => JSON.parse(text).action)).toEqual(Array(3).fill('secrets.get'));
  await expect(listSessions(ctx, { lane: theirs.fingerprint })).rejects.toThrow('say which with identityId');
  await expect(listSessions(ctx, { identityId: id, lane: 'ab'.repeat(32) })).rejects.toMatchObject({
    code: 'not_found',
  });
  await expect(lines('events', 'ab'.repeat(32))).rejects.toMatchObject({ code: 'not_found' });
});

test('a lane is taken out whole, although it is sorted otherwise by the time the rest of it is read', async () => {
  const subject = 'svc-exported';
  for (let n = 0; n < 210; n++)
    await ask({ subject, action: 'record.read', session: { id: 'one', network: '203.0.113.9' } });
  const { rows } = await pool().query<{ id: string }>('select id::text from identities where name = $1', [subject]);
  await ingest([
    Array.from({ length: 450 }, (_, n) => event(`e${n}`, n, { who: 'exported', key: 'k', network: '203.0.113.9' })),
  ]);
  const { rows: others } = await pool().query<{ id: string }>(
    `select id::text from identities where name = 'exported'`,
  );
  for (const [what, identityId, count] of [
    ['decisions', rows[0]!.id, 210],
    ['events', others[0]!.id, 450],
  ] as const) {
    const [lane] = (await list(ctx, { id: identityId })).lanes;
    const query = { identityId, lane: lane!.fingerprint };
    const file = await exportFile(ctx, { what, format: 'ndjson', query });
    await pool().query(`update sessions set network = '198.51.100.7' where identity_id = $1`, [identityId]);
    let text = '';
    for await (const part of file.lines) text += part;
    expect(text.trim().split('\n')).toHaveLength(count);
    // Whoever asks anew hears that there is no such lane any more, and gets no part of a file.
    await expect(exportFile(ctx, { what, format: 'csv', query })).rejects.toMatchObject({ code: 'not_found' });
  }
});

test('a lane is ended by its name: what lives of it, and nothing of the other', async () => {
  const { own, theirs } = await lanes();
  const input = { id, fingerprint: theirs.fingerprint };
  expect(await endLane(ray, { ...input, dryRun: true })).toMatchObject({ eligible: 3, revocationIds: [] });
  await expect(endLane(vi, input)).rejects.toMatchObject({ code: 'access.denied' });
  expect(await endLane(ray, { ...input, reason: 'Not ours' })).toMatchObject({ eligible: 3, skipped: 0, left: 0 });
  const still = await listSessions(ctx, { identityId: id, live: true });
  expect(still.items.map((row) => row.network)).toEqual(['10.1.1.1']);
  await expect(endLane(ray, input)).rejects.toMatchObject({ code: 'conflict' });
  expect(own.sessions.filter((session) => session.live)).toHaveLength(1);
});

test('a lane of more live sessions than a list sorts is ended whole, and nothing of the other', async () => {
  const seen = (who: string, prefix: string, count: number, ago: number, network: string, action: string) =>
    ingest([
      Array.from({ length: count }, (_, n) =>
        event(`${who} ${prefix}${n}`, 0, {
          at: new Date(clock.ms() - ago * 1000).toISOString(),
          key: `${who} ${prefix}${n}`,
          who,
          network,
          action,
        }),
      ),
    ]);
  await seen('flooded', 'own', 3, 600, '10.1.1.1', 'record.read');
  const { rows } = await pool().query<{ id: string }>(`select id::text from identities where name = 'flooded'`);
  const { id } = rows[0]!;
  const [own] = (await list(ctx, { id })).lanes;
  await seen('flooded', 'stolen', 700, 60, '203.0.113.9', 'secrets.get');
  const shown = (await list(ctx, { id })).lanes;
  expect(shown).toHaveLength(1);
  expect(shown[0]!.sessions).toHaveLength(500);
  // What the flood has pushed out of the list is still found by its name.
  expect(await endLane(ray, { id, fingerprint: own!.fingerprint, dryRun: true })).toMatchObject({
    eligible: 3,
    left: 0,
  });
  const done = await endLane(ray, { id, fingerprint: shown[0]!.fingerprint });
  expect(done).toMatchObject({ eligible: 700, skipped: 0, left: 0 });
  const { rows: asked } = await pool().query<{ n: number; networks: string[] }>(
    `select count(distinct s.id)::int as n, array_agg(distinct s.network::text) as networks
       from revocations r join sessions s on s.id = any(r.session_ids) where r.id = any($1)`,
    [done.revocationIds],
  );
  expect(asked).toMatchObject([{ n: 700, networks: [expect.stringContaining('203.0.113.9')] }]);
  await expect(endLane(ray, { id, fingerprint: 'ab'.repeat(32) })).rejects.toMatchObject({ code: 'not_found' });
});

test('live sessions beyond those one act takes are told as left', async () => {
  const at = new Date(clock.ms() - 60_000).toISOString();
  await ingest([[event('m', 0, { at, key: 'm', who: 'swarm', network: '203.0.113.9' })]]);
  await pool().query(
    `insert into sessions select (jsonb_populate_record(s, jsonb_build_object('id', gen_random_uuid(), 'group_key', 'm' || n))).*
       from sessions s join identities i on i.id = s.identity_id, generate_series(1, ${ALL_MOST + 19}) n where i.name = 'swarm'`,
  );
  const { rows } = await pool().query<{ id: string }>(`select id::text from identities where name = 'swarm'`);
  const { id } = rows[0]!;
  const { fingerprint } = (await list(ctx, { id })).lanes[0]!;
  const found = await liveOfLane(ctx, { id, fingerprint });
  expect([new Set(found.sessionIds).size, found.left]).toEqual([ALL_MOST, 20]);
});

test('two holders of one session are two lanes: each one’s events are taken out alone, and ending either ends both', async () => {
  const at = (secs: number) => new Date(clock.ms() - 600_000 + secs * 1000).toISOString();
  const own = { who: 'robbed', key: 'i-key', agent: 'Boto3', network: '3.225.16.109', action: 'ReceiveMessage' };
  const theirs = { ...own, agent: 'aws-cli', network: '185.20.1.1', action: 'ListUsers' };
  await ingest([
    [
      ...Array.from({ length: 20 }, (_, n) => event(`o${n}`, 0, { ...own, at: at(n * 10) })),
      ...Array.from({ length: 4 }, (_, n) => event(`t${n}`, 0, { ...theirs, at: at(55 + n) })),
      event('silent', 0, { ...own, at: at(90), network: null, action: 'AssumeRole' }),
    ],
  ]);
  const { rows } = await pool().query<{ id: string }>(`select id::text from identities where name = 'robbed'`);
  const { id } = rows[0]!;
  const found = (await list(ctx, { id })).lanes;
  expect(found.map((lane) => [lane.agent, lane.events])).toEqual([
    ['Boto3', 21],
    ['aws-cli', 4],
  ]);
  const [mine, other] = found;
  expect(mine!.sessions).toMatchObject([{ id: other!.sessions[0]!.id, alsoIn: [other!.fingerprint] }]);
  const taken = async (lane: string) => {
    const file = await exportFile(ctx, { what: 'events', format: 'ndjson', query: { identityId: id, lane } });
    const actions = new Map<string, number>();
    for await (const part of file.lines)
      for (const line of part.trim().split('\n')) {
        const { action } = JSON.parse(line) as { action: string };
        actions.set(action, (actions.get(action) ?? 0) + 1);
      }
    return Object.fromEntries(actions);
  };
  expect(await taken(other!.fingerprint)).toEqual({ ListUsers: 4 });
  expect(await taken(mine!.fingerprint)).toEqual({ ReceiveMessage: 20, AssumeRole: 1 });
  const sessions = await listSessions(ctx, { identityId: id, lane: other!.fingerprint });
  expect(sessions.items).toHaveLength(1);
  expect(await endLane(ray, { id, fingerprint: other!.fingerprint, dryRun: true })).toMatchObject({
    eligible: 1,
    shared: 1,
  });
});
