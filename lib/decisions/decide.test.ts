import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Ctx } from '@/lib/access/model';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { decide } from '@/lib/decisions/decide';
import { evaluateMany } from '@/lib/decisions/evaluate-many';
import { list } from '@/lib/decisions/list';
import { path as pathOf } from '@/lib/decisions/path';
import { show } from '@/lib/decisions/show';
import { summary } from '@/lib/decisions/summary';
import { verify } from '@/lib/decisions/verify';
import { expire } from '@/lib/exposures/expire';
import { list as listExposures } from '@/lib/exposures/list';
import { release } from '@/lib/exposures/release';
import { settle } from '@/lib/exposures/settle';
import { show as showExposure } from '@/lib/exposures/show';
import { projectRoot } from '@/lib/platform/env';
import { newId } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';
import { readDir } from '@/lib/policies/read-dir';

testDatabase();

const admin: Ctx = { actor: { kind: 'cli', name: 'cli:test' } };
const token: Ctx = {
  actor: { kind: 'token', id: newId(), name: 'payments-api', scopes: ['decide'], issuer: 'default' },
};

interface Asked {
  subject?: string;
  action?: string;
  resource?: string;
  context?: Record<string, unknown>;
  session?: Record<string, unknown> | null;
  braid?: Record<string, unknown>;
}

const body = ({
  subject = 'svc-payments',
  action = 'payment.create',
  resource = 'acct',
  context = {},
  session = { id: 's1' },
  braid = {},
}: Asked) => ({
  subject: { type: 'service_account', id: subject },
  action: { name: action },
  resource: { type: 'account', id: resource },
  context: { ...context, braid: { ...braid, ...(session ? { session } : {}) } },
});

const ask = async (asked: Asked, ctx: Ctx = token) => {
  const answer = await decide(ctx, body(asked));
  const braid = answer.context.braid as Record<string, unknown> & { exposures: Record<string, string>[] };
  return { ...answer, reason: answer.context.reason, message: answer.context.message as string, braid };
};

const consistent = async () => expect((await verify(admin)).problems).toEqual([]);

beforeAll(async () => {
  await apply(admin, { files: readDir(path.join(projectRoot(), 'docs/examples/policies/payments')) });
  await apply(admin, {
    source: `set: holds
default: allow
meters:
  spend: { sum: context.cost, unit: USD, scale: 2, per: identity, settle: explicit, hold: 15m, on: action.name == "tool.call" }
  brief: { count: true, per: identity, over: 1h, settle: explicit, hold: 1s, on: action.name == "brief" }
rules:
  - id: budget
    limit: { meter: spend, max: 100 }
  - id: brief-limit
    limit: { meter: brief, max: 1 }
`,
  });
});

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
    const asks = Array.from({ length: 105 }, (_, i) =>
      ask({ subject: 'svc-rate', resource: `r${i}`, session: { id: `s${i % 7}` }, context: { amount: 1 } }),
    );
    const answers = await Promise.all(asks);
    expect(answers.filter((one) => one.decision)).toHaveLength(100);
    expect(answers.find((one) => !one.decision)).toMatchObject({
      reason: 'frequency_exceeded',
      braid: { verdict: 'pause' },
    });
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

describe('holds', () => {
  test('A12: the second client of one credential is denied, and told who holds the lease; release frees it', async () => {
    const start = (subject: string, id: string) =>
      ask({ subject, action: 'job.start', session: { id, key: 'AKIA1', label: id } });
    const first = await start('svc-scheduler', 'scheduler');
    expect(first.braid.hold_id).toBeTruthy();
    const second = await start('svc-app', 'application');
    expect(second).toMatchObject({ decision: false, reason: 'lease_held', braid: { alone: 'allow' } });
    expect(second.message).toContain('held by scheduler');
    await release(token, { holdId: first.braid.hold_id as string });
    expect((await start('svc-app', 'application')).decision).toBe(true);
    await consistent();
  });

  test('B12: what is held counts; settle takes the actual amount, an overrun is recorded, nothing goes below zero', async () => {
    const call = (cost: number) =>
      ask({ subject: 'agent', action: 'tool.call', session: { id: 't1' }, context: { cost } });
    const first = await call(60);
    const held = await call(50);
    expect(held).toMatchObject({ decision: false, reason: 'aggregate_value_exceeded' });
    expect(held.message).toContain('60 USD held');
    const settled = await settle(token, { holdId: first.braid.hold_id as string, amount: '20.50' });
    expect(settled).toMatchObject({ state: 'settled', lines: [{ amount: '6000' }] });
    expect(await settle(token, { holdId: first.braid.hold_id as string })).toMatchObject({ state: 'settled' });
    await expect(release(token, { holdId: first.braid.hold_id as string })).rejects.toMatchObject({
      code: 'hold.closed',
    });
    const second = await call(50);
    expect(second.decision).toBe(true);
    await settle(token, { holdId: second.braid.hold_id as string, amount: 70 });
    const view = (await showExposure(admin, { meter: 'spend' })).items[0]!;
    expect(view).toMatchObject({ settled: '9050', held: '0', limit: '10000', available: '950' });
    const kinds = await pool().query(`select kind from ledger_entries where exposure_id = $1 order by revision`, [
      view.id,
    ]);
    expect(kinds.rows.map((row) => row.kind)).toEqual(['reserve', 'settle', 'reserve', 'settle', 'overrun']);
    const other: Ctx = { actor: { ...(token.actor as Extract<Ctx['actor'], { kind: 'token' }>), id: newId() } };
    await expect(settle(other, { holdId: second.braid.hold_id as string })).rejects.toMatchObject({
      code: 'not_found',
    });
    await consistent();
  });

  test('a hold expires by itself, at the next decision or by the sweep, and a late settle is refused', async () => {
    const brief = () => ask({ subject: 'svc-brief', action: 'brief', session: { id: 'b' } });
    const first = await brief();
    expect((await brief()).decision).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const second = await brief();
    expect(second.decision).toBe(true);
    await expect(settle(token, { holdId: first.braid.hold_id as string })).rejects.toMatchObject({
      code: 'hold.closed',
    });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect((await expire(admin)).expired).toBe(1);
    const view = (await showExposure(admin, { meter: 'brief' })).items[0]!;
    expect(view).toMatchObject({ settled: '0', held: '0' });
    await consistent();
  });
});

describe('policies', () => {
  test('a new version binds the next request, and the counters go on', async () => {
    const set = (max: number) =>
      `set: live\ndefault: allow\nmeters:\n  exports: { count: true, per: identity, over: 1h, on: action.name == "export" }\nrules:\n  - id: few\n    limit: { meter: exports, max: ${max} }\n`;
    await apply(admin, { source: set(5) });
    expect(await apply(admin, { source: set(5) })).toMatchObject({ changed: false, version: 1 });
    for (let i = 0; i < 3; i++) expect((await ask({ subject: 'svc-exp', action: 'export' })).decision).toBe(true);
    await apply(admin, { source: set(3) });
    expect((await ask({ subject: 'svc-exp', action: 'export' })).decision).toBe(false);
    await apply(admin, { source: set(4) });
    expect((await ask({ subject: 'svc-exp', action: 'export' })).decision).toBe(true);
  });

  test('a set that does not compile is refused with line and column', async () => {
    const source = 'set: bad\nrules:\n  - id: x\n    deny: sesions.exists(s, true)\n';
    await expect(apply(admin, { source })).rejects.toMatchObject({
      code: 'policy.invalid',
      detail: [{ path: expect.stringContaining('line 4, column 11') }],
    });
  });
});

test('AuthZEN batch: running totals, whole-entity defaults, three semantics, refused items', async () => {
  const item = (amount: unknown) => ({ context: { amount, braid: { session: { id: 'b1' } } } });
  const base = {
    subject: { type: 'service_account', id: 'svc-batch' },
    action: { name: 'payment.create' },
    resource: { type: 'account', id: 'acct-batch' },
  };
  const many = async (evaluations: unknown[], semantic?: string) => {
    const answer = await evaluateMany(token, {
      ...base,
      evaluations,
      ...(semantic ? { options: { evaluations_semantic: semantic } } : {}),
    });
    return (answer as { evaluations: { decision: boolean; context: Record<string, unknown> }[] }).evaluations;
  };
  expect((await many([item(4000), item(4000), item(4000), item(2000)])).map((one) => one.decision)).toEqual([
    true,
    true,
    false,
    true,
  ]);
  expect((await many([item(1), item(1)], 'deny_on_first_deny')).map((one) => one.decision)).toEqual([false]);
  expect(
    (await many([item(1), { ...item(1), action: { name: 'record.read' } }, item(1)], 'permit_on_first_permit')).map(
      (one) => one.decision,
    ),
  ).toEqual([false, true]);
  const mixed = await many([{ action: { name: 123 } }, { action: { name: 'record.read' } }]);
  expect(mixed[0]).toMatchObject({ decision: false, context: { error: { status: 400 } } });
  expect(mixed[1]!.decision).toBe(true);
  await expect(
    evaluateMany(token, { ...base, evaluations: [item(1)], options: { evaluations_semantic: 'maybe' } }),
  ).rejects.toMatchObject({ code: 'input.invalid' });
  expect(await evaluateMany(token, { ...base, action: { name: 'record.read' }, evaluations: [] })).not.toHaveProperty(
    'evaluations',
  );
});

test('the log tells how the line was crossed: path, list, summary, exposures of the identity', async () => {
  const pay = (session: string, amount: number) =>
    ask({ subject: 'svc-path', resource: 'acct-path', session: { id: session }, context: { amount } });
  await pay('p1', 3000);
  await pay('p2', 3400);
  await pay('p3', 3000);
  const denied = await pay('p2', 2800);
  const found = await pathOf(admin, { decisionId: denied.braid.decision_id as string });
  expect(found.steps.map((step) => [step.kind, step.amount, step.after, step.own])).toEqual([
    ['settle', '300000', '300000', '300000'],
    ['settle', '340000', '640000', '340000'],
    ['settle', '300000', '940000', '300000'],
    ['refused', '280000', '940000', '340000'],
  ]);
  expect(found).toMatchObject({ crossing: 3, truncated: false, exposure: { limit: '1000000', meter: 'paid_24h' } });
  expect(found.strands.map((strand) => [strand.label, strand.share])).toEqual([
    ['p2', '340000'],
    ['p1', '300000'],
    ['p3', '300000'],
  ]);
  const shown = await show(admin, { id: denied.braid.decision_id as string });
  expect(shown.trace.exposures[0]).toMatchObject({ aloneBefore: '340000', aloneAsked: '620000', asked: '1220000' });
  expect(shown.neighbours.previous).not.toBeNull();
  const identityId = shown.decision.identityId;
  const split = await list(admin, { identityId, onlySplit: true });
  expect(split.items.map((row) => row.id)).toEqual([denied.braid.decision_id]);
  const first = await list(admin, { identityId, limit: 3 });
  const rest = await list(admin, { identityId, limit: 3, cursor: first.nextCursor! });
  expect([first.items.length, rest.items.length, rest.nextCursor]).toEqual([3, 1, null]);
  const now = Date.parse(shown.decision.at);
  const counted = await summary(admin, {
    identityId,
    from: new Date(now - 60_000).toISOString(),
    to: new Date(now + 60_000).toISOString(),
  });
  expect(counted).toMatchObject({
    total: 4,
    byVerdict: { allow: 3, deny: 1 },
    split: 1,
    spared: [{ unit: 'EUR', scale: 2, amount: '280000' }],
  });
  const exposures = await listExposures(admin, { identityId });
  expect(exposures.items[0]).toMatchObject({
    meter: 'paid_24h',
    settled: '940000',
    contributors: [{ settled: '340000' }, {}, {}],
  });
});

test('a changed byte, a removed entry and a bent counter are found', async () => {
  expect((await verify(admin)).ok).toBe(true);
  const some = (await pool().query(`select id from decisions order by id limit 1`)).rows[0].id;
  await pool().query(`update decisions set trace = replace(trace, '"allow"', '"deny"') where id = $1`, [some]);
  expect((await verify(admin)).problems.join()).toContain(`decision ${some} was changed`);
  await pool().query(
    `update exposures set settled = settled + 1 where id = (select id from exposures where meter = 'paid_24h' limit 1)`,
  );
  expect((await verify(admin)).problems.join()).toContain('its ledger sums to something else');
});
