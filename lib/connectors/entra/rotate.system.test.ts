import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connection } from '@/lib/connectors/contract';
import {
  AGENT,
  BRAID,
  CERTIFICATE,
  COMPANION,
  connectTo,
  lets,
  PAY,
  principal,
  RUNNER,
  SECRET,
  startTenant,
} from '@/lib/connectors/entra/testing-connection';
import { type GraphWorld, id } from '@/lib/connectors/entra/testing-tenant';

let world: GraphWorld;
let connection: Connection;
beforeAll(async () => {
  world = await startTenant();
  connection = await connectTo(world, { removes: 'secrets' });
});
afterAll(async () => {
  expect(world.double.violations).toEqual([]);
  await world.double.close();
});
const asked = () => ({ since: new Date().toISOString(), fresh: '' });

test('every other secret and key goes; what a revocation would also remove stays, the new secret with it', async () => {
  const rotation = asked();
  const first = await connection.rotateSecret!(PAY, rotation);
  expect(first).toMatchObject({ state: 'effective', affected: 1, replaced: [SECRET, CERTIFICATE] });
  const again = await connection.rotateSecret!(PAY, rotation);
  expect(again.replaced).toEqual([first.secret['secret id']]);
  const registration = [...world.registrations.values()][0]!;
  expect(registration.passwords.map((one) => one.keyId)).toEqual([again.secret['secret id']]);
  expect([...world.principals.get(PAY)!.passwords, ...registration.keys]).toEqual([]);
  expect(await lets(world, PAY, 'of payments')).toBe(false);
  expect(await lets(world, PAY, first.secret['client secret']!)).toBe(false);
  expect(await connection.endDerived!(PAY, 'rotate')).toMatchObject({ state: 'effective', affected: 0 });
  expect(world.grants.size).toBe(1);
  expect(await lets(world, PAY, again.secret['client secret']!)).toBe(true);

  const probe = (secret: Record<string, string>) => connection.probeRotated!(PAY, { ...rotation, secret });
  expect(await probe({})).toMatchObject({ result: 'unknown' });
  const proven = await probe(again.secret);
  expect(proven).toMatchObject({ result: 'gone', residuals: [{ gap: 'G2' }] });
  expect((await probe(again.secret)).residuals[0]!.until).toBe(proven.residuals[0]!.until);
  expect(JSON.stringify(proven)).not.toContain(again.secret['client secret']);
  const subject = 'repo:acme/pay:ref:refs/heads/main';
  const issuer = 'https://token.actions.githubusercontent.com';
  world.federated.push({ id: id(90), name: 'deploys', issuer, subject, audiences: ['api://AzureADTokenExchange'] });
  expect((await probe(again.secret)).residuals[1]).toMatchObject({
    what: `federated credential deploys (${subject})`,
    until: null,
  });
  world.federated.length = 0;
  registration.keys.push({ keyId: CERTIFICATE, endDateTime: '2027-01-01T00:00:00Z' });
  expect(await probe(again.secret)).toMatchObject({ result: 'alive' });

  // A revocation after it is a revocation whole.
  await connection.blockIdentity!(PAY);
  expect(await connection.endDerived!(PAY, 'revoke')).toMatchObject({ state: 'effective', affected: 3 });
  expect(registration.passwords).toEqual([]);
});

test('who has no secret at Entra is told why, and an agent keeps its account', async () => {
  const [SAML, THEIRS] = [id(51), id(52)];
  const signs = [{ keyId: id(53), endDateTime: '2027-01-01T00:00:00Z', usage: 'Sign' }];
  world.principals.set(SAML, principal(SAML, 'saml', { keys: signs }));
  world.principals.set(THEIRS, principal(THEIRS, 'theirs', { appOwnerOrganizationId: id(54) }));
  for (const [one, why] of [
    [RUNNER, 'managed identity'],
    [AGENT, 'blueprint'],
    [`user:${COMPANION}`, 'account'],
    [SAML, 'SAML'],
    [THEIRS, 'another tenant'],
  ] as const)
    await expect(connection.rotateSecret!(one, asked())).rejects.toMatchObject({
      code: 'connector.unsupported',
      publicMessage: expect.stringContaining(why),
    });
  await connection.endDerived!(AGENT, 'rotate');
  expect(world.users.get(COMPANION)!.accountEnabled).toBe(true);
  await expect(connection.rotateSecret!(BRAID, asked())).rejects.toMatchObject({ code: 'connector.protected' });
});
