import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { add, admin, connect, management, PASSWORD, tried } from '@/lib/connectors/rabbitmq/testing-broker';

tried.plugins = ['rabbitmq_auth_backend_cache', 'rabbitmq_auth_mechanism_ssl'];
tried.settings = ['auth_backends.1 = cache', 'auth_cache.cached_backend = internal', 'auth_cache.cache_ttl = 60000'];

const asked = () => ({ since: new Date().toISOString(), fresh: randomBytes(32).toString('base64url') });
const whoami = (user: string, password: string) =>
  fetch(`http://127.0.0.1:${management()}/api/whoami`, {
    headers: { authorization: `Basic ${btoa(`${user}:${password}`)}` },
  }).then((answer) => answer.status);

test('a cache of logins takes the old password for a while: said, never proven', async () => {
  await add('svc-cached', 'management');
  const connection = await connect();
  expect(await whoami('svc-cached', PASSWORD)).toBe(200);
  const rotation = asked();
  const { secret } = await connection.rotateSecret!('svc-cached', rotation);
  expect(await whoami('svc-cached', PASSWORD)).toBe(200);
  const probed = await connection.probeRotated!('svc-cached', { ...rotation, secret });
  expect(probed.result).toBe('gone');
  expect(probed.checks.map((one) => one.saw)).toContain('not tried: the cache would remember it');
  expect(probed.residuals).toMatchObject([
    { gap: 'G7', what: 'the old password, as the cache of logins remembers it', until: null },
    { gap: 'G11', what: 'client certificates of this name', until: null },
  ]);
  await admin('DELETE', '/users/svc-cached');
  await connection.close();
});

test('who has no password here gets none', async () => {
  const connection = await connect();
  await admin('PUT', '/users/by-certificate', { password_hash: '', tags: '' });
  for (const name of ['by-certificate', 'from-a-token'])
    await expect(connection.rotateSecret!(name, asked())).rejects.toMatchObject({ code: 'connector.unsupported' });
  await admin('DELETE', '/users/by-certificate');
  await connection.close();
});
