// Each of the fourteen gaps through the whole machine: request, steps, probe, state. None reads verified while it lasts.
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { create } from '@/lib/connectors/create';
import { GAP_IDS, GAPS, type GapId } from '@/lib/connectors/gap-model';
import { open } from '@/lib/connectors/open';
import { pullIdentities, pullSessions } from '@/lib/connectors/pull';
import { type World, worldOf } from '@/lib/connectors/simulator/world';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { request } from '@/lib/revocations/request';
import { retry } from '@/lib/revocations/retry';
import { show } from '@/lib/revocations/show';
import { sweep } from '@/lib/revocations/sweep';
import { unproven } from '@/lib/revocations/unproven';

testDatabase();
const ctx = { actor: { kind: 'operator' as const, id: newId(), name: 'Rae Responder', role: 'admin' as const } };
const why = { reasonCode: 'test' as const, reason: 'drill' };

interface Subject {
  gap: GapId;
  name: string;
  world: World;
  revocationId: string;
}

async function revoked(gap: GapId): Promise<Subject> {
  const name = `gap_${gap}_${newId().slice(-8)}`.toLowerCase();
  const { id } = await create(ctx, {
    vendor: 'simulator',
    name,
    values: { world: name, identities: `${name}:2`, gaps: gap, linkByName: 'false' },
  });
  const opened = await open(id);
  await pullIdentities(opened);
  await pullSessions(opened);
  const identity = await prisma().identity.findFirstOrThrow({ where: { name } });
  const { revocationId } = await request(ctx, { kind: 'revoke', identityId: identity.id, ...why });
  const world = worldOf(name, () => {
    throw new Error('the world has not been opened');
  });
  return { gap, name, world, revocationId };
}

/** Works like the respond worker until `so`; returns every state that was read on the way. */
async function until(subjects: Subject[], so: (seen: Map<string, string>) => boolean, ms: number) {
  const read = new Map(subjects.map((one) => [one.gap as string, new Set<string>()]));
  const end = performance.now() + ms;
  for (;;) {
    await sweep();
    const rows = await prisma().revocation.findMany({ where: { id: { in: subjects.map((one) => one.revocationId) } } });
    const now = new Map(
      subjects.map((one) => [one.gap as string, rows.find((row) => row.id === one.revocationId)!.state]),
    );
    for (const [gap, state] of now) read.get(gap)!.add(state);
    if (so(now)) return read;
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${JSON.stringify([...now])}`);
    await sleep(100);
  }
}

const subjects: Subject[] = [];
const of = (...gaps: GapId[]) => subjects.filter((one) => gaps.includes(one.gap));
beforeAll(async () => {
  for (const gap of GAP_IDS) subjects.push(await revoked(gap));
}, 60_000);

test('each gap reads what it is, is named in words, and never reads verified while it lasts', {
  timeout: 120_000,
}, async () => {
  const settled = new Set<string>();
  const read = await until(
    subjects,
    (now) => {
      for (const { gap } of subjects) if (now.get(gap) === GAPS[gap].reads) settled.add(gap);
      return settled.size === subjects.length;
    },
    30_000,
  );
  for (const { gap, revocationId } of subjects) {
    expect([gap, read.get(gap)!.has('verified')]).toEqual([gap, false]);
    const row = await show(ctx, { id: revocationId });
    expect([gap, row.verifiedAt]).toEqual([gap, null]);
    const left = row.steps.flatMap((step) => step.residuals);
    if (GAPS[gap].reads === 'residual') expect(left).toMatchObject([{ gap, why: GAPS[gap].why }]);
    // Nor does the identity's own page keep quiet about it.
    const open = await unproven(ctx, { identityId: row.identityId });
    expect(open).toMatchObject({ revocationId, state: row.state, left: left.length });
    // The decision point denies, whatever the system does.
    expect(row.steps[0]).toMatchObject({ system: 'decision_point', state: 'verified' });
  }
  // A look that finds nothing new changes nothing: none of them becomes verified by being asked often.
  for (let look = 0; look < 15; look++) {
    await sleep(100);
    await sweep();
  }
  const verified = await prisma().revocation.count({
    where: { OR: [{ state: 'verified' }, { verifiedAt: { not: null } }] },
  });
  expect(verified).toBe(0);
});

test('what dies by itself is verified once it is dead, and not before', { timeout: 120_000 }, async () => {
  const timed = of('G1', 'G2', 'G7', 'G8', 'G13');
  const dies = clock.ms() + 1_500;
  for (const { world, name, revocationId } of timed) {
    const [path] = world.actors.get(name)!.paths;
    path!.until = dies;
    // Its time is known from the next look on.
    await retry(ctx, { id: revocationId });
  }
  for (const { world, name } of of('G4')) {
    world.gaps.delete('G4');
    world.terminateAll(name); // the queue is worked off
  }
  for (const { world } of of('G5', 'G11')) world.gaps.clear(); // the block holds everywhere; the switch covers the kind
  const all = [...timed, ...of('G4', 'G5', 'G11')];
  await until(all, (now) => [...now.values()].every((state) => state === 'verified'), 40_000);
  for (const { revocationId } of timed) {
    const row = await show(ctx, { id: revocationId });
    expect(Date.parse(row.verifiedAt!)).toBeGreaterThanOrEqual(dies);
    expect(row.steps.flatMap((step) => step.residuals)).toEqual([]);
  }
});

test('what nothing ends stays until somebody ends it there; what was hit beside it stays said', {
  timeout: 120_000,
}, async () => {
  const lasting = of('G3', 'G6', 'G9', 'G12', 'G14');
  for (const { world, name, revocationId } of lasting) {
    world.actors.get(name)!.paths = [];
    await retry(ctx, { id: revocationId });
  }
  const [role] = of('G10');
  await retry(ctx, { id: role!.revocationId });
  await until(lasting, (now) => [...now.values()].every((state) => state === 'verified'), 30_000);
  await until([role!], (now) => now.get('G10') === 'residual', 40_000);
});

test('a system that asks for patience is left alone until then: no failure, no back-off', {
  timeout: 120_000,
}, async () => {
  const name = `patient_${newId().slice(-8)}`;
  const { id } = await create(ctx, {
    vendor: 'simulator',
    name,
    values: { world: name, identities: `${name}:1`, linkByName: 'false' },
  });
  const opened = await open(id);
  await pullIdentities(opened);
  const world = worldOf(name, () => {
    throw new Error('the world has not been opened');
  });
  world.limitedUntil = clock.ms() + 2_000;
  const identity = await prisma().identity.findFirstOrThrow({ where: { name } });
  const { revocationId } = await request(ctx, { kind: 'revoke', identityId: identity.id, ...why });
  await sweep();
  const waiting = (await show(ctx, { id: revocationId })).steps.find((step) => step.verb === 'block');
  expect(waiting).toMatchObject({ state: 'requested', attempts: 1, detail: expect.stringMatching(/2 s of patience/) });
  for (let look = 0; look < 5; look++) await sweep();
  expect((await show(ctx, { id: revocationId })).steps.find((step) => step.verb === 'block')!.attempts).toBe(1);
  const patient = [{ gap: 'G1' as GapId, name, world, revocationId }];
  await until(patient, (now) => now.get('G1') === 'verified', 40_000);
  const done = await show(ctx, { id: revocationId });
  expect(Date.parse(done.verifiedAt!)).toBeGreaterThanOrEqual(world.limitedUntil);
  expect(done.steps.find((step) => step.verb === 'block')!.attempts).toBe(2);
});
