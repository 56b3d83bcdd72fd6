import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { contractSuite } from '@/lib/connectors/contract-test';
import { manifest } from '@/lib/connectors/rabbitmq/manifest';
import {
  add,
  admin,
  connect,
  login,
  management,
  PASSWORD,
  SHOWN_MS,
  tried,
  USER,
} from '@/lib/connectors/rabbitmq/testing-broker';

contractSuite(manifest, async () => {
  const connection = await connect();
  const about = (await admin('GET', '/overview')) as { rabbitmq_version: string };
  return {
    connection,
    system: { kind: 'real' as const, name: `RabbitMQ ${about.rabbitmq_version}` },
    identity: USER,
    protectedIdentity: 'braid',
    open: async () => login(),
    bystander: { identity: 'plain', open: () => login('plain') },
    withoutHeld: () => connect({ canary: '', canaryPassword: '' }),
    adopt: (secret) => {
      tried.held = secret.password!;
    },
    remove: async () => void (await admin('DELETE', `/users/${USER}`)),
    close: async () => {
      await connection.close();
      await add(USER, '');
      tried.held = PASSWORD;
    },
    differs: { settleMs: SHOWN_MS },
  };
});

test('neither lock ends who is in, nor keeps it from opening channels: closing after it does', async () => {
  const connection = await connect();
  await connection.endSessions!(USER);
  const one = await login();
  expect(await connection.blockIdentity!(USER)).toMatchObject({ state: 'effective', affected: 1 });
  expect(await one!.alive()).toBe(true);
  expect((await connection.probeIdentity!(USER)).result).toBe('alive');
  expect(await connection.endSessions!(USER)).toMatchObject({ state: 'effective', affected: 1 });
  expect(await one!.alive()).toBe(false);
  expect(await connection.probeIdentity!(USER)).toMatchObject({ result: 'gone', residuals: [] });
  await connection.restoreIdentity!(USER);
  await connection.close();
});

test('restoring gives back what was there: password, tags, permissions and a limit of its own', async () => {
  const connection = await connect();
  await admin('PUT', `/user-limits/${USER}/max-connections`, { value: 7 });
  await admin('PUT', `/user-limits/${USER}/max-channels`, { value: 70 });
  const before = await admin('GET', `/users/${USER}`);
  const rights = await admin('GET', `/users/${USER}/permissions`);
  await connection.blockIdentity!(USER);
  await connection.blockIdentity!(USER);
  expect(await login()).toBeUndefined();
  const again = await connect();
  expect(await again.restoreIdentity!(USER)).toMatchObject({ state: 'effective', affected: 1 });
  expect(await admin('GET', `/users/${USER}`)).toEqual(before);
  expect(await admin('GET', `/users/${USER}/permissions`)).toEqual(rights);
  expect(JSON.stringify(await admin('GET', '/global-parameters'))).not.toContain('braid:');
  expect(await login()).toBeDefined();
  await admin('DELETE', `/user-limits/${USER}/max-connections`);
  await admin('DELETE', `/user-limits/${USER}/max-channels`);
  await again.close();
  await connection.close();
});

test('the HTTP API is shut too: a user with a tag, whom no limit of connections touches', async () => {
  await add('svc-http', 'management');
  const connection = await connect();
  const whoami = () =>
    fetch(`http://127.0.0.1:${management()}/api/whoami`, {
      headers: { authorization: `Basic ${btoa(`svc-http:${PASSWORD}`)}` },
    }).then((answer) => answer.status);
  expect(await whoami()).toBe(200);
  await admin('PUT', '/user-limits/svc-http/max-connections', { value: 0 });
  expect(await whoami()).toBe(200);
  expect((await connection.probeIdentity!('svc-http')).result).toBe('alive');
  await connection.blockIdentity!('svc-http');
  expect(await whoami()).toBe(401);
  expect((await connection.probeIdentity!('svc-http')).result).toBe('gone');
  await connection.restoreIdentity!('svc-http');
  expect(await whoami()).toBe(200);
  expect(await login('svc-http')).toBeUndefined();
  await admin('DELETE', '/users/svc-http');
  await connection.close();
});

test('clients that reconnect in a tight loop, and a shovel, are out at the end', async () => {
  const connection = await connect();
  await admin('PUT', '/parameters/shovel/%2F/mover', {
    value: {
      'src-uri': `amqp://${USER}:${tried.held}@127.0.0.1:${tried.port}`,
      'src-queue': 'a',
      'dest-uri': 'amqp://',
      'dest-queue': 'b',
      'reconnect-delay': 1,
    },
  });
  expect((await connection.predict!(USER)).map((hit) => hit.what)).toContain('shovel mover (/)');
  for (let round = 0; round < 5; round++) {
    let stop = false;
    const storm = Array.from({ length: 4 }, async () => {
      while (!stop) {
        const one = await login(USER, 'storm');
        if (!one) await sleep(1);
        else await new Promise((resolve) => one.client.once('close', resolve));
      }
    });
    await sleep(200);
    expect(await connection.blockIdentity!(USER)).toMatchObject({ state: 'effective' });
    await connection.endSessions!(USER);
    while ((await connection.probeIdentity!(USER)).result !== 'gone') await connection.endSessions!(USER);
    stop = true;
    await Promise.all(storm);
    expect(await login()).toBeUndefined();
    await connection.restoreIdentity!(USER);
  }
  await admin('DELETE', '/parameters/shovel/%2F/mover');
  await connection.close();
});

test('consumers and exclusive queues are told before; who shares the user is told', async () => {
  const connection = await connect();
  await connection.endSessions!(USER);
  const [one, other] = [await login(USER, 'billing'), await login(USER, 'reports')];
  const channel = await one!.client.createChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  await channel.consume(queue, () => undefined);
  let hits: string[] = [];
  for (let waited = 0; waited < SHOWN_MS && hits.length < 4; waited += 250) {
    hits = (await connection.predict!(USER)).map((hit) => hit.what);
    await sleep(250);
  }
  expect(hits.sort()).toEqual(
    ['billing from 127.0.0.1', 'reports from 127.0.0.1', `consumers of ${queue}`, '1 exclusive queue'].sort(),
  );
  expect(await other!.alive()).toBe(true);
  await connection.close();
});

test('a user that is not in the database is not claimed to be gone where another backend lets in', async () => {
  const connection = await connect();
  await expect(connection.canEnter!('from-a-token')).resolves.toBe(false);
  expect(await connection.blockIdentity!('from-a-token')).toMatchObject({ state: 'accepted', affected: 0 });
  expect((await connection.probeIdentity!('from-a-token')).result).toBe('gone');
  await connection.close();
});

test('a test names the tag that is missing and how to give it', async () => {
  const connection = await connect({ user: 'plain', canary: '' });
  const tested = await connection.test();
  expect(tested.checks.filter((one) => !one.ok).map((one) => one.fix)).toEqual([
    'rabbitmqctl set_user_tags plain administrator',
  ]);
  expect(await connection.blockIdentity!(USER)).toMatchObject({ state: 'failed' });
  await admin('PUT', '/users/plain', { password: PASSWORD, tags: 'administrator' });
  expect((await connection.test()).ok).toBe(true);
  await expect(connection.endSessions!('plain')).rejects.toMatchObject({ code: 'connector.protected' });
  await connection.close();
});

const asked = () => ({ since: new Date().toISOString(), fresh: randomBytes(32).toString('base64url') });
const whoami = (user: string, password: string) =>
  fetch(`http://127.0.0.1:${management()}/api/whoami`, {
    headers: { authorization: `Basic ${btoa(`${user}:${password}`)}` },
  }).then((answer) => answer.status);

test('what can’t be reached or refuses says so in one line', async () => {
  await expect(connect({ url: 'http://127.0.0.1:1' })).rejects.toMatchObject({ code: 'connector.unreachable' });
  await expect(connect({ password: 'wrong' })).rejects.toMatchObject({ code: 'connector.refused' });
  await expect(connect({ ownNetwork: 'false' })).rejects.toMatchObject({ code: 'connector.refused' });
  const config = { url: 'http://user:secret@rabbit:15672' };
  expect(manifest.config.safeParse(config).success).toBe(false);
});

test('of a user without a tag the password is told to be right all the same; one that is shut out stays so, and comes back with the new one', async () => {
  const connection = await connect();
  const rotation = asked();
  const { secret } = await connection.rotateSecret!(USER, rotation);
  await connection.endSessions!(USER);
  const probe = () => connection.probeRotated!(USER, { ...rotation, secret });
  expect((await probe()).checks.map((one) => one.saw)).toContain('password right; the HTTP API is not for it');
  await connection.blockIdentity!(USER);
  const next = asked();
  const blocked = await connection.rotateSecret!(USER, next);
  expect(blocked.detail).toContain('stays so');
  await connection.endSessions!(USER);
  expect(await connection.probeIdentity!(USER)).toMatchObject({ result: 'gone' });
  expect(await connection.probeRotated!(USER, { ...next, secret: blocked.secret })).toMatchObject({ result: 'gone' });
  await connection.restoreIdentity!(USER);
  tried.held = secret.password!;
  expect(await login()).toBeUndefined();
  tried.held = blocked.secret.password!;
  expect(await login()).toBeDefined();
  await connection.close();
});

test('a new password leaves tags and limits as they were, and the HTTP API takes only the new one', async () => {
  await add('svc-http', 'management');
  await admin('PUT', '/user-limits/svc-http/max-connections', { value: 7 });
  const connection = await connect();
  const rotation = asked();
  const { secret } = await connection.rotateSecret!('svc-http', rotation);
  expect(await whoami('svc-http', PASSWORD)).toBe(401);
  expect(await whoami('svc-http', secret.password!)).toBe(200);
  expect(await admin('GET', '/users/svc-http')).toMatchObject({
    tags: ['management'],
    limits: { 'max-connections': 7 },
  });
  const probe = () => connection.probeRotated!('svc-http', { ...rotation, secret });
  const probed = await probe();
  expect(probed).toMatchObject({ result: 'gone', residuals: [] });
  expect(probed.checks.map((one) => one.saw)).toContain('let in');
  await add('svc-http', 'management');
  expect(await probe()).toMatchObject({ result: 'alive', detail: 'another password than the new one opens it' });
  await admin('DELETE', '/users/svc-http');
  await connection.close();
});
