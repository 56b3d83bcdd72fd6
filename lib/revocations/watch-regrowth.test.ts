import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { create } from '@/lib/connectors/create';
import { update } from '@/lib/connectors/update';
import { pool, prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { transaction } from '@/lib/db/transaction';
import { show } from '@/lib/findings/show';
import { newId } from '@/lib/platform/ids';
import { aloneOn, closeLocks } from '@/lib/revocations/alone/store';
import { request } from '@/lib/revocations/request';
import { sweep } from '@/lib/revocations/sweep';
import { watchRegrowth } from '@/lib/revocations/watch-regrowth';

testDatabase();
const ctx = { actor: { kind: 'operator' as const, id: newId(), name: 'Rae Responder', role: 'admin' as const } };
const HOUR = 3_600_000;
const ago = (ms: number) => new Date(Date.now() - ms);

/** An identity whose access was ended and proven a day ago, in a simulated system that still answers. */
async function revoked(watch: string, gap = ''): Promise<{ id: string; watchId: string; connectorId: string }> {
  const name = `watched_${newId().slice(-8)}`;
  const { id: connectorId } = await create(ctx, {
    vendor: 'simulator',
    name,
    values: { world: name, identities: `${name}:0`, gaps: gap, linkByName: 'false' },
  });
  const identityId = newId();
  await prisma().identity.create({
    data: {
      id: identityId,
      name,
      externalId: name,
      kind: 'service_account',
      state: 'revoked',
      aliases: { create: { issuer: `connector:${connectorId}`, type: '*', externalId: name, reason: 'test' } },
    },
  });
  const id = newId();
  const watchId = newId();
  const started = watch === 'requested' ? null : ago(24 * HOUR + 1_000);
  const step = { connectorId: null, startedAt: ago(25 * HOUR), finishedAt: ago(25 * HOUR), state: 'verified' };
  await prisma().revocation.create({
    data: {
      id,
      kind: 'revoke',
      identityId,
      state: 'verified',
      reasonCode: 'test',
      reason: 'drill',
      actorKind: 'operator',
      actorName: 'Rae Responder',
      requestedAt: ago(25 * HOUR),
      regrowthUntil: started && ago(1_000),
      steps: {
        create: [
          { ...step, id: newId(), ordinal: 0, system: 'decision_point', verb: 'deny', title: 'Decision point denies' },
          {
            ...step,
            id: newId(),
            ordinal: 1,
            system: name,
            connectorId,
            verb: 'probe',
            title: 'Prove that it is over',
          },
          {
            id: watchId,
            ordinal: 2,
            system: 'regrowth',
            verb: 'regrowth',
            state: watch,
            title: 'Watch',
            startedAt: started,
          },
        ],
      },
    },
  });
  return { id, watchId, connectorId };
}

const watchOf = (id: string) => prisma().revocationStep.findUniqueOrThrow({ where: { id } });

async function blocked(connectorId: string): Promise<void> {
  const { open } = await import('@/lib/connectors/open');
  const { connection, row } = await open(connectorId);
  await connection.blockIdentity!(row.name);
}

test('a watch ends as verified only when the systems answered at its end', async () => {
  const answering = await revoked('accepted');
  await blocked(answering.connectorId);
  const silent = await revoked('accepted');
  await update(ctx, { id: silent.connectorId, state: 'disabled' });
  await watchRegrowth({ ask: false });
  expect((await watchOf(answering.watchId)).state).toBe('accepted');
  await watchRegrowth({ ask: true });
  expect(await watchOf(answering.watchId)).toMatchObject({ state: 'verified', detail: 'nothing came back in 24 h' });
  const unknown = await watchOf(silent.watchId);
  expect(unknown).toMatchObject({ state: 'unverifiable', detail: expect.stringMatching(/could be asked.*disabled/) });
});

test('the end of a watch does not write over what another worker has just seen', async () => {
  const { watchId, id, connectorId } = await revoked('accepted');
  await blocked(connectorId);
  let ending: Promise<void> | undefined;
  await transaction(async (tx) => {
    await tx.$queryRaw`select 1 from revocations where id = ${id}::uuid for update`;
    await tx.revocationStep.update({ where: { id: watchId }, data: { state: 'failed', detail: 'new session' } });
    ending = watchRegrowth({ ask: true });
    await sleep(2_500);
  });
  await ending;
  expect(await watchOf(watchId)).toMatchObject({ state: 'failed', detail: 'new session' });
});

test('killed between the last proof and the beginning of the watch: the next sweep begins it', async () => {
  const { id, watchId } = await revoked('requested');
  await sweep();
  expect(await watchOf(watchId)).toMatchObject({ state: 'accepted', startedAt: expect.any(Date) });
  expect((await prisma().revocation.findUniqueOrThrow({ where: { id } })).regrowthUntil!.getTime()).toBeGreaterThan(
    Date.now() + 23 * HOUR,
  );
  await closeLocks();
});

test('twenty workers on twenty identities do not wait for each other’s connections; one identity has one', async () => {
  let most = 0;
  let now = 0;
  // Nobody leaves before all are in: who had to wait for another's connection would never come.
  const work = async () => {
    most = Math.max(most, ++now);
    await pool().query('select pg_sleep(0.05)');
    for (let look = 0; most < 20 && look < 400; look++) await sleep(50);
    now--;
  };
  const ids = Array.from({ length: 20 }, () => newId());
  expect(await Promise.all(ids.map((id) => aloneOn(id, work)))).toEqual(ids.map(() => true));
  expect(most).toBe(20);
  const stay = () => sleep(1_000);
  const twice = await Promise.all([aloneOn(ids[0]!, stay), aloneOn(ids[0]!, stay)]);
  expect(twice.filter(Boolean)).toHaveLength(1);
  await closeLocks();
});

test('much that is watched keeps nothing from being watched', { timeout: 60_000 }, async () => {
  const identity = (name: string) => ({
    id: newId(),
    name,
    externalId: name,
    kind: 'service_account',
    state: 'revoked',
  });
  const [quiet, loud] = [identity('quiet'), identity('loud')];
  await prisma().identity.createMany({ data: [quiet, loud] });
  const of = (identityId: string) => ({
    id: newId(),
    identityId,
    kind: 'revoke',
    state: 'verified',
    reasonCode: 'test',
    reason: '',
    actorKind: 'operator',
    actorName: 'Rae',
    requestedAt: ago(HOUR),
    regrowthUntil: new Date(Date.now() + HOUR),
  });
  const all = [...Array.from({ length: 520 }, () => of(quiet.id)), of(loud.id)];
  await prisma().revocation.createMany({ data: all });
  const step = {
    ordinal: 1,
    system: 'regrowth',
    verb: 'regrowth',
    title: 'Watch',
    state: 'accepted',
    startedAt: ago(HOUR),
  };
  await prisma().revocationStep.createMany({
    data: all.map((one) => ({ ...step, id: newId(), revocationId: one.id })),
  });
  const session = { identityId: loud.id, source: 'acme', observedBy: 'native', groupKey: 'back', label: 'back again' };
  await prisma().session.create({ data: { id: newId(), ...session, startedAt: ago(1_000), lastEventAt: ago(1_000) } });
  await watchRegrowth({ ask: false });
  expect(await prisma().revocation.findUnique({ where: { id: all.at(-1)!.id } })).toMatchObject({ state: 'regrown' });
  expect(await prisma().revocation.count({ where: { identityId: quiet.id, state: 'regrown' } })).toBe(0);
});

test('what came back is a finding that leads to what had been ended and to what is live now, and is revoked once more', async () => {
  const { id, connectorId } = await revoked('accepted');
  const { identityId } = await prisma().revocation.findUniqueOrThrow({ where: { id } });
  const session = {
    identityId,
    source: 'simulator',
    observedBy: 'native',
    kind: 'api',
    label: 'client 9',
    groupKey: 'g9',
  };
  await watchRegrowth({ ask: true }); // the system lets it in again, and no session is known
  const { id: findingId } = await prisma().finding.findFirstOrThrow({ where: { identityId } });
  expect(await show(ctx, { id: findingId })).toMatchObject({ sessions: [], revocation: { id }, liveNow: [] });
  const sessionId = newId();
  const at = new Date();
  await prisma().session.create({ data: { id: sessionId, ...session, connectorId, startedAt: at, lastEventAt: at } });
  const finding = await show(ctx, { id: findingId });
  expect(finding.liveNow).toMatchObject([{ id: sessionId, endedAt: null }]);
  expect(finding.summary).not.toMatch(/\d{4}-\d\d-\d\dT/);
  const again = await request(ctx, { kind: 'revoke', identityId });
  expect(again).toMatchObject({ created: true });
  expect(await request(ctx, { kind: 'revoke', identityId })).toEqual({ ...again, created: false });
});
