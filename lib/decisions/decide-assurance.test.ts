// Step-up, bindings, obligations and tasks, decided in process on a real database.
import { beforeAll, describe, expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { admin, ask, consistent, token } from '@/lib/decisions/testing-ask';
import { clock } from '@/lib/platform/clock';
import { apply } from '@/lib/policies/apply';
import { carryOut, carryOutSchema } from '@/lib/revocations/carry-out';
import { request } from '@/lib/revocations/request';
import { completeTask } from '@/lib/sessions/complete-task';

testDatabase();

const SOURCE = `set: bindings
default: allow
meters:
  burst: { count: true, per: identity, over: 1s, on: action.name == "tool.call" }
  repeats: { count: true, per: [identity, action.name, resource], over: 10s, on: action.name == "delete" }
  refusals: { count: refused, per: identity, over: 1h, on: action.name == "guess" }
  spend: { sum: context.cost, unit: EUR, per: identity, window: lifetime, on: action.name == "buy" }
rules:
  - id: moved
    on: action.name == "admin.write"
    step_up: changed.network || changed.posture || changed.scope
    acr_values: [phishing-resistant]
  - id: reauthenticate
    on: action.name.startsWith("export")
    step_up: true
    acr_values: [mfa, phishing-resistant]
    max_trust_age: 5m
  - id: workload-bound
    on: action.name == "token.use"
    deny: changed.region || changed.device || changed.runtime
    obligations: [session_termination]
  - id: burst
    limit: { meter: burst, max: 3 }
  - id: repetition
    limit: { meter: repeats, max: 2, verdict: pause }
    message: The same deletion again and again
  - id: wrong-guess
    on: action.name == "guess"
    deny: context.guess != "right"
  - id: too-many-guesses
    limit: { meter: refusals, max: 2 }
  - id: budget
    limit: { meter: spend, max: 1000 }
    obligations: [{ type: notification, at: 80, properties: { to: finance, body: budget } }]
`;
beforeAll(async () => {
  await apply(admin, { source: SOURCE });
});

const jobs = async () => {
  const found = await pool().query<{ payload: unknown }>(
    `select j.payload from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
     where t.identifier = 'carry-out' order by j.id`,
  );
  return found.rows.map((row) => carryOutSchema.parse(row.payload));
};
const carryOutAll = async () => {
  const found = await jobs();
  for (const job of found) await carryOut(admin, job);
  await pool().query(`delete from graphile_worker._private_jobs`);
  return found;
};
const of = (answer: Awaited<ReturnType<typeof ask>>) =>
  answer.context as { obligations?: { type: string; properties: Record<string, unknown> }[]; acr_values?: string[] };

describe('D12: a privileged session that changes', () => {
  for (const [field, before, after] of [
    ['network', '10.0.0.1', '203.0.113.9'],
    ['posture', 'compliant', 'unknown'],
    ['scope', 'read', 'read write'],
  ] as const) {
    test(`its ${field} is asked for assurance, and trusted anew once it has given it`, async () => {
      const write = (value: string, assurance?: object) =>
        ask({
          subject: `svc-${field}`,
          action: 'admin.write',
          session: { id: 'p1', [field]: value },
          braid: assurance ? { assurance } : {},
        });
      expect((await write(before)).decision).toBe(true);
      const moved = await write(after);
      expect(moved).toMatchObject({ decision: false, reason: 'rule_step_up', braid: { rule_id: 'moved' } });
      expect(of(moved)).toMatchObject({
        acr_values: ['phishing-resistant'],
        obligations: [{ type: 'step-up', properties: { acr_value: 'phishing-resistant' } }],
      });
      expect((await write(after, { acr: 'mfa' })).decision).toBe(false);
      expect((await write(after, { acr: 'phishing-resistant' })).decision).toBe(true);
      // Bound anew: it may go on where it is, and going back is a change again.
      expect((await write(after)).decision).toBe(true);
      expect((await write(before)).decision).toBe(false);
    });
  }

  test('what was not known at first binds from when it is first said', async () => {
    const write = (session: object) =>
      ask({ subject: 'svc-late', action: 'admin.write', session: { id: 'l', ...session } });
    expect((await write({})).decision).toBe(true);
    expect((await write({ network: '10.0.0.1' })).decision).toBe(true);
    expect((await write({})).decision).toBe(true);
    expect((await write({ network: '10.0.0.2' })).decision).toBe(false);
  });
});

test('an assurance that no rule wanted binds nothing anew, though the session is trusted for a while', async () => {
  const from = (network: string, action: string, assurance?: object) =>
    ask({ subject: 'svc-kept', action, session: { id: 'k', network }, braid: assurance ? { assurance } : {} });
  expect((await from('10.0.0.1', 'export.run', { acr: 'mfa' })).decision).toBe(true);
  expect((await from('203.0.113.9', 'export.run', { acr: 'password' })).decision).toBe(true);
  expect(await from('203.0.113.9', 'admin.write')).toMatchObject({ decision: false, reason: 'rule_step_up' });
});

test('E10: an export wants an assurance that is not older than its rule says, and the session remembers it as long', async () => {
  const exports = (braid: object = {}, subject = 'svc-exports') =>
    ask({ subject, action: 'export.run', session: { id: 'x' }, braid: { ...braid } });
  const first = await exports();
  expect(first).toMatchObject({ decision: false, reason: 'rule_step_up' });
  expect(first.context).toMatchObject({ acr_values: ['mfa', 'phishing-resistant'], max_age: 300 });
  const old = new Date(clock.ms() - 600_000).toISOString();
  expect((await exports({ assurance: { acr: 'mfa', at: old } })).decision).toBe(false);
  const ahead = new Date(clock.ms() + 600_000).toISOString();
  expect((await exports({ assurance: { acr: 'mfa', at: ahead } })).decision).toBe(false);
  const recent = new Date(clock.ms() - 60_000).toISOString();
  expect((await exports({ assurance: { acr: 'mfa', at: recent } })).decision).toBe(true);
  expect((await exports()).decision).toBe(true);
  await pool().query(`update sessions set trusted_at = now() - interval '6 minutes' where acr = 'mfa'`);
  expect((await exports()).decision).toBe(false);
});

describe('E11: a workload that changes', () => {
  for (const field of ['region', 'device', 'runtime'] as const) {
    test(`its ${field} is denied and its session ended by the rule, once`, async () => {
      const use = (value: string) =>
        ask({ subject: `svc-e11-${field}`, action: 'token.use', session: { id: 'w', [field]: value } });
      expect((await use('a')).decision).toBe(true);
      const moved = await use('b');
      expect(moved).toMatchObject({ decision: false, reason: 'rule_denied' });
      expect(of(moved).obligations).toEqual([
        {
          id: 'workload-bound',
          type: 'session_termination',
          properties: { subject: { type: 'service_account', id: `svc-e11-${field}` } },
        },
      ]);
      await use('b');
      expect((await carryOutAll()).map((job) => job.kind)).toEqual(['terminate', 'terminate']);
      expect(await use('a')).toMatchObject({ decision: false, reason: 'session_terminated' });
      const revocations = await pool().query(
        `select r.actor_kind, r.actor_name, s.ended_by from revocations r join sessions s on s.id = any(r.session_ids)
         join identities i on i.id = r.identity_id where i.name = $1`,
        [`svc-e11-${field}`],
      );
      expect(revocations.rows).toEqual([
        { actor_kind: 'policy', actor_name: 'bindings/workload-bound', ended_by: 'policy' },
      ]);
    });
  }
});

describe('E17: machines act fast', () => {
  test('a burst is capped within the second', async () => {
    const call = () => ask({ subject: 'agent-burst', action: 'tool.call', session: { id: 'b' } });
    const answers = await Promise.all(Array.from({ length: 8 }, call));
    expect(answers.filter((one) => one.decision)).toHaveLength(3);
  });

  test('repetition pauses the identity from the very next request; an operator resumes it', async () => {
    const remove = (resource = 'db-1') =>
      ask({ subject: 'agent-loop', action: 'delete', resource, session: { id: 'r' } });
    await remove();
    await remove();
    expect(await remove()).toMatchObject({
      decision: false,
      reason: 'frequency_exceeded',
      braid: { verdict: 'pause' },
    });
    // Before any job has run, and for anything else it asks.
    expect(await ask({ subject: 'agent-loop', action: 'read', session: { id: 'other' } })).toMatchObject({
      decision: false,
      reason: 'identity_paused',
    });
    expect(await jobs()).toHaveLength(1);
    await carryOutAll();
    const { rows } = await pool().query(
      `select r.id, r.identity_id, r.kind, r.actor_kind, a.action, a.actor_name from revocations r
       join audit_entries a on a.detail->>'revocationId' = r.id::text where r.kind = 'pause'`,
    );
    expect(rows).toMatchObject([{ actor_kind: 'policy', action: 'identity.pause', actor_name: 'bindings/repetition' }]);
    await request(admin, { kind: 'resume', identityId: rows[0].identity_id });
    expect((await remove('db-2')).decision).toBe(true);
    await consistent();
  });

  test('a job that comes late does not undo what an operator has decided since', async () => {
    const remove = () => ask({ subject: 'agent-late', action: 'delete', resource: 'x', session: { id: 'r' } });
    for (let i = 0; i < 3; i++) await remove();
    const late = await jobs();
    await carryOutAll();
    const identityId = late[0]!.identityId;
    await request(admin, { kind: 'resume', identityId });
    expect(await carryOut(admin, late[0]!)).toEqual({ revocationId: null });
    const state = await pool().query('select state from identities where id = $1', [identityId]);
    expect(state.rows).toEqual([{ state: 'active' }]);
  });

  test('refusals count, and shutting out does not prolong itself', async () => {
    const guess = (context: Record<string, unknown>) =>
      ask({ subject: 'agent-guess', action: 'guess', session: { id: 'g' }, context });
    for (let i = 0; i < 3; i++) expect(await guess({ guess: `${i}` })).toMatchObject({ reason: 'rule_denied' });
    for (let i = 0; i < 3; i++) expect(await guess({ guess: 'right' })).toMatchObject({ reason: 'frequency_exceeded' });
    const { rows } = await pool().query(`select settled from exposures where meter = 'refusals'`);
    expect(rows.map((row) => Number(row.settled))).toEqual([3]);
  });
});

test('E14: once a task is complete its sessions are ended, and whoever names it is refused', async () => {
  const work = (id: string, task = 'T-1') => ask({ subject: 'agent-task', action: 'work', session: { id, task } });
  expect((await work('a')).decision).toBe(true);
  expect((await work('b', 'T-2')).decision).toBe(true);
  expect(await completeTask(token, { taskId: 'T-1' })).toMatchObject({ sessions: 1, created: true });
  expect(await work('a')).toMatchObject({ decision: false, reason: 'session_terminated' });
  expect(await work('c')).toMatchObject({ decision: false, reason: 'task_ended' });
  const buy = () =>
    ask({
      subject: 'agent-done',
      action: 'buy',
      session: { id: 'd', task: 'T-3' },
      context: { cost: 1 },
      braid: { idempotency_key: 'once' },
    });
  expect((await buy()).decision).toBe(true);
  await pool().query(`insert into tasks select issuer, 'T-3', completed_at, completed_by from tasks where id = 'T-1'`);
  expect(await buy()).toMatchObject({ decision: false, reason: 'task_ended' });
  expect((await work('b', 'T-2')).decision).toBe(true);
  expect(await completeTask(token, { taskId: 'T-1' })).toMatchObject({ created: false });
  const { rows } = await pool().query(`select action, target_id from audit_entries where action = 'task.complete'`);
  expect(rows).toEqual([{ action: 'task.complete', target_id: 'T-1' }]);
});

test('a limit that is approached warns and obliges before it refuses', async () => {
  const buy = (cost: number) => ask({ subject: 'svc-buy', action: 'buy', session: { id: 's' }, context: { cost } });
  const first = await buy(500);
  expect([first.braid.warnings, of(first).obligations]).toEqual([undefined, undefined]);
  const near = await buy(350);
  expect(near).toMatchObject({ decision: true, braid: { warnings: [{ rule_id: 'budget', percent: 80 }] } });
  expect(of(near).obligations).toEqual([
    { id: 'budget', type: 'notification', properties: { to: 'finance', body: 'budget' } },
  ]);
  expect((await buy(60)).braid.warnings).toEqual([{ rule_id: 'budget', percent: 90 }]);
});
