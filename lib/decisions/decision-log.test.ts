// What the log of decisions tells: batches, paths, and what was tampered with.
import { beforeAll, expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { evaluateMany } from '@/lib/decisions/evaluate-many';
import { list } from '@/lib/decisions/list';
import { path as pathOf } from '@/lib/decisions/path';
import { show } from '@/lib/decisions/show';
import { summary } from '@/lib/decisions/summary';
import { admin, applyTestPolicies, ask, token } from '@/lib/decisions/testing-ask';
import { verify } from '@/lib/decisions/verify';
import { list as listExposures } from '@/lib/exposures/list';

testDatabase();
beforeAll(applyTestPolicies);

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
  const changed = async (statement: string, back: string, id: unknown) => {
    await pool().query(statement, [id]);
    const { problems } = await verify(admin);
    await pool().query(back, [id]);
    expect((await verify(admin)).ok).toBe(true);
    return problems;
  };
  const some = (await pool().query(`select id from decisions where verdict = 'allow' order by id limit 1`)).rows[0].id;
  const found = expect.objectContaining({ code: 'record.changed', record: `decision ${some}` });
  for (const column of ['message', 'rule_id', 'unit', 'request_id', 'action', 'resource_id']) {
    const kept = (await pool().query(`select ${column} as kept from decisions where id = $1`, [some])).rows[0].kept;
    const back = `update decisions set ${column} = ${kept === null ? 'null' : `'${kept}'`} where id = $1`;
    expect(await changed(`update decisions set ${column} = 'other' where id = $1`, back, some), column).toContainEqual(
      found,
    );
  }
  const entry = (sign: string) =>
    `update ledger_entries set settled_now = settled_now ${sign} 1000000 where decision_id = $1`;
  expect(await changed(entry('+'), entry('-'), some)).toContainEqual(found);
  await pool().query(`update decisions set trace = replace(trace, '"allow"', '"deny"') where id = $1`, [some]);
  expect((await verify(admin)).problems).toMatchObject([{ code: 'record.changed', record: `decision ${some}` }]);
  await pool().query(
    `update exposures set settled = settled + 1 where id = (select id from exposures where meter = 'paid_24h' limit 1)`,
  );
  expect((await verify(admin)).problems.map((one) => one.code)).toContain('counter.differs');
});
