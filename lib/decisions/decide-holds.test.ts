// Deciding with holds and leases, and under policies that change.
import { beforeAll, describe, expect, test } from 'vitest';
import type { Ctx } from '@/lib/access/model';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { admin, applyTestPolicies, ask, consistent, token } from '@/lib/decisions/testing-ask';
import { expire } from '@/lib/exposures/expire';
import { release } from '@/lib/exposures/release';
import { settle } from '@/lib/exposures/settle';
import { show as showExposure } from '@/lib/exposures/show';
import { newId } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';

testDatabase();
beforeAll(applyTestPolicies);

describe('holds', () => {
  test('A12: the second client of one credential is denied, and told who holds the lease; release frees it', async () => {
    const start = (subject: string, id: string) =>
      ask({ subject, action: 'job.start', session: { id, key: 'AKIA1', label: id } });
    const first = await start('svc-scheduler', 'scheduler');
    expect(first.braid.hold_id).toBeTruthy();
    const second = await start('svc-app', 'application');
    expect(second).toMatchObject({ decision: false, reason: 'lease_held', braid: { alone: 'allow' } });
    expect(second.message).toContain('held by scheduler');
    const released = await release(token, { holdId: first.braid.hold_id as string });
    expect(released).toMatchObject({ state: 'released', closedAt: expect.any(String) });
    expect(await release(token, { holdId: first.braid.hold_id as string })).toEqual(released);
    expect((await start('svc-app', 'application')).decision).toBe(true);
    await consistent();
  });

  test('what never forgets keeps one slice a session, however often it is held and settled', async () => {
    const at = { subject: 'agent-ever', action: 'tool.call', session: { id: 'e1' } };
    const call = () => ask({ ...at, context: { cost: 1 } });
    const use = async () => settle(token, { holdId: (await call()).braid.hold_id as string });
    await use();
    const of = `e.meter = 'spend' and i.name = 'agent-ever' and e.key = i.id::text`;
    const slices = async () =>
      (
        await pool().query(
          `select x.bucket_at::date::text as end, x.settled, x.alone from exposure_slices x join exposures e on e.id = x.exposure_id, identities i where ${of}`,
        )
      ).rows;
    expect(await slices()).toEqual([{ end: '9999-12-31', settled: 100n, alone: 100n }]);
    // As they were kept before: parted by the time of the hold.
    await pool().query(
      `insert into exposure_buckets (exposure_id, bucket_at, session_id, settled, alone)
       select e.id, date_trunc('second', now()) - make_interval(secs => n * 15), s.id, 0, 0 from exposures e, identities i, sessions s, generate_series(1, 50) n
       where ${of} and s.identity_id = i.id`,
    );
    await pool().query(`update exposures e set version = version + 1, aside = aside + 1 from identities i where ${of}`);
    expect(await slices()).toHaveLength(51);
    await use();
    expect(await slices()).toEqual([{ end: '9999-12-31', settled: 200n, alone: 200n }]);
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
