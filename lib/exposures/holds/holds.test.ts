// What callers hold, kept alive by them and given back by an operator.
import { beforeAll, expect, test } from 'vitest';
import type { Ctx } from '@/lib/access/model';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { decide } from '@/lib/decisions/decide';
import { consistent } from '@/lib/decisions/testing-ask';
import { extend } from '@/lib/exposures/extend';
import { listHolds } from '@/lib/exposures/list-holds';
import { releaseFor } from '@/lib/exposures/release-for';
import { newId } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';

testDatabase();

const admin: Ctx = { actor: { kind: 'cli', name: 'cli:test' } };
const operator: Ctx = { actor: { kind: 'operator', id: newId(), name: 'Ada', role: 'responder' } };
const caller = (scopes: ('decide' | 'respond')[] = ['decide']): Ctx => ({
  actor: { kind: 'token', id: newId(), name: 'scheduler', scopes, issuer: 'default' },
});
const token = caller();

beforeAll(() =>
  apply(admin, {
    source: `set: jobs
default: allow
meters:
  job: { lease: true, per: resource.id, hold: 5s, on: action.name == "start" }
  spend: { sum: context.cost, unit: USD, scale: 2, per: identity, settle: explicit, hold: 15m, on: action.name == "spend" }
rules:
  - { id: one, limit: { meter: job, max: 1 } }
  - { id: budget, limit: { meter: spend, max: 100 } }
`,
  }),
);

const ask = async (subject: string, action: string, resource: string, cost = 1) => {
  const answer = await decide(token, {
    subject: { type: 'service_account', id: subject },
    action: { name: action },
    resource: { type: 'job', id: resource },
    context: { cost, braid: { session: { id: `${subject}-s`, label: subject } } },
  });
  return {
    decision: answer.decision,
    reason: answer.context.reason,
    holdId: (answer.context.braid as { hold_id?: string }).hold_id!,
  };
};
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const reason = 'The job crashed.';

test("an operator gives back a dead job's lease, and the audit log says why", async () => {
  const lease = await ask('svc-a', 'start', 'nightly');
  expect((await ask('svc-b', 'start', 'nightly')).reason).toBe('lease_held');
  expect((await listHolds(operator)).items).toMatchObject([
    { id: lease.holdId, kind: 'lease', identityName: 'svc-a', lines: [{ meter: 'job', key: 'nightly', amount: '1' }] },
  ]);
  await expect(releaseFor(token, { id: lease.holdId, reason })).rejects.toMatchObject({ code: 'access.denied' });
  await expect(releaseFor(operator, { id: newId(), reason })).rejects.toMatchObject({ code: 'not_found' });
  await expect(releaseFor(operator, { id: lease.holdId, reason: '' })).rejects.toThrow();
  expect(await releaseFor(operator, { id: lease.holdId, reason })).toMatchObject({ state: 'released' });
  expect(await releaseFor(caller(['respond']), { id: lease.holdId, reason })).toMatchObject({ state: 'released' });
  const { rows } = await pool().query(
    `select actor_name, reason, target_id from audit_entries where action = 'hold.release'`,
  );
  expect(rows).toEqual([{ actor_name: 'Ada', reason, target_id: lease.holdId }]);
  expect((await listHolds(operator)).items).toEqual([]);
  expect((await ask('svc-b', 'start', 'nightly')).decision).toBe(true);
  await consistent();
});

test('what is reserved is given back to its limit', async () => {
  const held = await ask('svc-c', 'spend', 'r', 90);
  expect((await ask('svc-c', 'spend', 'r', 20)).decision).toBe(false);
  const { identityId, lines } = (await listHolds(operator, { kind: 'hold' })).items[0]!;
  expect((await listHolds(operator, { identityId, exposureId: lines[0]!.exposureId })).items).toHaveLength(1);
  await releaseFor(operator, { id: held.holdId, reason });
  expect((await ask('svc-c', 'spend', 'r', 20)).decision).toBe(true);
  await consistent();
});

test('a long job keeps its short lease alive; once it stops, the lease ends by itself', async () => {
  const { holdId } = await ask('svc-d', 'start', 'long');
  for (let beat = 0; beat < 4; beat++) {
    await pause(1_500);
    expect(await extend(token, { holdId })).toMatchObject({ state: 'held', closedAt: null });
  }
  expect((await ask('svc-e', 'start', 'long')).reason).toBe('lease_held');
  await expect(extend(caller(), { holdId })).rejects.toMatchObject({ code: 'not_found' });
  const left = Date.parse((await extend(token, { holdId })).expiresAt) - Date.now();
  expect(left).toBeLessThan(6_000); // as long as it was made for, not longer with every beat
  await pause(5_300);
  await expect(extend(token, { holdId })).rejects.toMatchObject({ code: 'hold.closed' });
  expect((await ask('svc-e', 'start', 'long')).decision).toBe(true);
  await consistent();
});

test('who was shut out extends nothing', async () => {
  const { holdId } = await ask('svc-f', 'start', 'shut');
  await pool().query(`update identities set state = 'revoked' where name = 'svc-f'`);
  await expect(extend(token, { holdId })).rejects.toMatchObject({ code: 'conflict' });
  const gone = await ask('svc-g', 'start', 'ended');
  await pool().query(
    `update sessions set state = 'ended', ended_at = now() from identities i where i.id = identity_id and i.name = 'svc-g'`,
  );
  await expect(extend(token, { holdId: gone.holdId })).rejects.toMatchObject({ code: 'conflict' });
});
