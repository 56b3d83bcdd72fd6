import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Ctx } from '@/lib/access/model';
import { approve } from '@/lib/approvals/approve';
import { cancel } from '@/lib/approvals/cancel';
import { deny } from '@/lib/approvals/deny';
import { expire } from '@/lib/approvals/expire';
import { list } from '@/lib/approvals/list';
import { show } from '@/lib/approvals/show';
import { submit } from '@/lib/approvals/submit';
import { taskOf } from '@/lib/approvals/task';
import {
  begin,
  bulkExport,
  deploy,
  held,
  next,
  now,
  operator,
  pay,
  refused,
  requested,
  submission,
  tokenOf,
} from '@/lib/approvals/testing-approvals';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { decide } from '@/lib/decisions/decide';
import { newId } from '@/lib/platform/ids';

testDatabase();
beforeAll(begin);
beforeEach(next);

describe('who answers', () => {
  test('the policy itself, where it says so, with its version and hash written down', async () => {
    const body = deploy({ version: '2.0', risk: 'low' });
    const request = await submit(now.caller, submission(body, await refused(body)));
    expect(taskOf(request, 0, 'http://pdp')).toMatchObject({
      task: { status: 'approved' },
      result: { mode: 'reevaluate', approval: { id: request.approvalId } },
    });
    const detail = await show(operator, { id: request.id });
    expect(detail.request.answered).toMatchObject({ kind: 'policy', name: 'approvals/deploy-to-production' });
    expect(detail.provenance).toMatchObject({ responder: 'policy', rules: [{ set: 'approvals', version: 1 }] });
  });

  test('a responder with a token of its own; never the credential, session or workflow of who asks', async () => {
    const own = async (by: Ctx, approver?: { type: string; id: string; session?: string }) => {
      const request = await requested(pay(1_500));
      const answer = approve(by, { id: request.id, approver });
      await answer.catch(() => undefined);
      await cancel(now.caller, { id: request.id }).catch(() => undefined);
      return answer;
    };
    const dual = await tokenOf('dual', ['decide', 'respond']);
    await expect(requested(pay(1_500), dual).then(({ id }) => approve(dual, { id }))).rejects.toMatchObject({
      code: 'approval.own',
    });
    // It has spoken for this identity once, from whatever session: it is one of its credentials.
    await expect(own(dual)).rejects.toMatchObject({ code: 'approval.own' });
    await expect(own(now.responder, { type: 'service_account', id: now.who })).rejects.toMatchObject({
      code: 'approval.own',
    });
    await expect(own(now.responder, { type: 'ai_agent', id: 'judge', session: 's1' })).rejects.toMatchObject({
      code: 'approval.own',
    });
    expect(await own(now.responder, { type: 'ai_agent', id: 'judge', session: 'judging-1' })).toMatchObject({
      state: 'approved',
      answered: { kind: 'token', name: 'responder' },
    });
    expect(await own(now.responder)).toMatchObject({ state: 'approved' });
  });

  test('an identity of the same workflow is no second person, nor is its operator account', async () => {
    const request = await requested(pay(1_500));
    const mate = `${now.who}-mate`;
    await decide(now.caller, { ...pay(1), subject: { type: 'service_account', id: mate } });
    const workflow = newId();
    await pool().query('insert into workflows (id, name) values ($1, $2)', [workflow, now.who]);
    await pool().query('insert into workflow_members select $1, id from identities where name = any($2)', [
      workflow,
      [now.who, mate],
    ]);
    await expect(
      approve(now.responder, { id: request.id, approver: { type: 'service_account', id: mate } }),
    ).rejects.toMatchObject({ code: 'approval.own' });
    const self = newId();
    await pool().query(
      `insert into operators (id, email, name, role, password_hash) values ($1, $2, 'Self', 'responder', 'x')`,
      [self, `${now.who}@example.com`],
    );
    await pool().query(`update identities set external_id = $2 where name = $1`, [mate, `${now.who}@example.com`]);
    const ctx: Ctx = { actor: { kind: 'operator', id: self, name: 'Self', role: 'responder' } };
    await expect(approve(ctx, { id: request.id })).rejects.toMatchObject({ code: 'approval.own' });
    expect((await show(ctx, { id: request.id })).refusal).toContain('You are');
  });

  test('somebody rested: who gave as many as the rule lets one person give gives no more, however many at once', async () => {
    const person = (name: string): Ctx => ({ actor: { kind: 'operator', id: newId(), name, role: 'responder' } });
    const [tiring, rested] = [person('Tim'), person('Rae')];
    const asks: { id: string }[] = [];
    for (let n = 0; n < 4; n++) {
      next();
      asks.push(await requested(bulkExport()));
    }
    const answers = await Promise.allSettled(asks.map(({ id }) => approve(tiring, { id })));
    expect(answers.filter((one) => one.status === 'fulfilled')).toHaveLength(2);
    const left = asks.filter((_, at) => answers[at]!.status === 'rejected');
    await expect(approve(tiring, { id: left[0]!.id })).rejects.toMatchObject({ code: 'approval.pace' });
    expect((await show(tiring, left[0]!)).refusal).toMatch(/^You gave 2 approvals within 1 h, and bulk-export asks/);
    expect((await show(rested, left[0]!)).refusal).toBeNull();
    await approve(rested, { id: left[0]!.id });
    // Another rule does not ask for it, and an hour later it is over.
    await approve(tiring, { id: (await requested(deploy({ version: '1' }))).id });
    await pool().query(
      `update access_requests set answered_at = answered_at - interval '1 hour' where answered_by = 'Tim'`,
    );
    await approve(tiring, { id: left[1]!.id });
  });

  test('once: a second answer, and one that comes too late, are refused', async () => {
    const request = await requested(pay(1_500));
    const answers = await Promise.allSettled([
      approve(operator, { id: request.id }),
      deny(operator, { id: request.id }),
      cancel(now.caller, { id: request.id }),
    ]);
    expect(answers.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    const late = await requested(pay(1_600));
    await pool().query(`update access_requests set expires_at = now() - interval '1 second' where id = $1`, [late.id]);
    await expect(approve(operator, { id: late.id })).rejects.toMatchObject({ code: 'approval.answered' });
    expect((await list(operator, { state: 'expired', q: now.who })).items).toHaveLength(1);
    expect(await expire({ actor: { kind: 'system', name: 'expiry' } })).toBe(1);
    expect(await held()).toBe(0);
    await expect(
      approve({ actor: { kind: 'operator', id: newId(), name: 'V', role: 'analyst' } }, { id: late.id }),
    ).rejects.toMatchObject({
      code: 'access.denied',
    });
  });

  test('sees what it would do now: exposures before and after, and the live sessions of the identity', async () => {
    await decide(now.caller, pay(900, 's2'));
    const request = await requested(pay(1_500));
    const detail = await show(operator, { id: request.id });
    expect(detail).toMatchObject({ stopped: null, refusal: null });
    expect(detail.effects).toContainEqual(
      expect.objectContaining({ meter: 'paid', settled: '90000', after: '240000', limit: '100000' }),
    );
    expect(detail.sessions.map((one) => one.asks).sort()).toEqual([false, true]);
    await decide(now.caller, pay(90, 's3'));
    expect((await show(operator, { id: request.id })).effects[0]!.settled).toBe('99000');
  });
});
