// One system that never answers holds nothing else up: not the identity's other systems, not other identities.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { create } from '@/lib/connectors/create';
import { worldOf } from '@/lib/connectors/simulator/world';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { seal } from '@/lib/platform/secrets';
import { request } from '@/lib/revocations/request';
import { startRespond } from '@/lib/server/respond';

testDatabase();
const ctx = { actor: { kind: 'operator' as const, id: newId(), name: 'Rae Responder', role: 'admin' as const } };
const hangs = newId();
const world = newId();
let silent: Server;
let simulator: string;
let worker: { stop: () => Promise<void> };

beforeAll(async () => {
  silent = createServer(() => undefined); // takes every request and answers none
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  worker = await startRespond();
  const names = [...Array(4).keys()].map((n) => `svc-${n}:0`).join(', ');
  const values = { world, identities: names, linkByName: 'false' };
  simulator = (await create(ctx, { vendor: 'simulator', name: 'answers', values })).id;
  const { port } = silent.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const config = { url, realm: 'r', clientId: 'braid', ownNetwork: true };
  const sealedSecrets = seal(JSON.stringify({ clientSecret: 'x' }), `connector:${hangs}`);
  await prisma().connector.create({ data: { id: hangs, name: 'silent', vendor: 'keycloak', config, sealedSecrets } });
}, 60_000);
afterAll(async () => {
  silent.closeAllConnections();
  silent.close();
  await worker.stop();
});

async function identity(n: number, connectors: string[]): Promise<string> {
  const name = `svc-${n}`;
  let known = await prisma().identity.findFirst({ where: { name } });
  for (; !known; known = await prisma().identity.findFirst({ where: { name } })) await sleep(50);
  for (const one of connectors)
    await prisma().identityAlias.create({
      data: { issuer: `connector:${one}`, type: '*', externalId: name, identityId: known.id, reason: 'test' },
    });
  return known.id;
}
const revoke = async (identityId: string) =>
  (await request(ctx, { kind: 'revoke', identityId, reasonCode: 'test' })).revocationId;
const stepsAt = (connectorId: string) =>
  prisma().revocationStep.findMany({ where: { connectorId }, select: { state: true, finishedAt: true } });

test('identities and systems go on while one system takes its time with three others', {
  timeout: 60_000,
}, async () => {
  const all = [];
  for (let n = 0; n < 4; n++) all.push(await identity(n, n < 3 ? [hangs] : []));
  // It asks everybody for patience once, so that it has to be gone on with.
  worldOf(world, () => {
    throw new Error('the world has not been opened');
  }).limitedUntil = clock.ms() + 1_500;
  for (const id of all) await revoke(id);
  for (;;) {
    const [there, silence] = await Promise.all([stepsAt(simulator), stepsAt(hangs)]);
    // Whatever is to be done in the other system is done before the silent one is given up for the first time.
    expect(silence.filter((one) => one.finishedAt !== null)).toEqual([]);
    if (there.every((one) => one.state === 'verified')) return expect(there.length).toBeGreaterThan(all.length);
    await sleep(200);
  }
});
