// Ending access when something is in the way: missing rights, regrowth, gaps, a killed worker, an unreachable system.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { create } from '@/lib/connectors/create';
import { list as listConnectors } from '@/lib/connectors/list';
import { update } from '@/lib/connectors/update';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { newId } from '@/lib/platform/ids';
import { preview } from '@/lib/revocations/preview';
import { request } from '@/lib/revocations/request';
import { show } from '@/lib/revocations/show';
import { startRespond } from '@/lib/server/respond';
import {
  account,
  admin,
  backends,
  CONNECTOR,
  ctx,
  login,
  PASSWORD,
  reached,
  respondWorld,
  roles,
  tag,
  until,
  why,
  world,
} from '@/lib/server/testing-respond';

const db = testDatabase();
respondWorld();

test('a missing right fails visibly, is tried again, and succeeds once it is granted', async () => {
  const role = `stubborn_${tag}`;
  roles.push(role);
  await admin(`create role ${role} login password '${PASSWORD}'`);
  await login(role);
  const id = await until(async () => (await prisma().identity.findFirst({ where: { name: role } }))?.id);
  const { revocationId } = await request(ctx, { kind: 'revoke', identityId: id, ...why });
  const failed = await reached(revocationId, 'failed');
  expect(failed.steps.find((step) => step.verb === 'block')!.detail).toMatch(/ADMIN OPTION/);
  expect(failed.steps.find((step) => step.verb === 'terminate')!.state).toBe('requested');
  await admin(`grant ${role} to ${CONNECTOR} with admin true, inherit false, set false`);
  await reached(revocationId, 'verified');
});

test('access that comes back behind Braid’s back is regrown, with a finding', async () => {
  const { role, id } = await account('regrows');
  const { revocationId } = await request(ctx, { kind: 'revoke', identityId: id, ...why });
  await reached(revocationId, 'verified');
  await until(async () => (await show(ctx, { id: revocationId })).regrowthUntil);
  await admin(`alter role ${role} login`);
  await login(role);
  const regrown = await reached(revocationId, 'regrown');
  expect(regrown.steps.at(-1)).toMatchObject({ verb: 'regrowth', state: 'failed' });
  const finding = await prisma().finding.findFirst({ where: { identityId: id, detector: 'regrowth' } });
  expect(finding).toMatchObject({ severity: 'critical', state: 'open' });
});

test('what lives where Braid has no connector is unverifiable, said before the click; a declared session ends at once', async () => {
  const id = newId();
  await prisma().identity.create({
    data: { id, name: 'agent', externalId: 'agent', kind: 'ai_agent', sources: ['pdp', 'aws'] },
  });
  const session = (source: string, observedBy: string) =>
    prisma().session.create({
      data: {
        id: newId(),
        identityId: id,
        source,
        observedBy,
        groupKey: newId(),
        label: source,
        startedAt: new Date(),
        lastEventAt: new Date(),
      },
    });
  const declared = await session('pdp', 'declared');
  const derived = await session('aws', 'derived');
  const ended = await request(ctx, { kind: 'terminate', sessionIds: [declared.id], ...why });
  await reached(ended.revocationId, 'verified');
  const radius = await preview(ctx, { kind: 'revoke', identityId: id });
  expect(radius.cannotEnd).toMatchObject([
    { what: '1 session in aws', why: expect.stringContaining('no connector ends it there') },
  ]);
  const { revocationId } = await request(ctx, { kind: 'revoke', identityId: id, ...why });
  const done = await reached(revocationId, 'unverifiable');
  expect(done.steps.map((step) => [step.system, step.state]).slice(0, 2)).toEqual([
    ['decision_point', 'verified'],
    ['aws', 'unverifiable'],
  ]);
  expect(await prisma().session.findUnique({ where: { id: derived.id } })).toMatchObject({ endedAt: null });
});

test.each(['G2', 'G4', 'G9', 'G11'])('simulated gap %s never reads verified', async (gap) => {
  const name = `drill_${gap}_${tag}`;
  const { id: simulated } = await create(ctx, {
    vendor: 'simulator',
    name: `drill ${gap}`,
    values: { world: name, identities: `${name}:2`, gaps: gap, linkByName: 'false' },
  });
  const identity = await until(() => prisma().identity.findFirst({ where: { name } }));
  const { revocationId } = await request(ctx, { kind: 'revoke', identityId: identity.id, ...why });
  const expected = { G2: 'residual', G4: 'accepted', G9: 'unverifiable', G11: 'failed' }[gap]!;
  const reading = await reached(revocationId, expected);
  if (gap === 'G2')
    expect(reading.steps.find((step) => step.verb === 'probe')!.residuals).toMatchObject([
      { gap: 'G2', until: expect.any(String) },
    ]);
  // While it goes on trying its steps may stand at requested again; verified it never reads.
  for (let look = 0; look < 15; look++) {
    await sleep(100);
    const now = await show(ctx, { id: revocationId });
    expect(now.state).not.toBe('verified');
    expect(now.verifiedAt).toBeNull();
  }
  await reached(revocationId, expected);
  await update(ctx, { id: simulated, state: 'disabled' });
});

test('a worker killed in the middle of a revocation leaves nothing undone', async () => {
  const { role, id } = await account('killed', 2);
  await world.worker.stop();
  const start = () =>
    spawn(process.execPath, ['--import', 'tsx', 'lib/server/respond.ts'], {
      env: { ...process.env, BRAID_PROCESS: 'respond', DATABASE_URL: db.url },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  const first = start();
  const { revocationId } = await request(ctx, { kind: 'revoke', identityId: id, ...why });
  await until(
    async () => (await show(ctx, { id: revocationId })).steps.some((step) => step.verb === 'probe' && step.startedAt),
    20_000,
  );
  first.kill('SIGKILL');
  expect((await show(ctx, { id: revocationId })).state).not.toBe('verified');
  const second = start();
  const done = await reached(revocationId, 'verified');
  expect(done.steps.find((step) => step.verb === 'probe')!.attempts).toBeGreaterThan(1);
  expect(await backends(role)).toBe(0);
  const exited = new Promise((resolve) => second.once('exit', resolve));
  second.kill('SIGTERM');
  expect(await exited).toBe(0);
  world.worker = await startRespond();
});

test('a system that can’t be reached makes its connector failing, and it recovers by itself', async () => {
  await admin(`alter role ${CONNECTOR} nologin`);
  await admin(`select pg_terminate_backend(pid) from pg_stat_activity where usename = '${CONNECTOR}'`);
  const mine = async () => (await listConnectors(ctx)).items.find((row) => row.id === world.connectorId);
  // What was being asked as it was cut off fails for that; from the next look on it is not let in.
  await until(async () => {
    const row = await mine();
    return row?.health === 'failing' && /not let this role in|not permitted to log in/.test(row.healthDetail ?? '');
  });
  await admin(`alter role ${CONNECTOR} login`);
  await until(async () => {
    const row = await mine();
    return row && row.health !== 'failing';
  });
});
