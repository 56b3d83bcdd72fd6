// What decisions are made on beside the log can't be put there by whoever writes to the database: answers to retries,
// approvals, exemptions, the place of a slice in its window.
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
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
import { withdraw } from '@/lib/approvals/withdraw';
import { seal } from '@/lib/audit/seal';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { decide } from '@/lib/decisions/decide';
import { verify } from '@/lib/decisions/verify';
import { clock } from '@/lib/platform/clock';
import { endExemption } from '@/lib/policies/end-exemption';
import { exempt } from '@/lib/policies/exempt';

testDatabase();

const sql = async (text: string, values: unknown[] = []) => (await pool().query(text, values)).rows;
const found = async () => {
  await seal();
  return (await verify(admin)).problems.map((one) => `${one.code} ${one.message}`);
};
const keyed = (amount: number, key: string) => {
  const body = pay(amount);
  return { ...body, context: { ...body.context, braid: { ...body.context.braid, idempotency_key: key } } };
};

beforeAll(async () => {
  await begin();
  await next();
});

describe('a stored answer', () => {
  test('that no decision gave is not given to a retry', async () => {
    const true_ = await decide(now.caller, keyed(10, 'true'));
    expect(true_.decision).toBe(true);
    const denied = await decide(now.caller, keyed(90_000, 'denied'));
    expect(denied.decision).toBe(false);
    const again = await decide(now.caller, keyed(10, 'true'));
    expect(again.context.evaluation_id).toBe(true_.context.evaluation_id);
    const [kept] = await sql(`select response, decision_id from idempotency_keys where key = 'key:true'`);
    const plant = (response: string, id: string) =>
      sql(`update idempotency_keys set response = $1, decision_id = $2 where key = 'key:denied'`, [response, id]);
    const invented = '0190aaaa-0000-7000-8000-000000000001';
    for (const [response, id] of [
      [kept.response, kept.decision_id],
      [kept.response.replaceAll(kept.decision_id, invented), invented],
      [kept.response.replaceAll(kept.decision_id, denied.context.evaluation_id), denied.context.evaluation_id],
    ]) {
      await plant(response, id);
      const retried = await decide(now.caller, keyed(90_000, 'denied'));
      expect(retried.decision).toBe(false);
      expect(retried.context.evaluation_id).not.toBe(id);
    }
  });

  test('with another verdict or hold than the log has is not given either', async () => {
    const body = keyed(10, 'bent');
    const first = await decide(now.caller, body);
    const bend = (from: string, to: string) =>
      sql(`update idempotency_keys set response = replace(response, $1, $2) where key = 'key:bent'`, [from, to]);
    await bend('"verdict":"allow"', '"verdict":"allow","hold_id":"0190aaaa-0000-7000-8000-000000000002"');
    const second = await decide(now.caller, body);
    expect(second.context.evaluation_id).not.toBe(first.context.evaluation_id);
    const third = await decide(now.caller, body);
    expect(third.context.evaluation_id).toBe(second.context.evaluation_id);
    expect(await found()).toEqual([]);
  });
});

describe('the proof of the log', () => {
  const tables = ['access_requests', 'policy_exemptions', 'exposure_buckets', 'exposures'];
  beforeAll(async () => {
    const granted = await requested(pay(1_500));
    await approve(operator, { id: granted.id });
    expect((await decide(now.caller, carrying(pay(1_500), await approvalOf(granted.id)))).decision).toBe(true);
    const taken = await requested(pay(1_600));
    await approve(operator, { id: taken.id });
    await withdraw(operator, { id: taken.id });
    const [identity] = await sql('select id from identities where name = $1', [now.who]);
    const until = new Date(clock.ms() + 3_600_000).toISOString();
    const of = { set: 'approvals', rule: 'hard-cap', identityId: identity.id as string, until, reason: 'test' };
    await exempt(admin, of);
    const over = await exempt(admin, of);
    await endExemption(admin, { id: over.id, reason: 'test' });
    for (const table of tables) await sql(`create table kept_${table} as table ${table}`);
    expect(await found()).toEqual([]);
  });
  afterEach(async () => {
    for (const table of tables) {
      await sql(`delete from ${table}`);
      await sql(`insert into ${table} select * from kept_${table}`);
    }
  });

  const granted = `approval_id is not null and withdrawn_at is null`;
  test.each([
    ['made longer', `approved_until = approved_until + interval '1 hour'`, granted, /is not what was granted: its end/],
    ['made to last for more', 'uses = uses + 1', granted, /is not what was granted: its uses \(2, granted 1\)/],
    [
      'of another amount',
      `context = '{"binds":[],"members":{}}'`,
      granted,
      /is not what was granted: what it is bound to/,
    ],
    [
      'of another identity',
      'identity_id = decision_id',
      granted,
      /is not what was granted: its identity, what it is bound to/,
    ],
    ['used before', 'used = 0', 'used > 0', /says it was used 0 times; the log has 1/],
    ['taken back', 'withdrawn_at = null', 'withdrawn_at is not null', /was withdrawn, and no longer says so/],
  ])('finds an approval %s', async (_, change, which, why) => {
    expect((await sql(`update access_requests set ${change} where ${which} returning 1`)).length).toBeGreaterThan(0);
    expect(await found()).toEqual([expect.stringMatching(why)]);
  });

  test('finds an approval that nobody granted', async () => {
    await sql(`insert into access_requests select (r).* from (
      select jsonb_populate_record(a, '{"id": "0190aaaa-0000-7000-8000-000000000003", "approval_id": "apr_planted", "idempotency_key": null}') as r
      from access_requests a where ${granted} limit 1) q`);
    expect(await found()).toEqual([expect.stringMatching(/no sealed audit entry says that anybody granted it/)]);
  });

  test.each([
    ['of another rule', `rule_id = 'large-total'`, /is not what was made/],
    ['with another end', `until = until + interval '1 day'`, /is not what was made/],
    ['of somebody else', 'identity_id = id', /is not what was made/],
    ['that was ended', 'ended_at = null', /was ended, and no longer says so/],
  ])('finds an exemption %s', async (name, change, why) => {
    const which = name.endsWith('ended') ? 'not null' : 'null';
    await sql(`update policy_exemptions set ${change} where ended_at is ${which}`);
    expect(await found()).toEqual([expect.stringMatching(why)]);
  });

  test('finds an exemption that nobody made', async () => {
    await sql(`insert into policy_exemptions select (r).* from (
      select jsonb_populate_record(e, '{"id": "0190aaaa-0000-7000-8000-000000000004"}') as r from policy_exemptions e limit 1) q`);
    expect(await found()).toEqual([expect.stringMatching(/has no sealed audit entry that says anybody made it/)]);
  });

  test('finds a slice that was moved to where it leaves its window too soon', async () => {
    const [one] = await sql(`select id, open from exposures where meter = 'paid' and open is not null limit 1`);
    const moved = Buffer.from(one.open as Buffer);
    moved.writeBigInt64BE(moved.readBigInt64BE(0) - 3_600_000n, 0);
    await sql('update exposures set open = $2 where id = $1', [one.id, moved]);
    expect(await found()).toEqual([
      expect.stringMatching(/^slices.moved .*stands before what its ledger says it counts/),
    ]);
  });
});
