import { expect, test } from 'vitest';
import { create } from '@/lib/connectors/create';
import { fingerprintOf } from '@/lib/connectors/github/found-normalise';
import { pemOf, startGitHub } from '@/lib/connectors/github/testing-github';
import { ORG } from '@/lib/connectors/github/testing-organization';
import { open } from '@/lib/connectors/open';
import { closeConnections } from '@/lib/connectors/registry';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { newId } from '@/lib/platform/ids';

testDatabase();
const ctx = { actor: { kind: 'operator' as const, id: newId(), name: 'Ada', role: 'admin' as const } };
const PUBLIC_KEY = `ssh-ed25519 ${Buffer.from('a public key of thirty-two bytes').toString('base64')}`;
const KEY = `deploy_key:${ORG}/api:${fingerprintOf(PUBLIC_KEY)}`;

test('a deploy key that was taken is given back through another connection, and its note is gone then', async () => {
  const privateKey = pemOf();
  const world = await startGitHub({ 11: privateKey });
  world.installations.set(100, { id: 100, app: 11, slug: 'braid', suspended: null, all: true });
  world.keys.set(40, { id: 40, title: 'host-1', key: PUBLIC_KEY, readOnly: false });
  const values = { organization: ORG, appId: '11', baseUrl: world.double.url, ownNetwork: 'yes', privateKey };
  const { id } = await create(ctx, { vendor: 'github', name: 'acme', values });
  const taken = await (await open(id)).connection.blockIdentity!(KEY);
  expect(taken).toMatchObject({ state: 'effective', affected: 1 });
  expect(world.keys.size).toBe(0);
  await closeConnections();
  const [note] = await prisma().connectorNote.findMany({ where: { connectorId: id } });
  expect(note!.key).toBe(KEY);
  expect(note!.sealedValue).not.toContain('host-1');
  const back = await (await open(id)).connection.restoreIdentity!(KEY);
  expect(back).toMatchObject({ state: 'effective', affected: 1 });
  expect([...world.keys.values()]).toMatchObject([{ title: 'host-1', key: PUBLIC_KEY, readOnly: false }]);
  expect(await prisma().connectorNote.count()).toBe(0);
  await closeConnections();
  expect(world.double.violations).toEqual([]);
  await world.double.close();
});
