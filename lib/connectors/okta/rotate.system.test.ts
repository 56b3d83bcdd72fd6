import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connection } from '@/lib/connectors/contract';
import { type OktaWorld, OWN } from '@/lib/connectors/okta/testing-okta';
import { startOrg } from '@/lib/connectors/okta/testing-org';
import { keptSecret } from '@/lib/connectors/okta/testing-secrets';

let world: OktaWorld;
let connection: Connection;
beforeAll(async () => {
  ({ world, connection } = await startOrg());
});
afterAll(async () => {
  expect(world.double.violations).toEqual([]);
  await world.double.close();
});
const asked = () => ({ since: new Date().toISOString(), fresh: '' });
const listed = () => world.secrets.get('0oaPay')!.map((one) => [one.id, one.status]);

test('an app with two secrets has one after, the new one; a try nobody saw the end of leaves none behind', async () => {
  const [first, second] = [world.secrets.get('0oaPay')![0]!, keptSecret('another')];
  world.secrets.set('0oaPay', [first, { ...second, status: 'INACTIVE' }]);
  const rotation = asked();
  const tried = await connection.rotateSecret!('app:0oaPay', rotation);
  expect(tried).toMatchObject({ state: 'effective', affected: 1, replaced: [] });
  expect(listed()).toEqual([[tried.secret['client secret id'], 'ACTIVE']]);
  const again = await connection.rotateSecret!('app:0oaPay', rotation);
  expect(listed()).toEqual([[again.secret['client secret id'], 'ACTIVE']]);

  world.signIn('0oaPay', '00uAda');
  const probe = (secret: Record<string, string>) => connection.probeRotated!('app:0oaPay', { ...rotation, secret });
  expect(await probe(again.secret)).toMatchObject({ result: 'alive', detail: '1 refresh tokens are listed' });
  await connection.endSessions!('app:0oaPay');
  expect(await probe({})).toMatchObject({ result: 'unknown' });
  const proven = await probe(again.secret);
  expect(proven).toMatchObject({ result: 'gone', residuals: [{ gap: 'G2' }] });
  expect((await probe(again.secret)).residuals[0]!.until).toBe(proven.residuals[0]!.until);
  expect(JSON.stringify(proven)).not.toContain(again.secret['client secret']);
  expect(await probe(tried.secret)).toMatchObject({ result: 'alive' });
  world.secrets.get('0oaPay')!.push(keptSecret('made by hand'));
  expect(await probe(again.secret)).toMatchObject({ result: 'alive' });
});

test('who has no client secret is told why, and the app Braid connects as is protected', async () => {
  for (const [one, why] of [
    ['app:0oaHelp', 'private_key_jwt'],
    ['agent:wlpHelp', 'as its app'],
    ['token:00TSync', 'API token'],
    ['user:00uSvc', 'account'],
  ] as const)
    await expect(connection.rotateSecret!(one, asked())).rejects.toMatchObject({
      code: 'connector.unsupported',
      publicMessage: expect.stringContaining(why),
    });
  await expect(connection.rotateSecret!(`app:${OWN}`, asked())).rejects.toMatchObject({ code: 'connector.protected' });
});
