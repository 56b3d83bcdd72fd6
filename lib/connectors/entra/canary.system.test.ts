import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connection } from '@/lib/connectors/contract';
import { AGENT, connectTo, PAY, startTenant } from '@/lib/connectors/entra/testing-connection';
import { type GraphWorld, OWN } from '@/lib/connectors/entra/testing-tenant';

let world: GraphWorld;
let connection: Connection;
beforeAll(async () => {
  world = await startTenant();
  connection = await connectTo(world);
});
afterAll(async () => {
  expect(world.double.violations).toEqual([]);
  await world.double.close();
});

test('the canary’s credential: refused by Entra once disabled or taken, and never by a silence', async () => {
  const quiet = { code: 'connector.unreachable' };
  await connection.blockIdentity!(PAY);
  expect(await connection.enterAsCanary!(PAY)).toBeNull();
  world.loginDown = 503;
  await expect(connection.enterAsCanary!(PAY)).rejects.toMatchObject(quiet);
  await expect(connection.probeIdentity!(PAY)).rejects.toMatchObject(quiet);
  world.loginDown = 400;
  expect(await connection.probeIdentity!(PAY)).toMatchObject({ result: 'unknown' });
  world.loginDown = null;
  const proven = await connection.probeIdentity!(PAY);
  expect(proven).toMatchObject({ result: 'gone', detail: expect.stringContaining('its credential is refused') });
  expect(proven.checks.at(2)?.saw).toContain('AADSTS7000112');
  await connection.restoreIdentity!(PAY);
  expect(await (await connection.enterAsCanary!(PAY))!.alive()).toBe(true);
  const wrong = await connectTo(world, { canarySecret: 'mistyped' });
  const failed = (await wrong.test()).checks.filter((check) => !check.ok);
  expect(failed).toMatchObject([{ check: 'Canary can log in', detail: expect.stringContaining('AADSTS7000215') }]);
  await expect(connection.enterAsCanary!(AGENT)).rejects.toMatchObject({ code: 'connector.unsupported' });
});

test('a token made before the block that lives longer than is usual is the residual, until it has died', async () => {
  world.tokenSecs = 3 * 3_600;
  const session = (await connection.enterAsCanary!(PAY))!;
  await connection.blockIdentity!(PAY);
  expect(await session.alive()).toBe(true);
  const lives = (await connection.probeIdentity!(PAY)).residuals.at(-1);
  expect(lives).toMatchObject({ gap: 'G2', until: session.livesUntil, why: expect.stringContaining('403') });
  for (const one of world.tokens.values()) if (one.appId !== OWN) one.until = Date.now() - 1;
  expect(await session.alive()).toBe(false);
  expect((await connection.probeIdentity!(PAY)).residuals.map((one) => one.until)).not.toContain(session.livesUntil);
  world.tokenSecs = 3_599;
  await connection.restoreIdentity!(PAY);
});
