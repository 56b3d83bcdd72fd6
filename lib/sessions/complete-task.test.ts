// Whose sessions a task ends: task ids are each caller's own, in the namespace of its token.
import { beforeAll, expect, test } from 'vitest';
import { type Ctx, systemCtx } from '@/lib/access/model';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { decide } from '@/lib/decisions/decide';
import { newId } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';
import { completeTask, completeTaskOf } from '@/lib/sessions/complete-task';
import { forgetTasks } from '@/lib/sessions/forget-tasks';
import { listTasks } from '@/lib/sessions/list-tasks';
import { reopenTask } from '@/lib/sessions/reopen-task';

testDatabase();
beforeAll(() => apply({ actor: { kind: 'cli', name: 'cli:test' } }, { source: 'set: all\ndefault: allow\n' }));

const caller = (issuer: string): Ctx => ({
  actor: { kind: 'token', id: newId(), name: issuer, scopes: ['decide'], issuer },
});
const declare = (ctx: Ctx, id: string, task = 'task-1') =>
  decide(ctx, {
    subject: { type: 'service_account', id: 'svc-build' },
    action: { name: 'read' },
    resource: { type: 'repo', id: 'r' },
    context: { braid: { session: { id, task } } },
  });

/** A session that a system reports, of the identity that a namespace knows by this name. */
async function seen(issuer: string, connectorId: string | null): Promise<string> {
  const id = newId();
  await pool().query(
    `insert into sessions (id, identity_id, connector_id, source, observed_by, group_key, label, started_at, last_event_at, task)
     select $1::uuid, identity_id, $2::uuid, 'kubernetes', 'native', $1::text, 'pod', now(), now(), 'task-1' from identity_aliases where issuer = $3 limit 1`,
    [id, connectorId, issuer],
  );
  return id;
}

async function connector(issuer: string): Promise<string> {
  const id = newId();
  await pool().query(
    `insert into connectors (id, name, vendor, issuer, config) values ($1::uuid, $1::text, 'simulator', $2, '{}')`,
    [id, issuer],
  );
  return id;
}

test("a task ends the sessions of its namespace, and nobody else's of the same name", async () => {
  const [mine, theirs] = [caller('mine'), caller('theirs')];
  await declare(mine, 'a');
  await declare(theirs, 'a');
  const ended = [await seen('mine', null), await seen('mine', await connector('mine'))];
  const kept = [await seen('theirs', null), await seen('mine', await connector('theirs'))];
  expect(await completeTask(mine, { taskId: 'task-1' })).toMatchObject({ created: true, sessions: 3 });
  const { rows } = await pool().query<{ ids: string[] }>('select session_ids as ids from revocations');
  const revoked = rows.flatMap((row) => row.ids);
  expect(revoked).toEqual(expect.arrayContaining(ended));
  for (const id of kept) expect(revoked).not.toContain(id);
  const another = await seen('mine', null);
  const protectedOne = await seen('mine', null);
  await pool().query(
    `with other as (insert into identities (id, name, external_id, kind, protected) values (gen_random_uuid(), 'root', 'root', 'service_account', true) returning id),
          known as (insert into identity_aliases (identity_id, issuer, type, external_id, reason) select id, 'mine', '*', 'root', 'test' from other)
     update sessions set identity_id = (select id from other) where id = $1`,
    [protectedOne],
  );
  const operator: Ctx = { actor: { kind: 'operator', id: newId(), name: 'Ada', role: 'responder' } };
  const again = await completeTaskOf(operator, { id: another });
  expect(again).toMatchObject({ created: false, left: 1, why: [expect.stringMatching(/protected/)] });
  const since = await pool().query<{ ids: string[] }>(
    'select session_ids as ids from revocations where id = any($1::uuid[])',
    [again.revocationIds],
  );
  expect(since.rows.flatMap((row) => row.ids)).toContain(another);
  expect((await declare(mine, 'b')).context.reason).toBe('task_ended');
  expect(await declare(theirs, 'a')).toMatchObject({ decision: true });
});

test('an operator ends no task whose namespace can only be guessed', async () => {
  const id = await seen('theirs', null);
  await pool().query(
    `insert into identity_aliases (identity_id, issuer, type, external_id, reason)
     select identity_id, 'a-second', '*', 'svc-build', 'test' from sessions where id = $1::uuid`,
    [id],
  );
  const operator: Ctx = { actor: { kind: 'operator', id: newId(), name: 'Ada', role: 'responder' } };
  await expect(completeTaskOf(operator, { id })).rejects.toMatchObject({ code: 'conflict' });
});

test('a task is declared over by who was allowed something in it, or may end sessions: never by a name alone', async () => {
  const [works, beside] = [caller('shared'), caller('shared')];
  await expect(completeTask(beside, { taskId: 'nightly-close' })).rejects.toMatchObject({ code: 'access.denied' });
  expect(await declare(works, 'n1', 'nightly-close')).toMatchObject({ decision: true });
  await expect(completeTask(beside, { taskId: 'nightly-close' })).rejects.toMatchObject({ code: 'access.denied' });
  await decide(beside, {
    subject: { type: 'service_account', id: 'svc-build' },
    action: { name: 'read' },
    resource: { type: 'repo', id: 'r' },
    context: { braid: { dry_run: true, session: { id: 'n1', task: 'nightly-close' } } },
  });
  await expect(completeTask(beside, { taskId: 'nightly-close' })).rejects.toMatchObject({ code: 'access.denied' });
  const responder: Ctx = { actor: { ...beside.actor, scopes: ['respond'] } as Ctx['actor'] };
  expect(await completeTask(responder, { taskId: 'another' })).toMatchObject({ created: true, sessions: 0 });
  expect(await completeTask(works, { taskId: 'nightly-close' })).toMatchObject({ created: true, sessions: 1 });
});

test('an operator takes the end of a task back, and after ninety days it is forgotten', async () => {
  const [works, operator] = [
    caller('again'),
    { actor: { kind: 'operator', id: newId(), name: 'Ada', role: 'responder' } } as Ctx,
  ];
  await declare(works, 'a', 'weekly');
  await completeTask(works, { taskId: 'weekly', reason: 'by mistake' });
  expect((await declare(works, 'b', 'weekly')).context.reason).toBe('task_ended');
  const reopen = { issuer: 'again', taskId: 'weekly', reason: 'It goes on.' };
  await expect(reopenTask(works, reopen)).rejects.toMatchObject({ code: 'access.denied' });
  expect((await listTasks(operator, { issuer: 'again' })).items).toMatchObject([
    { taskId: 'weekly', reason: 'by mistake' },
  ]);
  await reopenTask(operator, reopen);
  expect(await declare(works, 'b', 'weekly')).toMatchObject({ decision: true });
  await expect(reopenTask(operator, reopen)).rejects.toMatchObject({ code: 'not_found' });
  expect((await declare(works, 'a', 'weekly')).context.reason).toBe('session_terminated');

  await completeTask(works, { taskId: 'weekly' });
  const age = (days: number) =>
    pool().query(`update tasks set completed_at = now() - make_interval(days => $1) where issuer = 'again'`, [days]);
  await age(89);
  await forgetTasks(systemCtx('test'));
  expect((await declare(works, 'c', 'weekly')).context.reason).toBe('task_ended');
  await age(91);
  expect(await declare(works, 'c', 'weekly')).toMatchObject({ decision: true });
  expect((await listTasks(operator, { issuer: 'again' })).items).toEqual([]);
  expect(await completeTask(works, { taskId: 'weekly' })).toMatchObject({ created: true });
  await age(91);
  expect(await forgetTasks(systemCtx('test'))).toEqual({ tasks: 1 });
});

test('tasks that are over are listed a page at a time', async () => {
  const responder: Ctx = { actor: { kind: 'token', id: newId(), name: 'r', scopes: ['respond'], issuer: 'pages' } };
  for (const taskId of ['p/1', 'p/2', 'p/3']) await completeTask(responder, { taskId });
  await pool().query(
    `update tasks set completed_at = date_trunc('milliseconds', now()) - interval '1 day' where issuer = 'pages' and id in ('p/1', 'p/2')`,
  );
  const seenIds: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await listTasks(responder, { issuer: 'pages', limit: 1, ...(cursor ? { cursor } : {}) });
    seenIds.push(...page.items.map((one) => one.taskId));
    if (!page.nextCursor) break;
    cursor = page.nextCursor;
  }
  expect(seenIds).toEqual(['p/3', 'p/1', 'p/2']);
  await expect(listTasks(responder, { cursor: 'nonsense' })).rejects.toMatchObject({ code: 'input.invalid' });
});
