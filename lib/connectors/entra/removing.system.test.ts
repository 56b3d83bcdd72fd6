import { expect, test } from 'vitest';
import { contractSuite } from '@/lib/connectors/contract-test';
import { entraConnector } from '@/lib/connectors/entra/connector';
import { connectTo, lets, PAY, startTenant } from '@/lib/connectors/entra/testing-connection';
import { subjectOf } from '@/lib/connectors/entra/testing-subject';
import { OWN, TENANT } from '@/lib/connectors/entra/testing-tenant';

const { manifest } = entraConnector;
const THOROUGH = { removes: 'secrets', confirmCompromised: 'yes' };
const config = manifest.config.parse(manifest.split({ tenantId: TENANT, clientId: OWN, ...THOROUGH }).config);
const capabilities = manifest.capabilitiesOf!(config);

contractSuite({ ...manifest, capabilities, settings: 'removing for good' }, () => subjectOf(THOROUGH));

test('only where nothing is removed for good can all of a revocation be given back', () => {
  expect([capabilities.reversible, manifest.capabilitiesOf!({ ...config, removes: 'nothing' }).reversible]).toEqual([
    false,
    true,
  ]);
});

test('what is removed for good, the settings say; without the license the step says so', async () => {
  const world = await startTenant();
  const thorough = await connectTo(world, THOROUGH);
  await thorough.blockIdentity!(PAY);
  expect(await thorough.endDerived!(PAY, 'revoke')).toMatchObject({ state: 'effective', affected: 3 });
  expect(world.principals.get(PAY)!.passwords).toEqual([]);
  expect([...world.registrations.values()][0]!.keys).toEqual([]);
  expect(world.grants.size).toBe(0);
  expect([...world.compromised]).toEqual([PAY]);
  world.licensed = false;
  expect((await thorough.endDerived!(PAY, 'revoke')).detail).toContain('Workload ID Premium');
  const tested = await thorough.test();
  // The canary's secret was among those that were removed.
  expect(tested.checks.filter((check) => !check.ok).map((check) => check.check)).toEqual([
    'ID Protection',
    'Canary can log in',
  ]);
  world.licensed = true;
  await thorough.restoreIdentity!(PAY);
  expect([...world.compromised]).toEqual([]);
  expect(world.double.violations).toEqual([]);
  await world.double.close();
});

test('a pause takes nothing for good, whatever the settings remove, and says nothing to ID Protection', async () => {
  const other = await startTenant();
  const paused = await connectTo(other, THOROUGH);
  const now = () => structuredClone([other.principals.get(PAY), [...other.registrations.values()], [...other.grants]]);
  const before = now();
  other.compromised.add(PAY);
  await paused.pauseIdentity!(PAY);
  expect(await paused.endDerived!(PAY, 'pause')).toMatchObject({ state: 'effective', affected: 0 });
  await paused.restoreIdentity!(PAY);
  expect(now()).toEqual(before);
  // Somebody else’s word: Braid takes back only its own.
  expect([...other.compromised]).toEqual([PAY]);
  expect(await lets(other, PAY, 'of payments')).toBe(true);
  expect(other.double.violations).toEqual([]);
  await other.double.close();
});
