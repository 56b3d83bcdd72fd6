// Whom a subject means, and when it is not clear: against a real database, with nothing between.
import { expect, test } from 'vitest';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import type { StoredSource } from '@/lib/signals/in/store';
import { match } from '@/lib/signals/match';

testDatabase();
const IDP = 'https://idp.example';
const source = (more: Partial<StoredSource> = {}) =>
  ({ id: newId(), issuer: IDP, namespace: 'default', metadata: {}, ...more }) as StoredSource;

async function identity(name: string, names: string[] = [name]): Promise<string> {
  const id = newId();
  await prisma().identity.create({ data: { id, name, externalId: name, kind: 'service_account' } });
  for (const externalId of names)
    await prisma().identityAlias.create({
      data: { issuer: 'default', type: '*', externalId, identityId: id, reason: 'test' },
    });
  return id;
}
async function connector(vendor: string, issuer = 'default'): Promise<string> {
  const id = newId();
  await prisma().connector.create({ data: { id, name: `${vendor} ${id}`, vendor, issuer, config: {} } });
  return id;
}
async function session(identityId: string, groupKey: string, connectorId: string | null = null): Promise<string> {
  const id = newId();
  const at = clock.now();
  const where = { connectorId, source: connectorId ? 'postgres' : 'okta', observedBy: 'native' };
  await prisma().session.create({
    data: { id, identityId, groupKey, label: groupKey, startedAt: at, lastEventAt: at, ...where },
  });
  return id;
}
const alone = (id: string) => ({ format: 'complex', session: { format: 'opaque', id } }) as const;
const withUser = (sub: string, id: string) =>
  ({ format: 'complex', user: { format: 'opaque', id: sub }, session: { format: 'opaque', id } }) as const;

test('a process id is a session of whichever system is asked: alone it ends nothing, wherever it lives', async () => {
  const [database, other] = [await connector('postgres'), await connector('mysql')];
  const id = await identity('svc-pid');
  await session(id, '4711', database);
  expect(await match(source(), alone('4711'))).toMatchObject({
    state: 'ambiguous',
    why: expect.stringContaining('Not clear which'),
    identityIds: [id],
  });
  expect(await match(source(), alone('4712'))).toMatchObject({ state: 'unmatched' });
  // Of an identity that is named it is meant, unless it has one in two systems.
  expect(await match(source(), withUser('svc-pid', '4711'))).toMatchObject({ sessions: [{ identityId: id }] });
  await session(id, '4711', other);
  expect(await match(source(), withUser('svc-pid', '4711'))).toMatchObject({ state: 'ambiguous' });
});

test('the issuer or the namespace says which system; what was drawn at random needs neither', async () => {
  const realm = await connector('keycloak', 'https://kc.example/realms/a');
  const second = await connector('keycloak', 'https://kc.example/realms/b');
  const [a, b] = [await identity('svc-a'), await identity('svc-b')];
  const [here, there] = [await session(a, '17', realm), await session(b, '17', second)];
  expect(await match(source(), alone('17'))).toMatchObject({ state: 'ambiguous' });
  const jwt = (iss: string) => ({ format: 'jwt_id', iss, jti: '17' }) as const;
  expect(await match(source(), jwt('https://kc.example/realms/a'))).toMatchObject({ sessions: [{ id: here }] });
  expect(await match(source(), jwt(IDP))).toMatchObject({ state: 'ambiguous' });
  expect(await match(source({ namespace: 'https://kc.example/realms/b' }), alone('17'))).toMatchObject({
    sessions: [{ id: there }],
    identities: [{ id: b }],
  });
  const key = 'q8Zr2hV0Lx7TnWc3Jd5Ko1';
  const drawn = await session(a, key);
  expect(await match(source(), alone(key))).toMatchObject({ sessions: [{ id: drawn }] });
  await session(b, key, second);
  expect(await match(source(), alone(key))).toMatchObject({ state: 'ambiguous' });
});

test('a subject is one: names of several identities mean none of them, until these are one', async () => {
  const [one, two] = [await identity('svc-one'), await identity('svc-two', ['svc-two', 'robot@example.com'])];
  const live = [await session(one, 'q8Zr2hV0Lx7TnWc3Jd5Ka1'), await session(two, 'q8Zr2hV0Lx7TnWc3Jd5Ka2')];
  const subject = {
    format: 'aliases',
    identifiers: [
      { format: 'opaque', id: 'svc-one' },
      { format: 'email', email: 'robot@example.com' },
    ],
  } as const;
  const found = await match(source(), subject as never);
  expect(found).toMatchObject({ state: 'ambiguous', why: expect.stringContaining('svc-one, svc-two') });
  expect((found as { identityIds: string[] }).identityIds.sort()).toEqual([one, two].sort());
  await prisma().identityAlias.updateMany({ where: { identityId: two }, data: { identityId: one } });
  await prisma().session.update({ where: { id: live[1]! }, data: { identityId: one } });
  expect(await match(source(), subject as never)).toMatchObject({
    identities: [{ id: one }],
    sessions: live.map((id) => ({ id })),
  });
});

test('the id that a caller gave its session is found whatever signs are in it', async () => {
  const id = await identity('svc-quoted');
  const named = String.raw`job "nightly"\1%_`;
  const groupKey = JSON.stringify(['default', 'service_account', 'svc-quoted', named]);
  const declared = await session(id, groupKey);
  await prisma().session.update({ where: { id: declared }, data: { source: 'pdp', observedBy: 'declared' } });
  expect(await match(source(), withUser('svc-quoted', named))).toMatchObject({ sessions: [{ id: declared }] });
  expect(await match(source(), withUser('svc-quoted', 'job "nightly"'))).toMatchObject({ sessions: [] });
});
