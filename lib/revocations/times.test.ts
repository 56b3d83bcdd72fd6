import { expect, test } from 'vitest';
import { create } from '@/lib/connectors/create';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { newId } from '@/lib/platform/ids';
import { list } from '@/lib/revocations/list';
import { preview } from '@/lib/revocations/preview';
import { setTarget } from '@/lib/revocations/set-target';
import { times } from '@/lib/revocations/times';
import { systemTimesSchema } from '@/lib/revocations/times/model';

testDatabase();
const ctx = { actor: { kind: 'operator' as const, id: newId(), name: 'Rae Responder', role: 'admin' as const } };
const viewer = { actor: { ...ctx.actor, role: 'viewer' as const } };
const SECOND = 1_000;
const now = Date.now();
const ago = (ms: number) => new Date(now - ms);

/** A revocation asked for `since` ago that took hold after `effective` and was proven after `verified` ms at one system. */
async function revocation(
  connectorId: string,
  identityId: string,
  {
    since,
    effective,
    verified,
    drill = false,
  }: { since: number; effective: number; verified: number | null; drill?: boolean },
): Promise<string> {
  const id = newId();
  const at = ago(since);
  const later = (ms: number | null) => (ms === null ? null : new Date(at.getTime() + ms));
  const step = { connectorId, system: 'sys', startedAt: at };
  await prisma().revocation.create({
    data: {
      id,
      kind: 'revoke',
      identityId,
      state: verified === null ? 'residual' : 'verified',
      reasonCode: 'test',
      reason: '',
      actorKind: 'operator',
      actorName: 'Rae',
      requestedAt: at,
      effectiveAt: later(5),
      verifiedAt: later(verified),
      drill,
      dueAt: null,
      steps: {
        create: [
          {
            ...step,
            connectorId: null,
            id: newId(),
            ordinal: 0,
            system: 'decision_point',
            verb: 'deny',
            title: 'd',
            state: 'verified',
            finishedAt: later(5),
          },
          {
            ...step,
            id: newId(),
            ordinal: 1,
            verb: 'block',
            title: 'b',
            state: 'effective',
            finishedAt: later(effective),
          },
          {
            ...step,
            id: newId(),
            ordinal: 2,
            verb: 'probe',
            title: 'p',
            state: verified === null ? 'residual' : 'verified',
            finishedAt: later(verified ?? effective + 10),
          },
        ],
      },
    },
  });
  return id;
}

test('time to revoke is what was measured, with the rows behind it; drills count nowhere but as drills', async () => {
  const { id: connectorId } = await create(ctx, {
    vendor: 'simulator',
    name: 'sys',
    values: { world: newId(), identities: 'svc:0', linkByName: 'false' },
  });
  const identityId = newId();
  await prisma().identity.create({ data: { id: identityId, name: 'svc', externalId: 'svc', kind: 'service_account' } });
  const of = (since: number, effective: number, verified: number | null, drill = false) =>
    revocation(connectorId, identityId, { since, effective, verified, drill });
  await of(600 * SECOND, 100, 400);
  await of(500 * SECOND, 200, 600);
  const late = await of(400 * SECOND, 300, 9_000);
  const never = await of(300 * SECOND, 400, null);
  await of(200 * SECOND, 1, 1, true);
  const finding = newId();
  await prisma().finding.create({
    data: {
      id: finding,
      identityId,
      detector: 'replay',
      cause: 'x',
      severity: 'high',
      title: 'x',
      summary: 'x',
      reasons: [],
      evidence: {},
      mapping: [],
      firstSeenAt: ago(460 * SECOND),
      lastSeenAt: ago(460 * SECOND),
    },
  });
  const seen = await times(ctx);
  expect(seen).toMatchObject({ targetMs: 5_000, total: 4, missed: 2, verified: { p50: 600, count: 3 } });
  const [decision, own] = seen.systems;
  expect(decision).toMatchObject({ connectorId: null, total: 4, effective: { p50: 5, p95: 5, count: 4 }, missed: 0 });
  expect(own).toMatchObject({
    connectorId,
    total: 4, // what `missed` is said of
    effective: { p50: 200, count: 3 }, // of the same three as the proof: it never comes after it
    verified: { p50: 600, count: 3 },
    missed: 2,
    declared: { p50: expect.any(Number) },
    drilled: null,
  });
  // 60 s from first seen to the click, and 9 s to the proof.
  expect(seen.exposed).toMatchObject([{ revocationId: late, findingId: finding, ms: 69 * SECOND }]);
  expect(seen.exposure).toMatchObject({ count: 1 });
  // Given back later it was exposed that long all the same.
  await prisma().revocation.update({ where: { id: late }, data: { undoneBy: newId() } });
  expect((await times(ctx)).exposed).toMatchObject([{ revocationId: late, ms: 69 * SECOND }]);
  await prisma().revocation.update({ where: { id: late }, data: { undoneBy: null } });
  const missed = await list(ctx, { missed: 'true', connectorId });
  expect(missed.items.map((row) => row.id)).toEqual([never, late]);

  await setTarget(ctx, { ms: 10_000 });
  expect(await times(ctx)).toMatchObject({ targetMs: 10_000, missed: 1 });
  expect((await list(ctx, { missed: 'true' })).items.map((row) => row.id)).toEqual([never]);
  await expect(setTarget(viewer, { ms: 1_000 })).rejects.toMatchObject({ code: 'access.denied' });
});

test('where nothing real was measured, what a drill measured is expected, and not what is declared', async () => {
  const { id: connectorId } = await create(ctx, {
    vendor: 'simulator',
    name: 'drilled',
    values: { world: newId(), identities: 'svc2:0', linkByName: 'false' },
  });
  const identityId = newId();
  const aliases = { create: { issuer: `connector:${connectorId}`, type: '*', externalId: 'svc2', reason: 'test' } };
  await prisma().identity.create({
    data: { id: identityId, name: 'svc2', externalId: 'svc2', kind: 'service_account', aliases },
  });
  const look = async () => (await preview(ctx, { kind: 'revoke', identityId })).systems[1];
  expect(await look()).toMatchObject({ measured: false });
  await prisma().drill.create({
    data: {
      id: newId(),
      connectorId,
      canary: 'c',
      method: 'entry',
      asked: 'schedule',
      actorName: 'x',
      state: 'passed',
      startedAt: ago(SECOND),
      refusedMs: 120,
      deadMs: 740,
      verifiedMs: 500,
    },
  });
  expect(await look()).toMatchObject({ measured: true, propagationMs: 740 });
  const [, ...systems] = (await times(ctx)).systems;
  expect(systems.find((one) => one.connectorId === connectorId)).toMatchObject({
    verified: null,
    drilled: { count: 1, failed: 0, refusedMs: 120, deadMs: 740, lastState: 'passed' },
  });
});

test('what takes long to be proven and what never is are no reason to say that access ended after its proof', async () => {
  const { id: connectorId } = await create(ctx, {
    vendor: 'simulator',
    name: 'slow',
    values: { world: newId(), identities: 'svc3:0', linkByName: 'false' },
  });
  const identityId = newId();
  await prisma().identity.create({ data: { id: identityId, name: 's3', externalId: 's3', kind: 'service_account' } });
  await revocation(connectorId, identityId, { since: 90 * SECOND, effective: 3_000, verified: null });
  const of = async () => (await times(ctx)).systems.find((one) => one.connectorId === connectorId);
  expect(await of()).toMatchObject({ total: 1, effective: { p50: 3_000, count: 1 }, verified: null });
  await revocation(connectorId, identityId, { since: 80 * SECOND, effective: 100, verified: 200 });
  expect(await of()).toMatchObject({ total: 2, effective: { p95: 100, count: 1 }, verified: { p95: 200, count: 1 } });
  const { total: _, ...before } = (await of())!; // as a weekly report stored it that was made before there was a total
  expect(systemTimesSchema.safeParse(before).success).toBe(true);
});
