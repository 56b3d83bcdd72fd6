// A finding is raised, a rule acts on it within its guardrails, and what it did is proven on a real PostgreSQL.
import { expect, test } from 'vitest';
import type { Ctx } from '@/lib/access/model';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { transaction } from '@/lib/db/transaction';
import { acknowledge } from '@/lib/findings/acknowledge';
import { close } from '@/lib/findings/close';
import type { Detector, Found, Severity } from '@/lib/findings/model';
import { raise } from '@/lib/findings/raise';
import { newId } from '@/lib/platform/ids';
import { show as showPlaybook } from '@/lib/playbooks/show';
import { agree } from '@/lib/responses/agree';
import { cancel } from '@/lib/responses/cancel';
import { createRule } from '@/lib/responses/create-rule';
import { list } from '@/lib/responses/list';
import { listRules } from '@/lib/responses/list-rules';
import { type CreateRuleInput, type Guardrails, SUGGESTED, usualGuardrails } from '@/lib/responses/model';
import { setGuardrails } from '@/lib/responses/set-guardrails';
import { undo } from '@/lib/responses/undo';
import { updateRule } from '@/lib/responses/update-rule';
import { carryOut } from '@/lib/revocations/carry-out';
import { request } from '@/lib/revocations/request';
import { asUsual } from '@/lib/server/testing-guardrails';
import { account, backends, ctx, live, reached, respondWorld, until, viewer } from '@/lib/server/testing-respond';

testDatabase();
respondWorld();

const detection: Ctx = { actor: { kind: 'system', name: 'detection' } };

async function found(
  identityId: string,
  sessions: string[],
  detector: Detector,
  severity: Severity = 'high',
  agoMs = 0,
  cause = newId(),
) {
  const now = new Date(Date.now() - agoMs).toISOString();
  const one: Found = {
    identityId,
    detector,
    cause,
    severity,
    title: `Found by ${detector}`,
    summary: 'Something happened.',
    reasons: [],
    evidence: { sessions, decisions: [newId()], events: [] },
    firstSeenAt: now,
    lastSeenAt: now,
  };
  return (await transaction((tx) => raise(tx, detection, [one]))).ids[0]!;
}

const responsesTo = async (findingId: string) => (await list(viewer, { findingId })).items;
const inState = (findingId: string, state: string) =>
  until(async () => (await responsesTo(findingId)).find((one) => one.state === state));

/** A rule that is on while `work` runs. */
async function under(input: CreateRuleInput, work: () => Promise<void>, bounds: Partial<Guardrails> = {}) {
  await setGuardrails(ctx, { ...usualGuardrails(), ...bounds });
  const { id } = await createRule(ctx, input);
  expect((await listRules(ctx)).items.find((one) => one.id === id)).toMatchObject({ state: 'disabled' });
  await updateRule(ctx, { id, state: 'enabled' });
  try {
    await work();
  } finally {
    await updateRule(ctx, { id, state: 'disabled' });
    await asUsual();
  }
}

test.each(SUGGESTED.map((rule) => [rule.name, rule] as const))(
  '%s: the session in evidence ends, proven',
  async (_name, rule) => {
    const { id, role } = await account(`act_${rule.detectors![0]!.replace('-', '_')}`, 2);
    const [evil, good] = await live(id);
    await under(rule, async () => {
      const finding = await found(id, [evil!.id], rule.detectors![0]!);
      const done = await inState(finding, 'done');
      expect(done).toMatchObject({ origin: 'rule', kind: 'terminate', askedBy: `rule ${rule.name}`, undoable: false });
      const revocation = await reached(done.revocationIds[0]!, 'verified');
      expect(revocation).toMatchObject({ actorName: `rule ${rule.name}`, sessionIds: [evil!.id] });
      expect(await prisma().session.findUnique({ where: { id: good!.id } })).toMatchObject({ endedAt: null });
      expect(await backends(role)).toBe(1);
    });
  },
);

test('a rule at rest, a lesser severity, another detector or old evidence does nothing', async () => {
  const { id } = await account('quiet');
  const [session] = await live(id);
  await createRule(ctx, { name: 'at rest', minSeverity: 'low', action: 'terminate' });
  const first = await found(id, [session!.id], 'extraction');
  await under({ name: 'narrow', detectors: ['replay'], minSeverity: 'critical', action: 'revoke' }, async () => {
    const second = await found(id, [session!.id], 'replay', 'high');
    const third = await found(id, [session!.id], 'travel', 'critical');
    const old = await found(id, [session!.id], 'replay', 'critical', 2 * 3_600_000);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    for (const one of [first, second, third, old]) expect(await responsesTo(one)).toEqual([]);
  });
  expect((await live(id)).length).toBe(1);
});

test('a pause by rule is undone within its time, and not after', async () => {
  const { id, role } = await account('undone');
  const [session] = await live(id);
  await under({ name: 'pause on replay', detectors: ['replay'], minSeverity: 'low', action: 'pause' }, async () => {
    const done = await inState(await found(id, [session!.id], 'replay'), 'done');
    expect(done).toMatchObject({ kind: 'pause', undoable: true });
    await reached(done.revocationIds[0]!, 'verified');
    expect(await backends(role)).toBe(0);
    await expect(undo(viewer, { id: done.id })).rejects.toMatchObject({ code: 'access.denied' });
    const back = await undo(ctx, { id: done.id });
    await reached(back.revocationIds[0]!, 'verified');
    expect(await prisma().identity.findUnique({ where: { id } })).toMatchObject({ state: 'active' });
    await expect(undo(ctx, { id: done.id })).rejects.toMatchObject({ code: 'conflict' });
  });
  await under({ name: 'late', detectors: ['replay'], minSeverity: 'low', action: 'pause', undoSecs: 0 }, async () => {
    const done = await inState(await found(id, [], 'replay'), 'done');
    await expect(undo(ctx, { id: done.id })).rejects.toMatchObject({ code: 'conflict' });
  });
});

test('undoing an act does not open what somebody closed again since', async () => {
  const { id } = await account('reclosed');
  await under({ name: 'pause first', detectors: ['replay'], minSeverity: 'low', action: 'pause' }, async () => {
    const done = await inState(await found(id, [], 'replay'), 'done');
    const why = { reasonCode: 'unexpected_behaviour' as const, reason: 'a test' };
    await request(ctx, { kind: 'resume', identityId: id, ...why });
    await request(ctx, { kind: 'pause', identityId: id, ...why });
    await expect(undo(ctx, { id: done.id })).rejects.toMatchObject({ code: 'conflict' });
    expect(await prisma().identity.findUnique({ where: { id } })).toMatchObject({ state: 'paused' });
  });
});

test('a delay leaves time to cancel; a finding that is closed meanwhile cancels it by itself', async () => {
  const { id } = await account('delayed');
  const slow = { name: 'slow', detectors: ['travel' as const], minSeverity: 'low' as const, action: 'revoke' as const };
  await under({ ...slow, delaySecs: 3600 }, async () => {
    const waiting = await inState(await found(id, [], 'travel'), 'waiting');
    expect(waiting.dueAt).not.toBeNull();
    await cancel(ctx, { id: waiting.id, reason: 'it was us' });
    expect((await list(ctx, { state: 'cancelled' })).items[0]).toMatchObject({ id: waiting.id, detail: 'it was us' });
  });
  await under({ ...slow, delaySecs: 1 }, async () => {
    const finding = await found(id, [], 'travel');
    await inState(finding, 'waiting');
    await acknowledge(ctx, { id: finding });
    await close(ctx, { id: finding, disposition: 'benign', reason: 'expected' });
    expect(await inState(finding, 'cancelled')).toMatchObject({ detail: 'the finding was closed' });
  });
  expect(await prisma().identity.findUnique({ where: { id } })).toMatchObject({ state: 'active' });
});

test('guardrails: never, and no more than so many an hour; what is refused is written on the finding', async () => {
  const [a, b, c] = [await account('payroll_x'), await account('cap_a'), await account('cap_b')];
  const rule = {
    name: 'bounded',
    detectors: ['survival' as const],
    minSeverity: 'low' as const,
    action: 'pause' as const,
  };
  const before = await prisma().response.count({ where: { origin: 'rule', state: { in: ['done', 'undone'] } } });
  await under(
    rule,
    async () => {
      const never = await found(a.id, [], 'survival');
      expect(await inState(never, 'refused')).toMatchObject({ detail: expect.stringContaining('never touched') });
      await until(async () => (await prisma().note.count({ where: { targetId: never } })) === 1);
      await inState(await found(b.id, [], 'survival'), 'done');
      const over = await found(c.id, [], 'survival');
      expect(await inState(over, 'refused')).toMatchObject({ detail: expect.stringContaining('no more than') });
    },
    { never: ['payroll*'], capPerHour: before + 1 },
  );
  const states = await prisma().identity.findMany({
    where: { id: { in: [a.id, b.id, c.id] } },
    orderBy: { name: 'asc' },
  });
  expect(states.map((one) => [one.name.slice(0, 5), one.state])).toEqual([
    ['cap_a', 'paused'],
    ['cap_b', 'active'],
    ['payro', 'active'],
  ]);
});

const bounding = {
  detectors: ['survival' as const],
  minSeverity: 'low' as const,
  action: 'terminate' as const,
};
const occurrences = async (id: string) => (await prisma().finding.findUniqueOrThrow({ where: { id } })).occurrences;

test('clients that connect anew are the same incident: one act until it is over and the pause has passed', async () => {
  const { id } = await account('reconnects', 3);
  const [first, second, third] = await live(id);
  const cause = newId();
  await under({ name: 'once', ...bounding }, async () => {
    const finding = await found(id, [first!.id], 'survival', 'high', 0, cause);
    const done = await inState(finding, 'done');
    for (let n = 0; n < 5; n++) await found(id, [second!.id], 'survival', 'high', 0, cause);
    await reached(done.revocationIds[0]!, 'verified');
    await found(id, [second!.id], 'survival', 'high', 0, cause);
    expect(await occurrences(finding)).toBeGreaterThan(5);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await responsesTo(finding)).toMatchObject([{ id: done.id, state: 'done', times: 1 }]);
    expect(await prisma().session.findUnique({ where: { id: second!.id } })).toMatchObject({ endedAt: null });
    await updateRule(ctx, { id: done.ruleId!, againAfterSecs: 0 });
    await found(id, [third!.id], 'survival', 'high', 0, cause);
    const again = await until(async () => {
      const acts = await responsesTo(finding);
      return acts.length === 2 && acts.every((one) => one.state === 'done') && acts[0];
    });
    await reached(again.revocationIds[0]!, 'verified');
  });
});

test('what one guardrail refuses of a finding is told once and counted up; one identity leaves room for others', async () => {
  const [a, b] = [await account('noisy_a', 2), await account('noisy_b')];
  const [one, two] = await live(a.id);
  const [other] = await live(b.id);
  await under(
    { name: 'bounded for one', ...bounding },
    async () => {
      await inState(await found(a.id, [one!.id], 'survival'), 'done');
      const cause = newId();
      const finding = await found(a.id, [two!.id], 'survival', 'high', 0, cause);
      await inState(finding, 'refused');
      for (let n = 0; n < 4; n++) {
        const before = (await responsesTo(finding))[0]!.times;
        await found(a.id, [two!.id], 'survival', 'high', 0, cause);
        await until(async () => (await responsesTo(finding))[0]!.times > before);
      }
      const rows = await responsesTo(finding);
      expect(rows).toMatchObject([{ state: 'refused', times: 5, detail: expect.stringContaining('on one identity') }]);
      expect(await prisma().note.count({ where: { targetId: finding } })).toBe(1);
      await inState(await found(b.id, [other!.id], 'survival'), 'done');
    },
    { capPerIdentity: 1 },
  );
});

test('numbers that are none, or out of bounds, are refused in words; a bound for one operator is said to be a lock-out', async () => {
  for (const capPerHour of [-1, 0.5, Number.NaN])
    await expect(setGuardrails(ctx, { ...usualGuardrails(), capPerHour })).rejects.toThrow('a whole number from');
  const bound = { ...usualGuardrails(), second: { identities: 1, sessions: null, systems: null } };
  expect(await setGuardrails(ctx, bound)).toMatchObject({ mayAgree: 0, warning: expect.stringContaining('by nobody') });
  await asUsual();
});

test('a rule whose act reaches too far waits for an operator', async () => {
  const { id } = await account('wide', 3);
  const bounds = { second: { identities: null, sessions: 2, systems: null } };
  await under(
    { name: 'wide', detectors: ['replay'], minSeverity: 'low', action: 'revoke' },
    async () => {
      const proposed = await inState(await found(id, [], 'replay'), 'proposed');
      expect(proposed.detail).toContain('3 live sessions, more than 2');
      const result = await agree(ctx, { id: proposed.id });
      await reached(result.revocationIds[0]!, 'verified');
    },
    bounds,
  );
  expect(await prisma().identity.findUnique({ where: { id } })).toMatchObject({ state: 'revoked' });
});

test('a rule starts a playbook, once', async () => {
  const { id } = await account('booked');
  await under({ name: 'book', detectors: ['human-use'], minSeverity: 'low', action: 'playbook' }, async () => {
    const finding = await found(id, [], 'human-use');
    const done = await inState(finding, 'done');
    expect(await showPlaybook(viewer, { id: done.playbookId! })).toMatchObject({ findingId: finding, state: 'open' });
  });
});

test('what a policy wants is bounded too: the decision stands, no system is touched, and it counts', async () => {
  const { id, role } = await account('policied');
  const [session] = await live(id);
  const act = {
    kind: 'terminate' as const,
    by: 'payments/cap',
    decisionId: newId(),
    identityId: id,
    sessionId: session!.id,
    reason: 'over',
  };
  await setGuardrails(ctx, { ...usualGuardrails(), never: ['policied*'] });
  expect(await carryOut(detection, act)).toEqual({ revocationId: null });
  expect(await backends(role)).toBe(1);
  expect((await list(ctx, { identityId: id })).items).toMatchObject([
    { origin: 'policy', state: 'refused', askedBy: 'payments/cap' },
  ]);
  await asUsual();
  const next = await carryOut(detection, { ...act, decisionId: newId() });
  await reached(next.revocationId!, 'verified');
  expect(await backends(role)).toBe(0);
});
