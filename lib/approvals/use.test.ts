import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Ctx } from '@/lib/access/model';
import { approve } from '@/lib/approvals/approve';
import { submit } from '@/lib/approvals/submit';
import {
  admin,
  approvalOf,
  begin,
  carrying,
  deploy,
  next,
  now,
  operator,
  pay,
  refused,
  requested,
  submission,
  tokenOf,
} from '@/lib/approvals/testing-approvals';
import { withdraw } from '@/lib/approvals/withdraw';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { decide } from '@/lib/decisions/decide';
import { verify } from '@/lib/decisions/verify';
import { withdraw as giveBack } from '@/lib/exposures/withdraw';

testDatabase();
beforeAll(begin);
beforeEach(next);

describe('an approval', () => {
  const approved = async (body: ReturnType<typeof pay>, by: Ctx = operator) => {
    const request = await requested(body);
    await approve(by, { id: request.id });
    return { id: request.id, approvalId: await approvalOf(request.id) };
  };

  test('lets pass once, exactly what was asked, and a retry of it counts once', async () => {
    const { approvalId } = await approved(pay(1_500));
    const other = await refused(carrying(pay(1_501), approvalId));
    expect(other).toMatchObject({
      reason: 'out_of_scope',
      next_action: 'request',
      braid: { reason: 'aggregate_value_exceeded' },
    });
    const body = carrying(pay(1_500), approvalId);
    const first = await decide({ ...now.caller, requestId: 'r1' }, body);
    const retry = await decide({ ...now.caller, requestId: 'r1' }, body);
    expect([first.decision, retry.context.evaluation_id]).toEqual([true, first.context.evaluation_id]);
    expect(await refused(body)).toMatchObject({ reason: 'approval_used', next_action: 'request' });
  });

  test('a dry run that carries it spends nothing, so nothing of it is given back when its caller hangs up', async () => {
    const { approvalId } = await approved(pay(1_500));
    const looked = await decide(now.caller, carrying(pay(1_500), approvalId, 's1', { dry_run: true }));
    expect(looked.decision).toBe(true);
    expect((await decide(now.caller, carrying(pay(1_500), approvalId))).decision).toBe(true);
    expect(await giveBack(now.caller, { decisionId: looked.context.evaluation_id as string })).toBe(0);
    expect(await refused(carrying(pay(1_500), approvalId))).toMatchObject({ reason: 'approval_used' });
  });

  test('used by many at once it lets one pass', async () => {
    const { approvalId } = await approved(pay(1_500));
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => decide(now.caller, carrying(pay(1_500), approvalId, `s${i}`))),
    );
    expect(answers.filter((answer) => answer.decision)).toHaveLength(1);
    expect((await verify(admin)).problems).toEqual([]);
  });

  test('never passes a limit that denies, nor a paused identity', async () => {
    const { approvalId } = await approved(pay(9_500));
    await decide(now.caller, pay(900));
    expect(await refused(carrying(pay(9_500), approvalId))).toMatchObject({
      reason: 'policy_denied',
      next_action: 'none',
    });
    await pool().query(`update identities set state = 'paused' where name = $1`, [now.who]);
    expect(await refused(carrying(pay(9_500), approvalId))).toMatchObject({ reason: 'policy_denied' });
  });

  test('is no bearer grant: another identity, another namespace or an invented id get nothing', async () => {
    const { approvalId } = await approved(pay(1_500));
    const thief = { ...carrying(pay(1_500), approvalId), subject: { type: 'service_account', id: 'thief' } };
    expect(await refused(thief)).toMatchObject({ reason: 'approval_unverifiable', next_action: 'request' });
    const elsewhere = await tokenOf('elsewhere', ['decide'], 'elsewhere');
    expect(await refused(carrying(pay(1_500), approvalId), elsewhere)).toMatchObject({
      reason: 'approval_unverifiable',
    });
    expect(await refused(carrying(pay(1_500), 'apr_invented'))).toMatchObject({ reason: 'approval_unverifiable' });
  });

  test('ends with its time, and when it is taken back', async () => {
    const late = await approved(pay(1_500));
    await pool().query(`update access_requests set approved_until = now() - interval '1 second' where id = $1`, [
      late.id,
    ]);
    expect(await refused(carrying(pay(1_500), late.approvalId))).toMatchObject({ reason: 'approval_expired' });
    const back = await approved(pay(1_500));
    await withdraw(operator, { id: back.id, reason: 'Wrong account' });
    expect(await refused(carrying(pay(1_500), back.approvalId))).toMatchObject({ reason: 'approval_withdrawn' });
  });

  test('is not used up by an answer that could not be delivered, and given back once', async () => {
    const { id, approvalId } = await approved(pay(1_500));
    const body = carrying(pay(1_500), approvalId);
    const lost = await decide(now.caller, body);
    const gone = { decisionId: lost.context.evaluation_id as string };
    expect((await refused(body)).reason).toBe('approval_used');
    expect(await giveBack(now.caller, gone)).toBe(2);
    expect(await giveBack(now.caller, gone)).toBe(0);
    expect((await decide(now.caller, body)).decision).toBe(true);
    expect(await refused(body)).toMatchObject({ reason: 'approval_used' });
    const { rows } = await pool().query(
      `select used, (select json_agg(detail) from audit_entries where action = 'approval.give_back' and target_id = $1) as told
       from access_requests where id = $1::uuid`,
      [id],
    );
    expect(rows).toEqual([{ used: 1, told: [gone] }]);
    const { problems } = await verify(admin);
    expect(problems.filter((one) => one.record.includes(id))).toEqual([]);
  });

  test('binds what the rule says, so often as it says, and may be narrowed, never widened', async () => {
    const body = deploy({ version: '1.2', ticket: 'A-1', risk: 'high' });
    const request = await submit(now.caller, submission(body, await refused(body)));
    await expect(approve(operator, { id: request.id, uses: 4 })).rejects.toMatchObject({ code: 'input.invalid' });
    await approve(operator, { id: request.id, uses: 2 });
    const again = (context: object) => decide(now.caller, deploy({ ...context, approval: { id: approvalId } }));
    const approvalId = await approvalOf(request.id);
    expect((await again({ version: '1.2', ticket: 'B-2' })).decision).toBe(true);
    expect((await again({ version: '1.3' })).context.reason).toBe('out_of_scope');
    expect((await again({ version: '1.2' })).decision).toBe(true);
    expect((await again({ version: '1.2' })).context.reason).toBe('approval_used');
  });
});
