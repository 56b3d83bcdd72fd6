// What is only known behind the locks binds, and what was claimed for nothing is given up.
import { beforeAll, expect, test, vi } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { decide } from '@/lib/decisions/decide';
import { evaluateMany } from '@/lib/decisions/evaluate-many';
import type { Answer } from '@/lib/decisions/request-model';
import { show } from '@/lib/decisions/show';
import { admin, applyTestPolicies, ask, consistent, token } from '@/lib/decisions/testing-ask';
import { newId } from '@/lib/platform/ids';
import { log } from '@/lib/platform/log';
import { apply } from '@/lib/policies/apply';

testDatabase();
beforeAll(applyTestPolicies);

test('an item that a short circuit left out claims no key: another body may use it', async () => {
  const item = (key: string, amount: number, resource: string) => ({
    resource: { type: 'account', id: resource },
    context: { amount, braid: { idempotency_key: key, session: { id: 'k1' } } },
  });
  const answered = (await evaluateMany(token, {
    subject: { type: 'service_account', id: 'svc-keys' },
    action: { name: 'payment.create' },
    evaluations: [item('first', 90_000, 'keys'), item('left-out', 10, 'keys')],
    options: { evaluations_semantic: 'deny_on_first_deny' },
  })) as { evaluations: Answer[] };
  expect(answered.evaluations.map((one) => one.decision)).toEqual([false]);
  const found = await pool().query(`select key from idempotency_keys where key like 'key:%' order by key`);
  expect(found.rows.map((row) => row.key)).toEqual(['key:first']);
  const later = await ask({
    subject: 'svc-keys',
    resource: 'keys',
    context: { amount: 11 },
    session: { id: 'k1' },
    braid: { idempotency_key: 'left-out' },
  });
  expect(later.decision).toBe(true);
  await consistent();
});

test('a key that a short circuit left unused is kept with the answer of who asks under it at the same time', async () => {
  const asked = {
    subject: { type: 'service_account', id: 'svc-shared' },
    action: { name: 'payment.create' },
  };
  const item = (key: string, amount: number) => ({
    resource: { type: 'account', id: 'shared' },
    context: { amount, braid: { idempotency_key: key, session: { id: 'sh' } } },
  });
  const alone = () => decide(token, { ...asked, ...item('shared-key', 10) });
  // Both are decided in one batch.
  const [several, first] = await Promise.all([
    evaluateMany(token, {
      ...asked,
      evaluations: [item('too-much', 90_000), item('shared-key', 10)],
      options: { evaluations_semantic: 'deny_on_first_deny' },
    }),
    alone(),
  ]);
  expect((several as { evaluations: Answer[] }).evaluations.map((one) => one.decision)).toEqual([false]);
  expect(first.decision).toBe(true);
  expect(await alone()).toEqual(first);
  const allowed = await pool().query(
    `select 1 from decisions d join identities i on i.id = d.identity_id where i.name = 'svc-shared' and d.verdict = 'allow'`,
  );
  expect(allowed.rowCount).toBe(1);
  await consistent();
});

test('a limit over the sessions of a workflow binds the very next request, though nothing counted them before', async () => {
  const [a, b] = ['svc-flow-a', 'svc-flow-b'];
  for (const [subject, id] of [
    [a, 'f1'],
    [b, 'f2'],
  ] as const)
    await ask({ subject, action: 'note', session: { id } });
  const workflow = newId();
  await pool().query(`insert into workflows (id, name) values ($1, 'flow')`, [workflow]);
  await pool().query(
    `insert into workflow_members (workflow_id, identity_id) select $1, id from identities where name = any($2)`,
    [workflow, [a, b]],
  );
  expect((await ask({ subject: a, action: 'note', session: { id: 'f1' } })).decision).toBe(true);
  await apply(admin, {
    source: `set: flows
default: allow
meters:
  at_work: { live_sessions: true, per: workflow.id }
rules:
  - id: one-at-a-time
    on: action.name == "note"
    limit: { meter: at_work, max: 1 }
`,
  });
  const denied = await ask({ subject: b, action: 'note', session: { id: 'f2' } });
  expect([denied.decision, denied.braid.rule_id]).toEqual([false, 'one-at-a-time']);
  await consistent();
});

test('a set that has become active binds a whole batch, decided together', async () => {
  await ask({ subject: 'svc-many', action: 'many', resource: 'many-0' });
  await apply(admin, {
    source: `set: many
default: allow
meters:
  each: { count: true, per: resource.id, over: 1h, on: action.name == "many" }
rules:
  - id: one-each
    on: action.name == "many"
    limit: { meter: each, max: 1 }
`,
  });
  const failed = vi.spyOn(log, 'error');
  const asked = Array.from({ length: 12 }, (_, n) =>
    ask({ subject: 'svc-many', action: 'many', resource: `many-${n}` }),
  );
  expect((await Promise.all(asked)).every((one) => one.decision)).toBe(true);
  expect(failed).not.toHaveBeenCalled();
  failed.mockRestore();
  expect((await ask({ subject: 'svc-many', action: 'many', resource: 'many-3' })).decision).toBe(false);
  await consistent();
});

test('a workflow of more live sessions than can be counted is denied, by name, and its trace says so', async () => {
  const [a, b] = ['svc-crowd-a', 'svc-crowd-b'];
  for (const subject of [a, b]) await ask({ subject, action: 'note', session: { id: 'c1' } });
  const workflow = newId();
  await pool().query(`insert into workflows (id, name) values ($1, 'crowd')`, [workflow]);
  await pool().query(
    `insert into workflow_members (workflow_id, identity_id) select $1, id from identities where name = any($2)`,
    [workflow, [a, b]],
  );
  await apply(admin, {
    source: `set: crowd
default: allow
meters:
  crowd: { live_sessions: true, per: workflow, where: session.region == "eu" }
rules:
  - id: crowd
    on: action.name == "crowd"
    limit: { meter: crowd, max: 10 }
`,
  });
  const crowd = (subject: string) => ask({ subject, action: 'crowd', session: { id: 'c1', region: 'eu' } });
  // Asked by both at once, each session of their workflow counts once.
  const both = await Promise.all([crowd(a), crowd(b)]);
  expect(both.map((one) => one.decision)).toEqual([true, true]);
  const more = (n: number) =>
    pool().query(
      `insert into sessions (id, identity_id, source, observed_by, group_key, label, region, started_at, last_event_at)
       select gen_random_uuid(), i.id, 'simulator', 'native', gen_random_uuid()::text, 's', 'us', now() - interval '1 day', now()
       from identities i, generate_series(1, $2::int) where i.name = $1`,
      [b, n],
    );
  await more(4_990);
  expect(await crowd(a)).toMatchObject({ decision: true });
  await more(20);
  const refused = await crowd(a);
  expect(refused).toMatchObject({ decision: false, reason: 'sessions_truncated', braid: { rule_id: 'crowd' } });
  const { trace, keyNames } = await show(admin, { id: refused.braid.decision_id as string });
  expect(new Set(Object.values(keyNames))).toEqual(new Set(['crowd', a]));
  expect(trace.seen?.workflowsTruncated).toEqual([workflow]);
  expect(trace.rules.find((rule) => rule.id === 'crowd')?.saw).toBe('more than 5000 sessions are live');
  expect((await ask({ subject: a, action: 'other', session: { id: 'c1' } })).decision).toBe(true);
});
