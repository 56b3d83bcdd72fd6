import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { approve } from '@/lib/approvals/approve';
import { deny } from '@/lib/approvals/deny';
import { list } from '@/lib/approvals/list';
import { show } from '@/lib/approvals/show';
import { submit } from '@/lib/approvals/submit';
import {
  approvalOf,
  begin,
  type Context,
  carrying,
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
import { testDatabase } from '@/lib/db/testing';
import { decide } from '@/lib/decisions/decide';
import { newId } from '@/lib/platform/ids';

testDatabase();
beforeAll(begin);
beforeEach(next);

describe('asking for approval', () => {
  test('a refusal says that approval can be asked for; asking holds an outstanding approval, answering gives it back', async () => {
    const context = await refused(pay(1_500));
    expect(context).toMatchObject({
      reason: 'aggregate_value_exceeded',
      access_request: { template: 'approvals/large-total' },
    });
    const request = await submit(now.caller, submission(pay(1_500), context));
    expect(await held()).toBe(1);
    expect((await list(operator, { state: 'pending', q: now.who })).items).toMatchObject([
      { id: request.id, reason: 'month end', amount: '150000', unit: 'EUR', rules: [{ id: 'large-total' }] },
    ]);
    const row = await approve(operator, { id: request.id, reason: 'Seen the invoice' });
    expect(row).toMatchObject({ state: 'approved', holds: true, answered: { kind: 'operator', name: 'Ada' } });
    expect(await held()).toBe(0);
    const answer = await decide(now.caller, carrying(pay(1_500), await approvalOf(request.id)));
    expect(answer).toMatchObject({ decision: true, context: { approval: { id: await approvalOf(request.id) } } });
  });

  test('what no approval would help with can not be asked for', async () => {
    expect((await refused(pay(20_000))).access_request).toBeUndefined();
    const context = await refused(pay(1_500));
    const body = submission(pay(1_500), context);
    await expect(submit(now.caller, { ...body, action: { name: 'other' } })).rejects.toMatchObject({
      code: 'approval.binding',
    });
    await expect(submit(now.caller, { ...body, context: { amount: 9_000 } })).rejects.toMatchObject({
      code: 'approval.binding',
    });
    await expect(
      submit(now.caller, { ...body, denial: { ...body.denial, expires_at: '2030-01-01T00:00:00Z' } }),
    ).rejects.toMatchObject({ code: 'approval.binding' });
    await expect(
      submit(now.caller, { ...body, denial: { ...body.denial, evaluation_id: newId() } }),
    ).rejects.toMatchObject({
      code: 'approval.binding',
    });
    const elsewhere = await tokenOf('elsewhere', ['decide'], 'elsewhere');
    await expect(submit(elsewhere, body)).rejects.toMatchObject({ code: 'approval.binding' });
    const allowed = await decide(now.caller, pay(10));
    await expect(
      submit(now.caller, {
        ...submission(pay(10), allowed.context as Context),
        denial: { ...body.denial, evaluation_id: allowed.context.evaluation_id },
      }),
    ).rejects.toMatchObject({ code: 'approval.not_requestable' });
    expect(await held()).toBe(0);
  });

  test('B18: outstanding approvals have a limit of their own, across all sessions of the identity', async () => {
    for (const session of ['s1', 's2']) await requested(pay(1_500, session));
    await expect(requested(pay(1_500, 's3'))).rejects.toMatchObject({
      code: 'approval.not_requestable',
      publicMessage: expect.stringContaining('can not be asked for'),
    });
    const [first] = (await list(operator, { state: 'pending', q: now.who })).items;
    await deny(operator, { id: first!.id, reason: 'no' });
    await requested(pay(1_500, 's3'));
    const detail = await show(operator, { id: first!.id });
    expect(detail.together).toContainEqual({ state: 'pending', unit: 'EUR', scale: 2, count: 2, amount: '300000' });
  });

  test('A14: not while a maintenance session of the same identity is open', async () => {
    const maintenance = pay(1, 'maintenance');
    await decide(now.caller, {
      ...maintenance,
      context: { ...maintenance.context, braid: { session: { id: 'm', tags: ['maintenance'] } } },
    });
    await expect(requested(pay(1_500))).rejects.toMatchObject({ code: 'approval.not_requestable' });
    expect(await held()).toBe(0);
  });

  test('the same key is the same request; with another body it is refused', async () => {
    const body = submission(pay(1_500), await refused(pay(1_500)));
    const [a, b] = await Promise.all([submit(now.caller, body, 'k1'), submit(now.caller, body, 'k1')]);
    expect(a.id).toBe(b.id);
    expect(await held()).toBe(1);
    await expect(submit(now.caller, { ...body, context: undefined }, 'k1')).rejects.toMatchObject({
      code: 'approval.duplicate',
    });
  });
});
