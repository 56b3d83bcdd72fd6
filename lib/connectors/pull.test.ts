import { expect, test } from 'vitest';
import type { Connection, FoundIdentity } from '@/lib/connectors/contract';
import { create } from '@/lib/connectors/create';
import { issuerOf } from '@/lib/connectors/model';
import { open } from '@/lib/connectors/open';
import { pullIdentities } from '@/lib/connectors/pull';
import { setWorld, World } from '@/lib/connectors/simulator/world';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { merge } from '@/lib/identities/merge';
import { newId } from '@/lib/platform/ids';

testDatabase();
const ctx = { actor: { kind: 'operator' as const, id: newId(), name: 'Ada', role: 'admin' as const } };

type Credentials = FoundIdentity['credentials'];
const keys = (...ids: string[]): Credentials => ids.map((id) => ({ externalId: id, kind: 'key' }));
const found = (name: string, credentials = keys(`key:${name}`), more: Partial<FoundIdentity> = {}): FoundIdentity => ({
  externalId: name,
  name,
  kind: 'service_account',
  protected: false,
  enabled: true,
  credentials,
  attributes: {},
  ...more,
});

/** A system that lists everything at every look. */
async function estate(name: string, more: Partial<Connection> = {}) {
  setWorld(name, new World(new Set(), name));
  const { id } = await create(ctx, { vendor: 'simulator', name, values: { world: name, identities: 'x', gaps: '' } });
  const listed = (...items: FoundIdentity[]) => look(async () => items);
  const look = async (discover: NonNullable<Connection['discover']>) => {
    const opened = await open(id);
    const { test, close } = opened.connection;
    await pullIdentities({ ...opened, connection: { test, close, discover, ...more } });
  };
  const aliasOf = (who: string) =>
    prisma().identityAlias.findFirstOrThrow({ where: { issuer: issuerOf(id), externalId: who } });
  const standing = async (who: string) => {
    const identityId = (await aliasOf(who)).identityId;
    const identity = await prisma().identity.findUniqueOrThrow({ where: { id: identityId } });
    const systems = (identity.attributes as { systems: Record<string, { enabled: boolean; gone?: string }> }).systems;
    const credentials = await prisma().credential.findMany({ where: { identityId }, orderBy: { externalId: 'asc' } });
    return {
      ...systems[issuerOf(id)]!,
      identityId,
      credentials: Object.fromEntries(credentials.map((one) => [one.externalId, one.state])),
    };
  };
  return { id, listed, look, standing };
}

test('who is listed no more is gone there, with its credentials; listed again, it is back', async () => {
  const { listed, standing } = await estate('dropped');
  await listed(found('stays'), found('dropped'));
  await listed(found('stays'));
  expect(await standing('dropped')).toMatchObject({
    enabled: false,
    gone: expect.any(String),
    credentials: { 'key:dropped': 'revoked' },
  });
  expect(await standing('stays')).toMatchObject({ enabled: true, credentials: { 'key:stays': 'active' } });
  await listed(found('stays'), found('dropped', undefined, { attributes: { gone: true } }));
  expect((await standing('dropped')).gone).toBeDefined();
  await listed(found('stays'), found('dropped'));
  const back = await standing('dropped');
  expect([back.enabled, back.gone, back.credentials]).toEqual([true, undefined, { 'key:dropped': 'active' }]);
});

test('a look that fails marks nobody; what no list tells of is not gone', async () => {
  const { listed, look, standing } = await estate('partial', { lists: (id) => !id.startsWith('held:') });
  await listed(found('a'), found('held:b'), found('only-seen', keys('key:c'), { seenOnly: true }));
  await expect(look(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect((await standing('a')).gone).toBeUndefined();
  await listed(found('another'));
  expect((await standing('a')).gone).toBeDefined();
  expect(await standing('held:b')).toMatchObject({ enabled: true, credentials: { 'key:held:b': 'active' } });
  expect(await standing('only-seen')).toMatchObject({ enabled: true, credentials: { 'key:c': 'active' } });
  expect((await standing('only-seen')).gone).toBeUndefined();
});

test('a secret that is listed no more is over; one past its end is expired; listed again it counts again', async () => {
  const { id, listed, standing } = await estate('secrets');
  const ends = (externalId: string, expiresAt: string) => ({ externalId, kind: 'key', expiresAt });
  await listed(
    found('svc', [...keys('k1', 'k2'), ends('k3', '2020-01-01T00:00:00Z'), ends('k4', '2999-01-01T00:00:00Z')]),
  );
  const { identityId, credentials } = await standing('svc');
  expect(credentials).toEqual({ k1: 'active', k2: 'active', k3: 'expired', k4: 'active' });
  // Seen in use only: no system lists it, so none closes it.
  await prisma().credential.create({
    data: { id: newId(), identityId, kind: 'key', externalId: 'seen', source: 'log' },
  });
  await prisma().credential.updateMany({
    where: { connectorId: id, externalId: 'k4' },
    data: { expiresAt: new Date('2020-01-01') },
  });
  await listed(found('svc', keys('k1')));
  expect((await standing('svc')).credentials).toEqual({
    k1: 'active',
    k2: 'revoked',
    k3: 'expired',
    k4: 'expired',
    seen: 'active',
  });
  await listed(found('svc', keys('k1', 'k2')));
  expect((await standing('svc')).credentials).toMatchObject({ k1: 'active', k2: 'active' });
});

test('what a rotation retired is active again only where the system lists it as one that opens something', async () => {
  const { id, listed, standing } = await estate('rotated');
  const key = (externalId: string, enabled: boolean) => ({ externalId, kind: 'access_key', enabled });
  await listed(found('turned', [key('old', true)]));
  const where = { connectorId: id, externalId: 'old' };
  await prisma().credential.updateMany({ where, data: { state: 'revoked' } });
  await listed(found('turned', [key('old', false), key('new', true), key('spare', false)]));
  expect((await standing('turned')).credentials).toEqual({ old: 'revoked', new: 'active', spare: 'blocked' });
  await listed(found('turned', [key('old', true), key('new', true), key('spare', true)]));
  expect((await standing('turned')).credentials).toEqual({ old: 'active', new: 'active', spare: 'active' });
});

test('an identity of two names is gone when both are, and has the credentials of both until then', async () => {
  const { listed, standing } = await estate('two-names');
  await listed(found('one'), found('two'));
  const [one, two] = [await standing('one'), await standing('two')];
  await merge(ctx, { id: one.identityId, fromId: two.identityId, reason: 'the same worker' });
  await listed(found('one'), found('two'));
  expect((await standing('one')).credentials).toEqual({ 'key:one': 'active', 'key:two': 'active' });
  await listed(found('one'));
  expect(await standing('one')).toMatchObject({
    enabled: true,
    credentials: { 'key:one': 'active', 'key:two': 'revoked' },
  });
  expect((await standing('one')).gone).toBeUndefined();
  await listed(found('another'));
  expect(await standing('one')).toMatchObject({ gone: expect.any(String), credentials: { 'key:one': 'revoked' } });
});

test('how a system is set up: one finding for each check that fails, once, about the identity it was seen by', async () => {
  const weak = (check: string, detail = 'weak') => ({ check: `Posture: ${check}`, ok: false, detail, about: 'braid' });
  const checks = [
    weak('audit device', 'None.'),
    weak('root tokens'),
    { ...weak('batch tokens'), ok: true },
    { check: 'A right', ok: false, detail: 'is missing' },
    { ...weak('of nobody'), about: 'not-there' },
  ];
  const { id, listed, standing } = await estate('weak', { test: async () => ({ ok: false, checks }) });
  await listed(found('braid', [], { protected: true }));
  await listed(found('braid', [], { protected: true }));
  const { identityId } = await standing('braid');
  const raised = await prisma().finding.findMany({ where: { identityId }, orderBy: { title: 'asc' } });
  expect(raised).toMatchObject([
    {
      detector: 'weak-setup',
      cause: `${id}:audit device`,
      title: 'weak is set up weakly: audit device',
      summary: 'None.',
    },
    { detector: 'weak-setup', cause: `${id}:root tokens`, occurrences: 1, state: 'open' },
  ]);
});

test('a weakness that is gone and comes back opens its closed finding again; one that never left does not', async () => {
  let weakly = true;
  const checks = () => [{ check: 'Posture: audit device', ok: !weakly, detail: 'None.', about: 'warden' }];
  const { listed, standing } = await estate('weakly', { test: async () => ({ ok: !weakly, checks: checks() }) });
  const look = (weak: boolean) => {
    weakly = weak;
    return listed(found('warden', [], { protected: true }));
  };
  await look(true); // the identity is only discovered with it
  await look(true);
  const { identityId } = await standing('warden');
  const finding = () => prisma().finding.findFirstOrThrow({ where: { identityId } });
  await prisma().finding.updateMany({ where: { identityId }, data: { state: 'closed' } });
  await look(true);
  expect((await finding()).state).toBe('closed');
  await look(false);
  expect((await finding()).state).toBe('closed');
  await look(true);
  expect(await finding()).toMatchObject({ state: 'open', occurrences: 2 });
  await look(true);
  expect(await finding()).toMatchObject({ state: 'open', occurrences: 2 });
});

test('a listing of nobody marks nobody gone, and says so until somebody is listed', async () => {
  const { id, listed, standing } = await estate('emptied');
  await listed(found('a'), found('b'));
  await listed();
  expect(await standing('a')).toMatchObject({ enabled: true, credentials: { 'key:a': 'active' } });
  expect((await standing('a')).gone).toBeUndefined();
  const health = () => prisma().connector.findUniqueOrThrow({ where: { id } });
  expect(await health()).toMatchObject({ health: 'degraded', healthDetail: expect.stringMatching(/listing is empty/) });
  await listed(found('a'));
  expect((await standing('b')).gone).toBeDefined();
  expect((await health()).healthDetail ?? '').not.toMatch(/listing is empty/);
});
