// F8: policies read how long revoking an identity takes: as measured by real revocations or drills, else as declared.
import { expect, test } from 'vitest';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { admin, ask, token } from '@/lib/decisions/testing-ask';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';
import { keepLags } from '@/lib/revocations/keep-lags';

testDatabase();

const connector = async (vendor: string, config: object, state = 'enabled') => {
  const id = newId();
  await prisma().connector.create({ data: { id, vendor, name: `${vendor} ${state}`, config, state } });
  return id;
};
const identity = async (name: string, connectorIds: string[], sources: string[] = []) => {
  const id = newId();
  await prisma().identity.create({
    data: { id, name, externalId: name, kind: 'service_account', sources },
  });
  for (const one of connectorIds)
    await prisma().identityAlias.create({
      data: { identityId: id, issuer: `connector:${one}`, type: 'role', reason: 'listed', externalId: name },
    });
  return id;
};
const lagOf = async (id: string) => (await prisma().identity.findUniqueOrThrow({ where: { id } })).revocationLagSecs;

test('the slowest of its systems counts, as measured; what can not be told to revoke leaves it unknown', async () => {
  const postgres = await connector('postgres', {
    host: 'db.example',
    port: 5432,
    database: 'orders',
    username: 'braid',
  });
  const off = await connector('redis', { host: 'cache.example', port: 6379 }, 'disabled');
  const at = clock.now();
  const [plain, off1, file, pdp] = [
    await identity('in-postgres', [postgres], ['postgres']),
    await identity('in-both', [postgres, off], ['postgres']),
    await identity('in-a-file', [], ['teleport']),
    await identity('declared', [], ['pdp']),
  ];
  expect(await keepLags(admin)).toBeGreaterThanOrEqual(2);
  const declared = await lagOf(plain);
  expect(declared).toBeGreaterThanOrEqual(1);
  expect([await lagOf(off1), await lagOf(file), await lagOf(pdp)]).toEqual([null, null, 1]);
  for (const verifiedMs of [41_200, 41_200, 41_200])
    await prisma().drill.create({
      data: {
        id: newId(),
        connectorId: postgres,
        state: 'passed',
        startedAt: at,
        verifiedMs,
        canary: 'c',
        method: 'entry',
        asked: 'operator',
        actorName: 'Rae',
      },
    });
  expect(await keepLags(admin)).toBe(1);
  expect(await lagOf(plain)).toBe(42);
  // Nothing has changed: no row is written, so nothing that is known of an identity has to be read again.
  expect(await keepLags(admin)).toBe(0);
  await expect(keepLags(token)).rejects.toMatchObject({ code: 'access.denied' });
});

test('a policy takes it off what may be spent; where it is not known a rule that reads it denies', async () => {
  await apply(admin, {
    source: `set: margin
default: allow
meters:
  spent: { sum: context.cost, unit: EUR, per: identity, window: lifetime, on: action.name == "buy" }
rules:
  - id: cap
    limit: { meter: spent, max: 1000 - 10 * identity.revocation_lag_secs }
`,
  });
  const buy = (subject: string, cost: number) =>
    ask({ subject, action: 'buy', session: { id: subject }, context: { cost } });
  await ask({ subject: 'svc-lag', action: 'look', session: { id: 'svc-lag' } });
  expect(await buy('svc-lag', 5)).toMatchObject({ decision: false, reason: 'attribute_missing' });
  await prisma().identity.updateMany({ where: { name: 'svc-lag' }, data: { revocationLagSecs: 60 } });
  expect(await buy('svc-lag', 401)).toMatchObject({ decision: false, reason: 'aggregate_value_exceeded' });
  expect(await buy('svc-lag', 399)).toMatchObject({ decision: true });
  // Revoking has become faster: the very next request has more room.
  await prisma().identity.updateMany({ where: { name: 'svc-lag' }, data: { revocationLagSecs: 10 } });
  expect(await buy('svc-lag', 400)).toMatchObject({ decision: true });
});
