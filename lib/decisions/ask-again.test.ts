// Live sessions are asked about again when what they were allowed on has changed.
import { beforeAll, expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { askedAgainSchema } from '@/lib/decisions/again-model';
import { askAgain } from '@/lib/decisions/ask-again';
import { askAllAgainIfChanged } from '@/lib/decisions/ask-all-again';
import { askTogetherAgain } from '@/lib/decisions/ask-together-again';
import { showAskedAgain } from '@/lib/decisions/show-asked-again';
import { admin, ask, token } from '@/lib/decisions/testing-ask';
import { annotate } from '@/lib/identities/annotate';
import { newId } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';
import { request } from '@/lib/revocations/request';

testDatabase();

const set = (max: number, region = 'nowhere') => `set: again
default: allow
meters:
  spent: { sum: context.cost, unit: EUR, per: identity, window: lifetime, on: action.name == "buy" }
  job: { lease: true, per: identity, hold: 10m, on: action.name == "job.start" }
rules:
  - id: cap
    limit: { meter: spent, max: ${max} }
  - id: one-job
    limit: { meter: job, max: 1 }
  - id: left-the-region
    deny: has(session.region) && session.region == "${region}"
    obligations: [session_termination]
`;
beforeAll(async () => {
  await apply(admin, { source: set(1000) });
});

const idOf = async (name: string) =>
  (await pool().query<{ id: string }>('select id from identities where name = $1', [name])).rows[0]!.id;
const decisions = async () => Number((await pool().query('select count(*) from decisions')).rows[0].count);

test('a lower limit lists the sessions that would be refused, reserves nothing and ends nothing', async () => {
  for (const id of ['a', 'b'])
    expect(await ask({ subject: 'svc-1', action: 'buy', session: { id }, context: { cost: 300 } })).toMatchObject({
      reason: 'ok',
    });
  expect((await ask({ subject: 'svc-1', action: 'job.start', session: { id: 'c' } })).decision).toBe(true);
  const identityId = await idOf('svc-1');
  expect(await askAgain(admin, { identityId })).toEqual({ identityId, looked: 3, sessions: [] });
  await apply(admin, { source: set(500) });
  const before = await decisions();
  const again = await askAgain(admin, { identityId });
  expect(again.sessions.map((one) => [one.verdict, one.reason, one.ruleId, one.done])).toEqual([
    ['deny', 'aggregate_value_exceeded', 'cap', []],
    ['deny', 'aggregate_value_exceeded', 'cap', []],
  ]);
  expect(await decisions()).toBe(before);
  const [one] = again.sessions;
  const { latest } = await showAskedAgain(admin, { sessionId: one!.sessionId });
  expect(latest).toMatchObject({
    decisionId: one!.decisionId,
    action: 'buy',
    because: 'request',
    verdict: 'deny',
    reason: 'aggregate_value_exceeded',
    policySet: 'again',
    ruleId: 'cap',
    done: [],
  });
  expect(askedAgainSchema.parse(latest)).toEqual(latest);
  expect(await showAskedAgain(admin, { decisionId: one!.decisionId })).toEqual({ latest });
  // Asked again after the limit is back, the answer is the new one.
  await apply(admin, { source: set(1000) });
  await askAgain(admin, { identityId, because: 'policies' });
  expect((await showAskedAgain(admin, { sessionId: one!.sessionId })).latest).toMatchObject({
    because: 'policies',
    verdict: 'allow',
    ruleId: null,
  });
  expect(await showAskedAgain(admin, { sessionId: newId() })).toEqual({ latest: null });
  await apply(admin, { source: set(500) });
  const { rows } = await pool().query(`select settled from exposures where meter = 'spent'`);
  expect(rows.map((row) => Number(row.settled))).toEqual([600]);
});

test('B19: a rule that ends sessions ends the live ones it now fires for, within the pass that finds it changed', async () => {
  await askAllAgainIfChanged(admin);
  for (const region of ['eu', 'us'])
    expect((await ask({ subject: 'svc-2', action: 'work', session: { id: region, region } })).decision).toBe(true);
  await askAllAgainIfChanged(admin);
  await apply(admin, { source: set(500, 'us') });
  await askAllAgainIfChanged(admin);
  const { rows } = await pool().query(
    `select s.region, s.ended_by, r.actor_name from sessions s left join revocations r on s.id = any(r.session_ids)
     where s.identity_id = $1 order by s.region`,
    [await idOf('svc-2')],
  );
  expect(rows).toEqual([
    { region: 'eu', ended_by: null, actor_name: null },
    { region: 'us', ended_by: 'policy', actor_name: 'again/left-the-region' },
  ]);
  const { rows: us } = await pool().query(`select id from sessions where region = 'us'`);
  expect((await showAskedAgain(admin, { sessionId: us[0].id })).latest).toMatchObject({
    because: 'policies',
    verdict: 'deny',
    ruleId: 'left-the-region',
    done: [{ kind: 'terminate', revocationId: expect.any(String) }],
  });
  // Asked again, what is over is over.
  expect((await askAgain(admin, { identityId: await idOf('svc-2') })).sessions).toEqual([]);
});

test('a session that changes has its identity asked about again; a token may not ask', async () => {
  const jobs = async () =>
    (
      await pool().query(
        `select j.key from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = 'reevaluate-sessions'`,
      )
    ).rows.map((row) => row.key);
  await pool().query('delete from graphile_worker._private_jobs');
  await ask({ subject: 'svc-3', action: 'work', session: { id: 'x', posture: 'compliant' } });
  expect(await jobs()).toEqual([]);
  await ask({ subject: 'svc-3', action: 'work', session: { id: 'x', posture: 'unknown' } });
  const identityId = await idOf('svc-3');
  expect(await jobs()).toEqual([`reevaluate:${identityId}`]);
  // So has one whose state or record is changed; paused, what it was allowed would be denied, and nothing more is done.
  await pool().query('delete from graphile_worker._private_jobs');
  await annotate(admin, { id: identityId, concurrencyLimit: 3 });
  expect(await jobs()).toEqual([`reevaluate:identity:${identityId}`]);
  await pool().query('delete from graphile_worker._private_jobs');
  await request(admin, { kind: 'pause', identityId, reasonCode: 'unexpected_behaviour', reason: '' });
  expect(await jobs()).toEqual([`reevaluate:identity:${identityId}`]);
  await pool().query('update sessions set ended_at = null, ended_by = null where identity_id = $1', [identityId]);
  expect((await askAgain(admin, { identityId, because: 'identity' })).sessions).toEqual([]);
  const { rows: mine } = await pool().query('select id from sessions where identity_id = $1', [identityId]);
  expect((await showAskedAgain(admin, { sessionId: mine[0].id })).latest).toMatchObject({
    because: 'identity',
    verdict: 'deny',
    reason: 'identity_paused',
    done: [],
  });
  await expect(askAgain(token, { identityId })).rejects.toMatchObject({ code: 'access.denied' });
});

test('where an identity changes, the live sessions of the others of its workflow are asked about too', async () => {
  const workflow = newId();
  for (const subject of ['wf-1', 'wf-2', 'loner'])
    expect((await ask({ subject, action: 'work', session: { id: `of-${subject}` } })).decision).toBe(true);
  await pool().query(`insert into workflows (id, name) values ($1, 'together')`, [workflow]);
  await pool().query(
    `insert into workflow_members (workflow_id, identity_id) select $1, id from identities where name in ('wf-1', 'wf-2')`,
    [workflow],
  );
  const why = async (subject: string) => {
    const { rows } = await pool().query('select id from sessions where identity_id = $1', [await idOf(subject)]);
    return (await showAskedAgain(admin, { sessionId: rows[0].id })).latest?.because ?? null;
  };
  expect(await askTogetherAgain(admin, [await idOf('wf-1')], 'session')).toBe(1);
  expect([await why('wf-1'), await why('wf-2')]).toEqual(['session', null]);
  expect(await askTogetherAgain(admin, [await idOf('wf-1')], 'identity')).toBe(2);
  expect([await why('wf-1'), await why('wf-2'), await why('loner')]).toEqual(['identity', 'workflow', null]);
});
