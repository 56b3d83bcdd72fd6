import { expect, test } from 'vitest';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { certificate } from '@/lib/revocations/certificate';
import { measured } from '@/lib/revocations/measured/store';
import { retry } from '@/lib/revocations/retry';
import { show } from '@/lib/revocations/show';
import { times } from '@/lib/revocations/times';
import { perSystem } from '@/lib/revocations/times/store';
import { factsOf, writeSteps } from '@/lib/revocations/write-step';

testDatabase();
const ctx = { actor: { kind: 'operator' as const, id: newId(), name: 'Rae', role: 'admin' as const } };
const DAY = 86_400_000;
const PROOF = [{ at: 'then', did: 'logged in', saw: 'refused' }];

interface System {
  name: string;
  state: string;
}

/** A revocation asked for a day ago, with one acting step and one probe in each system, finished 2 s after the click. */
async function standing(state: string, systems: System[]) {
  const [identityId, id] = [newId(), newId()];
  const at = new Date(clock.ms() - DAY);
  const finishedAt = new Date(at.getTime() + 2_000);
  await prisma().identity.create({ data: { id: identityId, name: id, externalId: id, kind: 'service_account' } });
  const said = { reasonCode: 'test', reason: '', actorKind: 'operator', actorName: 'Rae', requestedAt: at };
  const verifiedAt = ['verified', 'regrown'].includes(state) ? finishedAt : null;
  await prisma().revocation.create({
    data: { id, kind: 'revoke', identityId, state, verifiedAt, effectiveAt: at, ...said },
  });
  const placed = systems.map((system) => ({ ...system, connectorId: newId() }));
  const came = (...states: string[]) => ({
    history: states.map((own, n) => ({ state: own, at: new Date(at.getTime() + n * 1_000).toISOString() })),
  });
  const all = { revocationId: id, attempts: 1, startedAt: at, finishedAt };
  for (const [n, { name: system, connectorId, state: own }] of placed.entries()) {
    const step = { ...all, system, connectorId };
    const acted = own === 'failed' ? 'failed' : 'effective';
    await prisma().revocationStep.createMany({
      data: [
        {
          ...step,
          id: newId(),
          ordinal: 2 * n,
          verb: 'block',
          title: 'Block',
          state: acted,
          detail: '3 of 3 ended',
          ...came('requested', acted),
        },
        {
          ...step,
          id: newId(),
          ordinal: 2 * n + 1,
          verb: 'probe',
          title: 'Prove it',
          state: own,
          proof: PROOF,
          detail: 'seen then',
          ...came('requested', 'accepted', own),
        },
      ],
    });
  }
  const watch = { ...all, id: newId(), ordinal: 99, verb: 'regrowth', title: 'Watch', system: 'regrowth' };
  const watched = state === 'regrown' ? 'failed' : 'requested';
  await prisma().revocationStep.create({ data: { ...watch, connectorId: null, state: watched } });
  return { id, at, placed };
}

/** Every step that was asked again takes hold now, and its probe proves it. */
async function proveNow(id: string): Promise<void> {
  const stored = await prisma().revocation.findUniqueOrThrow({ where: { id }, include: { steps: true } });
  const asked = factsOf(stored).filter((step) => step.verb !== 'regrowth' && step.state === 'requested');
  await writeSteps(
    id,
    asked.map((step) => [
      step.id,
      { state: step.verb === 'probe' ? 'verified' : 'effective', detail: '0 of 0 ended', finished: true },
    ]),
  );
}

const ofConnector = async (connectorId: string) =>
  (await measured()).find((row) => row.of === 'connector' && row.connectorId === connectorId);

test('access that came back and is ended again was not proven over at the first time', async () => {
  const { id } = await standing('regrown', [{ name: 'Acme', state: 'verified' }]);
  await retry(ctx, { id });
  const { certificate: says } = JSON.parse((await certificate(ctx, { id })).text);
  expect(says).toMatchObject({ state: 'requested', times: { verified: null, requestedToVerifiedMs: null } });
});

test('what is ended again a day later took as long as that took: not a day', async () => {
  const { id, placed } = await standing('regrown', [{ name: 'Acme', state: 'verified' }]);
  const { connectorId } = placed[0]!;
  expect(Math.round((await ofConnector(connectorId))!.p50)).toBe(2_000);
  await retry(ctx, { id });
  await proveNow(id);
  expect((await ofConnector(connectorId))!.p95).toBeLessThan(60_000);
  const { certificate: says } = JSON.parse((await certificate(ctx, { id })).text);
  const row = await show(ctx, { id });
  expect(row.endedAgainAt).not.toBeNull();
  expect(says.times).toMatchObject({ endedAgain: row.endedAgainAt, requestedToVerifiedMs: expect.any(Number) });
  expect(says.times.requestedToVerifiedMs).toBeLessThan(60_000);
  await expect(times(ctx)).resolves.toMatchObject({ total: expect.any(Number), verified: { p95: expect.any(Number) } });
  expect((await times(ctx)).verified!.p95).toBeLessThan(60_000);
});

test('what waited a day for a person to ask again says nothing of how fast its system is; the report tells the day', async () => {
  const { id, placed } = await standing('failed', [
    { name: 'Acme', state: 'failed' },
    { name: 'Beta', state: 'verified' },
  ]);
  const [acme, beta] = placed.map((one) => one.connectorId);
  await retry(ctx, { id });
  const beside = (await show(ctx, { id })).steps.filter((step) => step.connectorId === beta);
  expect(beside.map((step) => step.state)).toEqual(['effective', 'verified']); // proven there: left alone
  await proveNow(id);
  expect(await ofConnector(acme!)).toBeUndefined();
  expect(Math.round((await ofConnector(beta!))!.p50)).toBe(2_000);
  expect((await show(ctx, { id })).state).toBe('verified');
  expect((await times(ctx)).verified!.p95).toBeGreaterThan(DAY / 2); // it was open, or not proven, that long
});

test('a proof is not thrown away: what is proven is not asked for again', async () => {
  const { id } = await standing('verified', [{ name: 'Acme', state: 'verified' }]);
  await expect(retry(ctx, { id })).rejects.toMatchObject({ code: 'conflict' });
  const row = await show(ctx, { id });
  expect(row).toMatchObject({ state: 'verified', verifiedAt: expect.any(String) });
  expect(row.steps.filter((step) => step.verb === 'probe')).toMatchObject([{ state: 'verified', proof: PROOF }]);
});

test('where nobody can be asked again, trying again says so', async () => {
  const { id } = await standing('unverifiable', [{ name: 'Acme', state: 'unverifiable' }]);
  await prisma().revocationStep.deleteMany({ where: { revocationId: id, verb: 'block' } });
  await prisma().revocationStep.updateMany({ where: { revocationId: id, verb: 'probe' }, data: { attempts: 0 } });
  await expect(retry(ctx, { id })).rejects.toMatchObject({ code: 'conflict' });
});

test('what the first attempt did and saw is not overwritten by the second: on the page and in the certificate', async () => {
  const { id } = await standing('residual', [{ name: 'Acme', state: 'residual' }]);
  await retry(ctx, { id });
  await proveNow(id);
  const { certificate: says } = JSON.parse((await certificate(ctx, { id })).text);
  const { steps } = await show(ctx, { id });
  for (const told of [says.steps, steps]) {
    const [block, probe] = ['block', 'probe'].map((verb) => told.find((step: { verb: string }) => step.verb === verb));
    expect(block).toMatchObject({ state: 'effective', detail: '0 of 0 ended' });
    expect(block.history).toMatchObject([
      { state: 'requested' },
      { state: 'effective', detail: '3 of 3 ended' },
      { state: 'requested', again: 'held' },
      { state: 'effective' },
    ]);
    expect(block.history[2].detail).toBeUndefined(); // said once
    expect(probe.history.slice(2)).toMatchObject([
      { state: 'residual', detail: 'seen then', proof: PROOF },
      { state: 'requested', again: 'open' },
      { state: 'verified' },
    ]);
  }
});

test.each([
  ['residual', 'was in effect since the first attempt', (ms: number) => ms < 2_000],
  ['failed', 'was not: a probe had shown it alive', (ms: number) => ms > DAY / 2],
])('what is asked again where the probe was %s %s', async (state, _says, took) => {
  const { id, placed } = await standing(state, [{ name: 'Acme', state }]);
  await prisma().revocationStep.updateMany({
    where: { revocationId: id, verb: 'block' },
    data: { state: 'effective' },
  });
  await retry(ctx, { id });
  const asked = await prisma().revocationStep.findMany({ where: { revocationId: id, state: 'requested' } });
  const own = asked.filter((step) => step.verb === 'block');
  await writeSteps(
    id,
    own.map((step) => [step.id, { state: 'effective', finished: true }]),
  );
  const row = (await perSystem(60_000)).find((one) => one.connectorId === placed[0]!.connectorId)!;
  expect(row.effective_count).toBe(1);
  expect(took(row.effective_p95!)).toBe(true);
});
