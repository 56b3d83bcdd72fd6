import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connection } from '@/lib/connectors/contract';
import { emailOf, type GoogleWorld } from '@/lib/connectors/google/testing-google';
import { BRAID, connectTo, HELD, KEY, PAY, startProject } from '@/lib/connectors/google/testing-project';

let world: GoogleWorld;
let connection: Connection;
beforeAll(async () => {
  world = await startProject();
  connection = await connectTo(world);
});
afterAll(async () => {
  expect(world.double.violations).toEqual([]);
  await world.double.close();
});
const asked = () => ({ since: new Date().toISOString(), fresh: '' });
const keysOf = (email: string) =>
  Object.fromEntries(
    [...world.keys.values()]
      .filter((one) => one.email === email && !one.system)
      .map((one) => [one.id, one.disabled ? 'disabled' : 'enabled']),
  );

test('another key, the others disabled; a try nobody saw the end of leaves none behind; what is said lasts as long as it is', async () => {
  const rotation = asked();
  const tried = await connection.rotateSecret!(PAY, rotation);
  expect(tried).toMatchObject({ state: 'effective', affected: 1, replaced: [`key:${HELD}`] });
  const again = await connection.rotateSecret!(PAY, rotation);
  const fresh = again.secret['private key id']!;
  expect(keysOf(PAY)).toEqual({ [HELD]: 'disabled', [fresh]: 'enabled' });
  expect(JSON.parse(again.secret['key file']!)).toMatchObject({ client_email: PAY, private_key_id: fresh });
  const probe = (secret: Record<string, string>) => connection.probeRotated!(PAY, { ...rotation, secret });
  expect(await probe({})).toMatchObject({ result: 'unknown' });
  const proven = await probe(again.secret);
  expect(proven).toMatchObject({ result: 'gone', residuals: [{ gap: 'G2' }] });
  expect((await probe(again.secret)).residuals[0]!.until).toBe(proven.residuals[0]!.until);
  expect(JSON.stringify(proven)).not.toContain('PRIVATE KEY');
  expect(await connection.canEnter!(PAY)).toBe(true);
  world.keys.get(HELD)!.disabled = false;
  expect(await probe(again.secret)).toMatchObject({ result: 'alive', detail: `key ${HELD.slice(0, 8)} is enabled` });
});

test('with ten keys a disabled one makes room, and is named', async () => {
  const FULL = emailOf('full');
  world.accounts.set(FULL, { email: FULL, disabled: false });
  const ids = Array.from({ length: 10 }, (_, n) => `${n}`.repeat(40));
  for (const id of ids) world.keys.set(id, { id, email: FULL, disabled: id === ids[4], system: false });
  const done = await connection.rotateSecret!(FULL, asked());
  expect(done).toMatchObject({
    state: 'effective',
    detail: expect.stringContaining(`${ids[4]!.slice(0, 8)} deleted to make room`),
  });
  const left = keysOf(FULL);
  expect(Object.keys(left)).toHaveLength(10);
  expect(Object.entries(left).filter(([, state]) => state === 'enabled')).toEqual([
    [done.secret['private key id'], 'enabled'],
  ]);
});

test('who has no key is told why, and Braid’s own service account is protected', async () => {
  const KEYLESS = emailOf('keyless');
  world.accounts.set(KEYLESS, { email: KEYLESS, disabled: false });
  for (const one of [KEYLESS, KEY])
    await expect(connection.rotateSecret!(one, asked())).rejects.toMatchObject({ code: 'connector.unsupported' });
  expect(keysOf(KEYLESS)).toEqual({});
  await expect(connection.rotateSecret!(BRAID, asked())).rejects.toMatchObject({ code: 'connector.protected' });
});
