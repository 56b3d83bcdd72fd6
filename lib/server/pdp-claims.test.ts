// What is claimed of identities that act through several sessions, each asked of a real decision point over HTTP, with the
// worker that carries out what rules want.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { list as listIdentities } from '@/lib/identities/list';
import { apply } from '@/lib/policies/apply';
import { request } from '@/lib/revocations/request';
import { startRespond } from '@/lib/server/respond';
import { CLAIMS as SOURCE } from '@/lib/server/testing-claims';
import { admin, ask as askOf, call, endAll, type Pdp, startTwo } from '@/lib/server/testing-pdp';
import { completeTask } from '@/lib/sessions/complete-task';
import { addIdentities } from '@/lib/workflows/add-identities';
import { create } from '@/lib/workflows/create';
import { remove } from '@/lib/workflows/remove';
import { show } from '@/lib/workflows/show';
import { takeIdentities } from '@/lib/workflows/take-identities';

const db = testDatabase();
let one: Pdp;
let two: Pdp;
let worker: { stop: () => Promise<void> };

beforeAll(async () => {
  [one, two] = await startTwo(db.url);
  await apply(admin, { source: SOURCE });
  worker = await startRespond();
}, 120_000);
afterAll(async () => {
  await worker?.stop();
  endAll();
});

interface Asking {
  subject: string;
  action: string;
  resource?: string;
  session: Record<string, unknown> & { id: string };
  context?: Record<string, unknown>;
  braid?: Record<string, unknown>;
}
let turn = 0;
/** Asks one decision point and then the other. */
async function ask({ subject, action, resource = 'r', session, context = {}, braid = {} }: Asking) {
  turn += 1;
  const { body, status } = await askOf(turn % 2 ? one : two, {
    subject: { type: 'service_account', id: subject },
    action: { name: action },
    resource: { type: 'account', id: resource },
    context: { ...context, braid: { session, ...braid } },
  });
  expect(status).toBe(200);
  const said = body.context as Record<string, unknown> & { braid: Record<string, unknown> };
  return {
    decision: body.decision,
    reason: said.reason,
    alone: said.braid.alone,
    rule: said.braid.rule_id,
    context: said,
  };
}

const until = async <T>(look: () => Promise<T | undefined | false | null>, ms = 40_000): Promise<T> => {
  for (let waited = 0; waited < ms; waited += 100) {
    const found = await look();
    if (found) return found;
    await sleep(100);
  }
  throw new Error('it did not come');
};

test('A2: three sessions under the limit each are denied where they cross it together', async () => {
  const pay = (id: string) =>
    ask({ subject: 'a2', action: 'pay', resource: 'acct-a2', session: { id }, context: { amount: 4000 } });
  expect([(await pay('s1')).decision, (await pay('s2')).decision]).toEqual([true, true]);
  expect(await pay('s3')).toMatchObject({ decision: false, reason: 'aggregate_value_exceeded', alone: 'allow' });
});

describe('A6: controls that treat each session by itself are evaded by splitting; these are not', () => {
  test('rate limit', async () => {
    const answers = [];
    for (let i = 0; i < 11; i++)
      answers.push(await ask({ subject: 'a6', action: 'api.call', session: { id: `s${i % 4}` } }));
    expect(answers.filter((answer) => answer.decision)).toHaveLength(10);
    expect(answers.at(-1)).toMatchObject({ reason: 'frequency_exceeded', alone: 'allow' });
  });

  test('approval gate: what is outstanding counts across sessions, and expires by being answered', async () => {
    const wanted = (id: string) => ask({ subject: 'a6-g', action: 'approval.request', session: { id } });
    const first = await wanted('s1');
    await wanted('s2');
    expect(await wanted('s3')).toMatchObject({
      decision: false,
      reason: 'outstanding_approvals_exceeded',
      alone: 'allow',
    });
    await call(one, `/v1/holds/${first.context.braid.hold_id}/release`, {});
    expect((await wanted('s3')).decision).toBe(true);
  });

  test('step-up check', async () => {
    await ask({ subject: 'a6-s', action: 'read', session: { id: 'm', tags: ['maintenance'] } });
    expect(await ask({ subject: 'a6-s', action: 'approval.ask', session: { id: 'x' } })).toMatchObject({
      decision: false,
      reason: 'rule_step_up',
      alone: 'allow',
    });
  });

  test('anomaly detection: one identity in two places at once, and one that touches many things', async () => {
    await ask({ subject: 'a6-a', action: 'read', session: { id: 'eu', region: 'eu' } });
    expect(await ask({ subject: 'a6-a', action: 'admin.read', session: { id: 'us', region: 'us' } })).toMatchObject({
      decision: false,
      rule: 'two-places',
      alone: 'allow',
    });
    const scan = (host: number) =>
      ask({ subject: 'a6-d', action: 'scan', resource: `h${host}`, session: { id: `s${host % 3}` } });
    for (let host = 0; host < 5; host++) expect((await scan(host)).decision).toBe(true);
    expect((await scan(2)).decision).toBe(true);
    expect(await scan(6)).toMatchObject({ decision: false, reason: 'distinct_exceeded', alone: 'allow' });
  });
});

test('A12: the scheduler and the application share a credential: the second job is denied and told who runs the first', async () => {
  const run = (subject: string) =>
    ask({ subject, action: 'job.run', session: { id: subject, key: 'AKIA-A12', label: `${subject} session` } });
  expect((await run('scheduler')).decision).toBe(true);
  const second = await run('application');
  expect(second).toMatchObject({ decision: false, reason: 'lease_held' });
  expect(second.context.message).toContain('held by scheduler session');
});

test('A14: an approval asked beside an open maintenance session wants assurance, and has it or not', async () => {
  await ask({ subject: 'a14', action: 'read', session: { id: 'maintenance', tags: ['maintenance'] } });
  const approve = (braid?: Record<string, unknown>) =>
    ask({ subject: 'a14', action: 'approval.ask', session: { id: 'other' }, braid });
  const asked = await approve();
  expect(asked).toMatchObject({ decision: false, reason: 'rule_step_up' });
  expect(asked.context).toMatchObject({
    acr_values: ['phishing-resistant'],
    obligations: [
      { id: 'approval-beside-maintenance', type: 'step-up', properties: { acr_value: 'phishing-resistant' } },
    ],
  });
  expect((await approve({ assurance: { acr: 'phishing-resistant' } })).decision).toBe(true);
  expect((await approve()).decision).toBe(false);
});

test('B12: what is held and not settled yet counts', async () => {
  const use = (id: string, cost: number) =>
    ask({ subject: 'b12', action: 'tool.use', session: { id }, context: { cost } });
  const first = await use('s1', 70);
  expect((await use('s2', 40)).decision).toBe(false);
  await call(two, `/v1/holds/${first.context.braid.hold_id}/settle`, { amount: '10' });
  expect((await use('s2', 40)).decision).toBe(true);
});

test('B19: a session that was opened under one limit is decided on the next', async () => {
  const write = (limit: number) =>
    `set: b19\ndefault: allow\nmeters:\n  writes: { count: true, per: identity, window: lifetime, on: action.name == "write" }\nrules:\n  - { id: few, limit: { meter: writes, max: ${limit} } }\n`;
  await apply(admin, { source: write(5) });
  const ask19 = () => ask({ subject: 'b19', action: 'write', session: { id: 'long-lived' } });
  expect([(await ask19()).decision, (await ask19()).decision]).toEqual([true, true]);
  await apply(admin, { source: write(2) });
  expect(await ask19()).toMatchObject({ decision: false, rule: 'few' });
});

test('B28: three identities of one workflow share one limit, from the request after they came into it', async () => {
  const transfer = (subject: string, amount = 400) =>
    ask({ subject, action: 'transfer', session: { id: subject }, context: { amount } });
  for (const subject of ['b28-a', 'b28-b', 'b28-c']) await ask({ subject, action: 'read', session: { id: subject } });
  const { items } = await listIdentities(admin, { q: 'b28-', sort: 'name' });
  const [a, b, c] = items.map((row) => row.id) as [string, string, string];
  // Outside of every workflow there is nothing to count it on, and a limit that can't be judged refuses.
  const outside = { decision: false, reason: 'attribute_missing' };
  for (let i = 0; i < 3; i++) expect(await transfer('b28-c')).toMatchObject(outside);
  const { id } = await create(admin, { name: 'billing', identityIds: [a, b] });
  expect([(await transfer('b28-a')).decision, (await transfer('b28-b')).decision]).toEqual([true, true]);
  expect(await transfer('b28-c')).toMatchObject(outside);
  await addIdentities(admin, { id, identityIds: [c] });
  expect(await transfer('b28-c')).toMatchObject({
    decision: false,
    reason: 'aggregate_value_exceeded',
    alone: 'allow',
  });
  expect((await transfer('b28-c', 100)).decision).toBe(true);
  expect((await show(admin, { id })).exposures).toMatchObject([
    { meter: 'fan_out', settled: '900', keyName: 'billing' },
  ]);
  await takeIdentities(admin, { id, identityIds: [c], reason: 'works for another now' });
  expect(await transfer('b28-c', 1)).toMatchObject(outside);
  expect(await transfer('b28-a', 1)).toMatchObject({ decision: false, reason: 'aggregate_value_exceeded' });
  await remove(admin, { id, reason: 'billing moved away' });
  expect(await transfer('b28-a', 1)).toMatchObject(outside);
});

describe('D12: a privileged session that changes is asked for assurance, each trigger by itself', () => {
  const changes = [
    ['network', 'moved', '10.0.0.1', '203.0.113.7'],
    ['posture', 'posture', 'compliant', 'unknown'],
    ['scope', 'scope', 'read', 'read write'],
  ] as const;
  for (const [field, rule, before, after] of changes) {
    test(field, async () => {
      const write = (value: string, braid?: Record<string, unknown>) =>
        ask({ subject: `d12-${field}`, action: 'admin.write', session: { id: 'p', [field]: value }, braid });
      expect((await write(before)).decision).toBe(true);
      expect(await write(after)).toMatchObject({ decision: false, reason: 'rule_step_up', rule });
      expect((await write(after, { assurance: { acr: 'phishing-resistant' } })).decision).toBe(true);
      expect((await write(after)).decision).toBe(true);
    });
  }

  test('a trigger that a policy leaves out asks for nothing', async () => {
    const without = SOURCE.replace(/ {2}- id: posture\n(?: {4}.*\n)+/, '');
    await apply(admin, { source: without });
    const write = (posture: string) =>
      ask({ subject: 'd12-off', action: 'admin.write', session: { id: 'p', posture } });
    expect([(await write('compliant')).decision, (await write('unknown')).decision]).toEqual([true, true]);
    await apply(admin, { source: SOURCE });
    expect((await write('unknown')).decision).toBe(false);
  });
});

describe('E11: a token used in another workload is denied, and its session ended', () => {
  for (const field of ['region', 'device', 'runtime']) {
    test(field, async () => {
      const use = (value: string) =>
        ask({ subject: `e11-${field}`, action: 'token.use', session: { id: 'w', [field]: value } });
      expect((await use('a')).decision).toBe(true);
      const moved = await use('b');
      expect(moved).toMatchObject({ decision: false, rule: 'workload' });
      expect(moved.context.obligations).toMatchObject([
        { type: 'session_termination', properties: { subject: { id: `e11-${field}` } } },
      ]);
      expect(await until(async () => (await use('a')).reason === 'session_terminated')).toBe(true);
      const { rows } = await pool().query(
        `select s.ended_by, r.actor_kind, r.actor_name from revocations r join sessions s on s.id = any(r.session_ids)
         join identities i on i.id = r.identity_id where i.name = $1`,
        [`e11-${field}`],
      );
      expect(rows).toEqual([{ ended_by: 'policy', actor_kind: 'policy', actor_name: 'claims/workload' }]);
    });
  }
});

test('E14: a task that is complete ends its sessions and starts no more', async () => {
  const work = (id: string, task = 'T-14') => ask({ subject: 'e14', action: 'read', session: { id, task } });
  expect([(await work('a')).decision, (await work('b', 'T-15')).decision]).toEqual([true, true]);
  await completeTask(admin, { taskId: 'T-14' });
  expect((await work('a')).reason).toBe('session_terminated');
  expect((await work('c')).reason).toBe('task_ended');
  expect((await work('b', 'T-15')).decision).toBe(true);
});

describe('E17: what machines do fast', () => {
  test('a burst is capped within its second, however many sessions share it', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) => ask({ subject: 'e17-b', action: 'burst', session: { id: `s${i}` } })),
    );
    expect(answers.filter((answer) => answer.decision).length).toBeLessThanOrEqual(8); // twice, where a second turns
    expect(answers.filter((answer) => answer.reason === 'frequency_exceeded').length).toBeGreaterThanOrEqual(4);
  });

  test('repetition pauses the identity, with a record of the policy that did it; an operator resumes it', async () => {
    const remove = (id: string) => ask({ subject: 'e17-r', action: 'delete', resource: 'db', session: { id } });
    await remove('s1');
    await remove('s2');
    expect(await remove('s3')).toMatchObject({
      decision: false,
      alone: 'allow',
      context: { braid: { verdict: 'pause' } },
    });
    expect((await ask({ subject: 'e17-r', action: 'read', session: { id: 's4' } })).reason).toBe('identity_paused');
    const paused = await until(async () => {
      const { rows } = await pool().query(
        `select r.identity_id, a.actor_kind, a.actor_name from revocations r join audit_entries a on a.detail->>'revocationId' = r.id::text
         where a.action = 'identity.pause'`,
      );
      return rows[0] as { identity_id: string } | undefined;
    });
    expect(paused).toMatchObject({ actor_kind: 'policy', actor_name: 'claims/repetition' });
    await request(admin, { kind: 'resume', identityId: paused.identity_id });
    expect((await ask({ subject: 'e17-r', action: 'read', session: { id: 's4' } })).decision).toBe(true);
  });
});
