// What was decided with an approval is reproduced with it, used or only carried.
import { beforeAll, expect, test } from 'vitest';
import { approve } from '@/lib/approvals/approve';
import {
  admin,
  approvalOf,
  begin,
  carrying,
  next,
  now,
  operator,
  pay,
  requested,
} from '@/lib/approvals/testing-approvals';
import { testDatabase } from '@/lib/db/testing';
import { decide } from '@/lib/decisions/decide';
import { clock } from '@/lib/platform/clock';
import type { Replayed } from '@/lib/replay/model';
import { replay } from '@/lib/replay/replay';

testDatabase();
beforeAll(async () => {
  await begin();
  next();
});

const time = (): string => clock.now().toISOString();

test('with nothing changed every answer is the one on record', async () => {
  const from = time();
  const approved = async (amount: number) => {
    const request = await requested(pay(amount));
    await approve(operator, { id: request.id });
    return approvalOf(request.id);
  };
  const large = await approved(1_500);
  const huge = await approved(9_500);
  // Carried where nothing has to pass by it, then used, then where another rule stops the request all the same.
  expect((await decide(now.caller, carrying(pay(900), large))).decision).toBe(true);
  expect((await decide(now.caller, carrying(pay(1_500), large))).decision).toBe(true);
  expect((await decide(now.caller, carrying(pay(9_500), huge))).context.reason).toBe('policy_denied');
  const all: Replayed[] = [];
  for await (const one of replay(admin, { from, to: time() })) all.push(one);
  expect(all.flatMap((one) => one.differs)).toEqual([]);
  expect(all.map((one) => [one.recorded.approval?.id, one.recorded.carried?.id]).slice(-2)).toEqual([
    [large, undefined],
    [undefined, huge],
  ]);
});
