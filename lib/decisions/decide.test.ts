// Deciding on shared state: limits across sessions, retries, sessions.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Ctx } from '@/lib/access/model';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { show } from '@/lib/decisions/show';
import { admin, applyTestPolicies, ask, consistent, token } from '@/lib/decisions/testing-ask';
import { show as showExposure } from '@/lib/exposures/show';
import { apply } from '@/lib/policies/apply';

testDatabase();
beforeAll(applyTestPolicies);

describe('a limit across sessions', () => {
  test('three sessions stay under it each, together they are denied at it, and the text says who holds what', async () => {
    const pay = (session: string, amount: number) =>
      ask({
        subject: 'svc-split',
        resource: 'acct-split',
        session: { id: session, region: 'eu-west' },
        context: { amount },
      });
    for (const session of ['a', 'b']) expect((await pay(session, 4000)).decision).toBe(true);
    const third = await pay('c', 4000);
    expect(third).toMatchObject({
      decision: false,
      reason: 'aggregate_value_exceeded',
      braid: { verdict: 'deny', alone: 'allow' },
    });
    expect(third.message).toMatch(
      /resource\.id acct-split: 8\u00a0000 EUR settled, 0 EUR held, 4\u00a0000 EUR asked, limit 10\u00a0000 EUR; held by eu-west · a 4\u00a0000, eu-west · b 4\u00a0000/,
    );
    expect(third.braid.exposures[0]).toMatchObject({ settled: '800000', after: '800000', limit: '1000000' });
    expect((await pay('c', 2000)).decision).toBe(true);
    expect((await pay('a', 0.01)).decision).toBe(false);
    await consistent();
  });

  test('a denied request consumes nothing, and an unusable amount is denied by name', async () => {
    const at = { subject: 'svc-amount', resource: 'acct-amount' };
    expect(await ask({ ...at, context: { amount: 10_000.01 } })).toMatchObject({ decision: false });
    for (const amount of [1.001, '1e3', -5, 'ten', true])
      expect(await ask({ ...at, context: { amount } })).toMatchObject({ decision: false, reason: 'amount_invalid' });
    expect(await ask({ ...at, context: { amount: 1, currency: 'USD' } })).toMatchObject({ reason: 'amount_invalid' });
    expect(await ask({ ...at, context: {} })).toMatchObject({ reason: 'attribute_missing' });
    expect(await ask({ ...at, context: { amount: '10000.00', currency: 'EUR' } })).toMatchObject({ decision: true });
  });

  test('looking changes nothing, and an unmetered question always gets the same answer', async () => {
    const at = { subject: 'svc-look', resource: 'acct-look', context: { amount: 9000 } };
    for (let i = 0; i < 3; i++) expect((await ask({ ...at, braid: { dry_run: true } })).decision).toBe(true);
    expect((await ask(at)).decision).toBe(true);
    for (let i = 0; i < 3; i++) expect((await ask({ action: 'record.read' })).decision).toBe(true);
  });

  test('the count of one identity pauses beyond its limit', async () => {
    await apply(admin, {
      source: `set: rates
default: allow
meters:
  rated: { count: true, per: identity, over: 10m, on: action.name == "rated" }
rules:
  - id: rate
    limit: { meter: rated, max: 100, verdict: pause }
`,
    });
    const asks = Array.from({ length: 105 }, (_, i) =>
      ask({ subject: 'svc-rate', action: 'rated', resource: `r${i}`, session: { id: `s${i % 7}` } }),
    );
    const answers = await Promise.all(asks);
    expect(answers.filter((one) => one.decision)).toHaveLength(100);
    expect(answers.find((one) => !one.decision)).toMatchObject({
      reason: 'frequency_exceeded',
      braid: { verdict: 'pause' },
    });
    // People are told the identity's name, never its id.
    expect(answers.find((one) => !one.decision)!.message).toContain('identity svc-rate: 100 counted');
  });
});

test('A17: whatever the interleaving, what is allowed never passes the limit, and reaches it when enough is asked', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          session: fc.integer({ min: 0, max: 5 }),
          amount: fc.integer({ min: 1, max: 4000 }),
          other: fc.boolean(),
        }),
        { minLength: 1, maxLength: 40 },
      ),
      async (steps) => {
        const resource = `prop-${run++}`;
        const answers = await Promise.all(
          steps.map((step) =>
            ask({
              subject: `svc-prop-${step.other ? 'a' : 'b'}-${run}`,
              resource,
              session: { id: `s${step.session}` },
              context: { amount: step.amount },
            }),
          ),
        );
        const sum = steps.reduce((all, step, i) => all + (answers[i]!.decision ? step.amount : 0), 0);
        expect(sum).toBeLessThanOrEqual(10_000);
        const asked = steps.reduce((all, step) => all + step.amount, 0);
        if (asked <= 10_000) expect(sum).toBe(asked);
        const refused = steps.filter((_, i) => !answers[i]!.decision).map((step) => step.amount);
        if (refused.length) expect(sum + Math.min(...refused)).toBeGreaterThan(10_000);
      },
    ),
    { numRuns: 25 },
  );
  const ones = await Promise.all(
    Array.from({ length: 60 }, (_, i) =>
      ask({ subject: `svc-fill-${i % 3}`, resource: 'prop-fill', session: { id: `s${i}` }, context: { amount: 250 } }),
    ),
  );
  expect(ones.filter((one) => one.decision)).toHaveLength(40);
  await consistent();
});

describe('retries', () => {
  test('the same key and body is the same decision and counts once; another body is refused', async () => {
    const at = {
      subject: 'svc-retry',
      resource: 'acct-retry',
      context: { amount: 6000 },
      braid: { idempotency_key: 'k1' },
    };
    const [first, twin] = await Promise.all([ask(at), ask(at)]);
    const again = await ask(at);
    expect(first.decision && twin.decision && again.decision).toBe(true);
    expect(new Set([first, twin, again].map((one) => one.braid.decision_id)).size).toBe(1);
    await expect(ask({ ...at, context: { amount: 1 } })).rejects.toMatchObject({ code: 'idempotency.mismatch' });
    const seen = await showExposure(admin, { meter: 'paid_24h', key: 'acct-retry' });
    expect(seen.items[0]!.settled).toBe('600000');
  });

  test('a request id is a retry only with the same body; a denied one is decided anew and says what it supersedes', async () => {
    const withId: Ctx = { ...token, requestId: 'gateway-1' };
    const at = { subject: 'svc-rid', resource: 'acct-rid', context: { amount: 5000 } };
    const first = await ask(at, withId);
    expect((await ask(at, withId)).braid.decision_id).toBe(first.braid.decision_id);
    expect((await ask({ ...at, context: { amount: 4000 } }, withId)).braid.decision_id).not.toBe(
      first.braid.decision_id,
    );
    const denied = await ask({ ...at, context: { amount: 3000 } }, withId);
    const anew = await ask({ ...at, context: { amount: 3000 } }, withId);
    expect(anew.decision).toBe(false);
    expect((await show(admin, { id: anew.braid.decision_id as string })).trace.supersedes).toBe(
      denied.braid.decision_id,
    );
  });

  test('a replay never reopens closed access', async () => {
    const at = {
      subject: 'svc-closed',
      resource: 'acct-closed',
      context: { amount: 10 },
      braid: { idempotency_key: 'k2' },
    };
    expect((await ask(at)).decision).toBe(true);
    await pool().query(`update identities set state = 'revoked' where name = 'svc-closed'`);
    expect(await ask(at)).toMatchObject({ decision: false, reason: 'identity_revoked', braid: { alone: 'deny' } });
    await pool().query(`update identities set state = 'paused' where name = 'svc-closed'`);
    expect(await ask(at)).toMatchObject({ decision: false, reason: 'identity_paused' });
  });
});

describe('sessions', () => {
  test('an ended session never lives again; one that timed out starts anew under its name', async () => {
    const at = { subject: 'svc-ended', action: 'record.read', session: { id: 'w1' } };
    expect((await ask(at)).decision).toBe(true);
    await pool().query(
      `update sessions set state = 'ended', ended_at = now(), ended_by = 'operator' where label = 'w1' and identity_id = (select id from identities where name = 'svc-ended')`,
    );
    for (let i = 0; i < 2; i++) expect(await ask(at)).toMatchObject({ decision: false, reason: 'session_terminated' });
    expect((await ask({ ...at, session: { id: 'w2' } })).decision).toBe(true);
    await pool().query(
      `update sessions set state = 'ended', ended_at = now(), ended_by = 'timeout' where label = 'w2'`,
    );
    expect((await ask({ ...at, session: { id: 'w2' } })).decision).toBe(true);
    const rows = await pool().query(`select ended_by from sessions where label = 'w2' order by started_at`);
    expect(rows.rows.map((row) => row.ended_by)).toEqual(['timeout', null]);
  });

  test('an implicit session that a revocation ended starts anew once the identity is given back, and not before', async () => {
    const at = { subject: 'svc-back', action: 'record.read', session: null };
    expect((await ask(at)).decision).toBe(true);
    await pool().query(
      `with i as (update identities set state = 'revoked', state_changed_at = now() where name = 'svc-back' returning id)
       update sessions s set state = 'ended', ended_at = now(), ended_by = 'operator' from i where s.identity_id = i.id`,
    );
    expect(await ask(at)).toMatchObject({ decision: false, reason: 'identity_revoked' });
    await pool().query(
      `update identities set state = 'active', state_changed_at = clock_timestamp() where name = 'svc-back'`,
    );
    expect(await ask(at)).toMatchObject({ decision: true });
    expect(await ask(at)).toMatchObject({ decision: true });
  });

  test('without a named session there is one implicit session, and no alone verdict', async () => {
    const answers = await Promise.all(
      [1, 2].map(() => ask({ subject: 'svc-implicit', action: 'record.read', session: null })),
    );
    expect(answers[0]!.braid.alone).toBeUndefined();
    const rows = await pool().query(
      `select count(*)::int as n from sessions s join identities i on i.id = s.identity_id where i.name = 'svc-implicit'`,
    );
    expect(rows.rows[0].n).toBe(1);
    const made = await pool().query(`select managed, kind from identities where name = 'svc-implicit'`);
    expect(made.rows[0]).toEqual({ managed: false, kind: 'service_account' });
  });

  test('A14: an approval beside an open maintenance session asks to step up; alone it would pass', async () => {
    const subject = 'svc-maint';
    expect((await ask({ subject, action: 'approval.request', session: { id: 'app' } })).decision).toBe(true);
    await ask({ subject, action: 'shell.open', session: { id: 'ops', tags: ['maintenance'] } });
    const asked = await ask({ subject, action: 'approval.request', session: { id: 'app' } });
    expect(asked).toMatchObject({
      decision: false,
      reason: 'rule_step_up',
      braid: { verdict: 'step_up', alone: 'allow' },
    });
    expect(asked.context).toMatchObject({ acr_values: ['phishing-resistant'], obligations: [{ type: 'step-up' }] });
    expect((await ask({ subject, action: 'record.read', session: { id: 'app' } })).decision).toBe(true);
  });

  test('the first sessions up to a limit stay, those on top are refused', async () => {
    const answers = [];
    for (let i = 0; i < 53; i++)
      answers.push(await ask({ subject: 'svc-many', action: 'record.read', session: { id: `m${i}` } }));
    expect(answers.filter((one) => one.decision)).toHaveLength(50);
    expect(answers[52]).toMatchObject({ reason: 'concurrency_exceeded', braid: { alone: 'allow' } });
    expect((await ask({ subject: 'svc-many', action: 'record.read', session: { id: 'm0' } })).decision).toBe(true);
  });
});
