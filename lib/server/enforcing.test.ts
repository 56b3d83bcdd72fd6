// A finding puts a policy set in force: the next request is decided on it, and it goes back as it was.
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Ctx, systemCtx } from '@/lib/access/model';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { transaction } from '@/lib/db/transaction';
import { decide } from '@/lib/decisions/decide';
import { verify } from '@/lib/decisions/verify';
import type { Found } from '@/lib/findings/model';
import { raise } from '@/lib/findings/raise';
import { newId } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';
import { retire } from '@/lib/policies/retire';
import { carryOutResponse } from '@/lib/responses/carry-out-response';
import { createRule } from '@/lib/responses/create-rule';
import { endDueEnforcement } from '@/lib/responses/end-enforcement';
import { list } from '@/lib/responses/list';
import { type CreateRuleInput, usualGuardrails } from '@/lib/responses/model';
import { removeRule } from '@/lib/responses/remove-rule';
import { setGuardrails } from '@/lib/responses/set-guardrails';
import { undo } from '@/lib/responses/undo';
import { updateRule } from '@/lib/responses/update-rule';
import { ctx, respondWorld, until, viewer } from '@/lib/server/testing-respond';

testDatabase();
respondWorld();

const detection: Ctx = systemCtx('detection');
const token: Ctx = { actor: { kind: 'token', id: newId(), name: 'api', scopes: ['decide'], issuer: 'default' } };
const set = (name: string, rules: string): string => `set: ${name}\ndefault: allow\n${rules}`;
const OPEN = 'rules:\n  - id: nobody\n    deny: "false"\n';
const SHUT = 'rules:\n  - id: not-now\n    deny: action.name == "payout.send"\n';

let name: string;
let asks = 0;
const rules: string[] = [];

async function asked(action = 'payout.send') {
  const answer = await decide(token, {
    subject: { type: 'service_account', id: `payer-${asks++}` },
    action: { name: action },
    resource: { type: 'account', id: 'a' },
  });
  return answer.decision;
}
const standing = async () =>
  Object.fromEntries(
    (await prisma().policySet.findMany({ where: { name, state: { in: ['active', 'shadow'] } } })).map((row) => [
      row.state,
      { version: row.version, source: row.source },
    ]),
  );

async function identityOf(): Promise<string> {
  await asked('balance.read');
  return (await prisma().identity.findFirstOrThrow({ where: { name: `payer-${asks - 1}` } })).id;
}

async function found(identityId: string, agoMs = 0): Promise<string> {
  const now = new Date(Date.now() - agoMs).toISOString();
  const one: Found = {
    identityId,
    detector: 'deny-storm',
    cause: newId(),
    severity: 'high',
    title: 'Tries again and again what it may not',
    summary: 'Something happened.',
    reasons: [],
    evidence: { sessions: [], decisions: [newId()], events: [] },
    firstSeenAt: now,
    lastSeenAt: now,
  };
  return (await transaction((tx) => raise(tx, detection, [one]))).ids[0]!;
}

const responsesTo = async (findingId: string) => (await list(viewer, { findingId })).items;
const inState = (findingId: string, state: string) =>
  until(async () => (await responsesTo(findingId)).find((one) => one.state === state));

async function rule(over: Partial<CreateRuleInput> = {}): Promise<string> {
  const { id } = await createRule(ctx, {
    name: `Storm: ${name}`,
    detectors: ['deny-storm'],
    minSeverity: 'high',
    action: 'enforce',
    policySet: name,
    ...over,
  });
  await updateRule(ctx, { id, state: 'enabled' });
  rules.push(id);
  return id;
}

// Where no set is in force everything is refused.
beforeAll(async () => {
  await apply(ctx, { source: set('always', OPEN) });
});
beforeEach(async () => {
  name = `tight-${newId().slice(-6)}`;
  await setGuardrails(ctx, usualGuardrails());
  await prisma().response.deleteMany({ where: { origin: 'rule' } });
});
afterEach(async () => {
  for (const id of rules.splice(0)) await removeRule(ctx, { id });
  for (const what of ['active', 'shadow'] as const)
    await retire(ctx, { name, what, reason: 'the test is over' }).catch(() => null);
});

test('the set in shadow is in force from the next request on, says why, and undone it is in shadow again', async () => {
  await apply(ctx, { source: set(name, OPEN) });
  await apply(ctx, { source: set(name, SHUT), shadow: true });
  await rule();
  expect(await asked()).toBe(true);
  const finding = await found(await identityOf());
  const done = await inState(finding, 'done');
  expect(done).toMatchObject({ kind: 'enforce', policy: { name, version: 2, backAt: null }, undoable: true });
  expect(await asked()).toBe(false);
  const active = await prisma().policySet.findFirstOrThrow({ where: { name, state: 'active' } });
  expect(active).toMatchObject({ version: 2, activatedBy: `rule Storm: ${name}` });
  expect(active.activatedFor).toContain(`(finding ${finding}, rule Storm: ${name})`);

  await expect(undo(viewer, { id: done.id })).rejects.toMatchObject({ code: 'access.denied' });
  expect(await undo(ctx, { id: done.id, reason: 'it was a test' })).toMatchObject({ kind: 'enforce' });
  expect(await asked()).toBe(true);
  expect(await standing()).toEqual({
    active: { version: 3, source: set(name, OPEN) },
    shadow: { version: 4, source: set(name, SHUT) },
  });
  expect((await responsesTo(finding))[0]).toMatchObject({ state: 'undone', undoable: false });
  await expect(undo(ctx, { id: done.id })).rejects.toMatchObject({ code: 'conflict' });
  // Every step is an act of its own, and what is in force is what the sealed entries say.
  const actions = await prisma().auditEntry.findMany({
    where: { targetType: 'policy_set', targetName: name },
    orderBy: { id: 'asc' },
    select: { action: true, actorName: true },
  });
  expect(actions.map((one) => `${one.action} ${one.actorName}`)).toEqual([
    `policy.apply ${ctx.actor.name}`,
    `policy.shadow ${ctx.actor.name}`,
    `policy.promote rule Storm: ${name}`,
    `policy.roll_back ${ctx.actor.name}`,
    `policy.shadow ${ctx.actor.name}`,
  ]);
  expect((await verify(ctx)).problems.filter((one) => JSON.stringify(one).includes(name))).toEqual([]);
});

test('a set that was not in force goes out of force again, after its time, by itself', async () => {
  await apply(ctx, { source: set(name, SHUT), shadow: true });
  await rule({ forSecs: 1 });
  const finding = await found(await identityOf());
  await until(async () => !(await asked()));
  const over = await inState(finding, 'undone');
  expect(over).toMatchObject({ decidedBy: 'response', policy: { version: 1 } });
  expect(await asked()).toBe(true);
  expect(await standing()).toEqual({ shadow: { version: 2, source: set(name, SHUT) } });
});

test('what somebody changed since is left as they made it, which it says', async () => {
  await apply(ctx, { source: set(name, SHUT), shadow: true });
  await rule({ forSecs: 3600 });
  const finding = await found(await identityOf());
  const { id } = await inState(finding, 'done');
  await apply(ctx, { source: set(name, OPEN) });
  await expect(undo(ctx, { id })).rejects.toMatchObject({
    code: 'conflict',
    publicMessage: expect.stringMatching(/Version 2 of .* is active by now/),
  });
  await endDueEnforcement(detection, { id });
  expect((await responsesTo(finding))[0]).toMatchObject({
    state: 'done',
    undoable: false,
    detail: expect.stringMatching(/^Not taken back: Version 2/),
  });
  expect(await standing()).toEqual({ active: { version: 2, source: set(name, OPEN) } });
});

test('a storm puts it in force once; old evidence and nothing in shadow put nothing in force', async () => {
  await apply(ctx, { source: set(name, SHUT), shadow: true });
  await rule();
  const identity = await identityOf();
  const old = await found(identity, 2 * 3_600_000);
  const storm = await Promise.all(Array.from({ length: 6 }, () => found(identity)));
  await until(async () => !(await asked()));
  const states = await until(async () => {
    const all = (await Promise.all(storm.map(responsesTo))).flat();
    return all.some((one) => one.state === 'done') && !all.some((one) => one.state === 'waiting') ? all : undefined;
  });
  expect(states.filter((one) => one.state === 'done')).toHaveLength(1);
  for (const one of states.filter((each) => each.state === 'cancelled'))
    expect(one.detail).toMatch(/is in shadow: there is nothing to put in force/);
  expect(await responsesTo(old)).toEqual([]);
  expect(await prisma().policySet.count({ where: { name } })).toBe(1);
  // A worker that was killed after it had happened finds it done.
  await carryOutResponse(detection, { id: states.find((one) => one.state === 'done')!.id });
  expect(await prisma().policySet.count({ where: { name } })).toBe(1);
});

test('a set that only watches is not put in force; neither may who has no right over policies make such a rule', async () => {
  await apply(ctx, { source: set(name, `mode: shadow\n${SHUT}`), shadow: true });
  const id = await rule();
  const finding = await found(await identityOf());
  expect((await inState(finding, 'cancelled')).detail).toMatch(/active, it would go on only watching/);
  const responder: Ctx = { actor: { kind: 'operator', id: newId(), name: 'mia', role: 'responder' } };
  await expect(createRule(responder, { name: 'Not theirs', action: 'enforce', policySet: name })).rejects.toMatchObject(
    { code: 'access.denied' },
  );
  await expect(createRule(ctx, { name: 'Which one', action: 'enforce' })).rejects.toThrow(/policy set/);
  await expect(updateRule(ctx, { id, policySet: null })).rejects.toMatchObject({ code: 'input.invalid' });
});
