// On a primary and its replica of the product that is tried: whoever imports this has said which.
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contractSuite } from '@/lib/connectors/contract-test';
import { manifest } from '@/lib/connectors/redis/manifest';
import { as, CANARY, connect, giveBack, login, opened, start, tried, USER } from '@/lib/connectors/redis/testing-redis';
import type { TestServer } from '@/lib/connectors/testing-server';

let primary: TestServer;
let replica: TestServer;
let ports: number[];

beforeAll(async () => {
  primary = await start();
  replica = await start({ replicaOf: primary.port });
  ports = [primary.port, replica.port];
  for (let tries = 0; tries < 100; tries++) {
    if (String(await as(primary.port, 'INFO', 'replication')).includes('state=online')) return;
    await sleep(100);
  }
  throw new Error('the replica never came up');
});
afterAll(async () => {
  for (const client of opened) if (client.isOpen) client.destroy();
  await Promise.all([primary?.stop(), replica?.stop()]);
});

contractSuite(manifest, async () => {
  const connection = await connect(ports, { canary: USER });
  const about = String(await as(primary.port, 'INFO', 'server'));
  const version = /valkey_version:(\S+)/.exec(about)?.[1] ?? /redis_version:(\S+)/.exec(about)?.[1];
  let turn = 0;
  return {
    connection,
    system: { kind: 'real' as const, name: `${tried.product} ${version}, primary and replica` },
    identity: USER,
    protectedIdentity: 'default',
    open: async () => login(ports[turn++ % 2]!),
    bystander: { identity: CANARY, open: () => login(ports[turn++ % 2]!, CANARY) },
    withoutHeld: () => connect(ports, { canary: '', canaryPassword: '' }),
    adopt: (secret) => {
      tried.held = secret.password!;
    },
    remove: async () => {
      for (const port of ports) await as(port, 'ACL', 'DELUSER', USER);
    },
    close: async () => {
      await giveBack(ports);
      await connection.close();
    },
  };
});

test('a canary that may do next to nothing is a canary all the same', async () => {
  const connection = await connect(ports);
  const session = await connection.enterAsCanary!(CANARY);
  expect(await session!.alive()).toBe(true);
  await connection.blockIdentity!(CANARY);
  expect(await connection.enterAsCanary!(CANARY)).toBeNull();
  expect(await session!.alive()).toBe(true);
  await connection.endSessions!(CANARY);
  expect(await session!.alive()).toBe(false);
  const probed = await connection.probeIdentity!(CANARY);
  expect(probed.checks.find((one) => one.check === 'login with the held password')).toMatchObject({ saw: 'refused' });
  await session!.close();
  await connection.restoreIdentity!(CANARY);
  await expect(connection.enterAsCanary!(USER)).rejects.toMatchObject({ code: 'connector.unsupported' });
  await connection.close();
});

test('“off” leaves who is in: subscribers, blocked and MONITOR clients on both nodes end only by the kill after it', async () => {
  const connection = await connect(ports);
  await connection.endSessions!(USER);
  const [plain, blocked, monitor, subscriber] = await Promise.all([
    login(ports[0]!, USER, 'plain'),
    login(ports[0]!, USER, 'blocked'),
    login(ports[0]!, USER, 'monitor'),
    login(ports[1]!, USER, 'subscriber'),
  ]);
  const waiting = blocked!.client.sendCommand(['BLPOP', 'nothing', '0']).then(
    () => 'answered',
    () => 'cut',
  );
  await monitor!.client.monitor(() => undefined);
  await subscriber!.client.subscribe('news', () => undefined);
  const listed = (await connection.listSessions!()).filter((one) => one.externalIdentityId === USER);
  expect(listed.map((one) => one.label.split(' · ').at(-1)).sort()).toEqual([
    '127.0.0.1',
    'MONITOR',
    'blocked',
    'subscribed',
  ]);
  expect(await connection.blockIdentity!(USER)).toMatchObject({ state: 'effective', affected: 1 });
  expect(await plain!.alive()).toBe(true);
  expect((await connection.probeIdentity!(USER)).result).toBe('alive');
  expect(await connection.endSessions!(USER)).toMatchObject({ state: 'effective', affected: 4 });
  expect(await waiting).toBe('cut');
  expect((await connection.listSessions!()).filter((one) => one.externalIdentityId === USER)).toEqual([]);
  expect(await connection.probeIdentity!(USER)).toMatchObject({ result: 'gone', residuals: [] });
  await connection.restoreIdentity!(USER);
  await connection.close();
});

test('clients that reconnect in a tight loop are out at the end', async () => {
  const connection = await connect(ports);
  for (let round = 0; round < 10; round++) {
    let stop = false;
    const storm = Array.from({ length: 4 }, async (_, at) => {
      while (!stop) {
        const one = await login(ports[at % 2]!, USER, 'storm');
        if (!one) await sleep(1);
        else await one.client.sendCommand(['BLPOP', 'nothing', '0']).catch(() => undefined);
      }
    });
    await sleep(50);
    expect(await connection.blockIdentity!(USER)).toMatchObject({ state: 'effective' });
    expect(await connection.endSessions!(USER)).toMatchObject({ state: 'effective' });
    expect(await connection.probeIdentity!(USER)).toMatchObject({ result: 'gone', residuals: [] });
    stop = true;
    await Promise.all(storm);
    expect(await login(ports[0]!)).toBeUndefined();
    await connection.restoreIdentity!(USER);
  }
  await connection.close();
});

test('block, end and proof, again and again on both nodes', async () => {
  const connection = await connect(ports);
  for (let round = 0; round < 11; round++) {
    await login(ports[round % 2]!);
    await connection.blockIdentity!(USER);
    await connection.endSessions!(USER);
    expect(await connection.probeIdentity!(USER)).toMatchObject({ result: 'gone', residuals: [] });
    await connection.restoreIdentity!(USER);
  }
  await connection.close();
});

test('a block is on disk: after a restart of the node the user stays out, without an ACL file the proof says it would not', async () => {
  const [file, none] = await Promise.all([start(), start({ aclFile: false })]);
  const [kept, lost, nowhere] = await Promise.all([
    connect([file.port]),
    connect([none.port]),
    connect([none.port], { persist: 'rewrite' }),
  ]);
  await kept.blockIdentity!(USER);
  expect(fs.readFileSync(path.join(file.folder, 'users.acl'), 'utf8')).toMatch(/^user svc-orders off /m);
  expect((await kept.probeIdentity!(USER)).residuals).toEqual([]);
  await lost.blockIdentity!(USER);
  expect(await lost.probeIdentity!(USER)).toMatchObject({ result: 'gone', residuals: [{ gap: 'G12', until: null }] });
  await nowhere.restoreIdentity!(USER);
  await as(none.port, 'ACL', 'SETUSER', 'braid', '+config|rewrite');
  await nowhere.blockIdentity!(USER);
  expect(fs.readFileSync(path.join(none.folder, 'plain.conf'), 'utf8')).toMatch(/^user svc-orders off /m);
  expect((await nowhere.probeIdentity!(USER)).residuals).toEqual([]);
  for (const one of [kept, lost, nowhere]) await one.close();
  await Promise.all([file.stop(), none.stop()]);
});

test('a node that is told of but not listed is a residual; a Sentinel’s or replica’s own user is protected', async () => {
  const half = await connect([primary.port]);
  const missing = `127.0.0.1:${replica.port}`;
  const tested = await half.test();
  expect(tested.checks.find((one) => one.check === 'Every node is listed')).toMatchObject({ ok: false });
  await half.blockIdentity!(USER);
  await half.endSessions!(USER);
  const probed = await half.probeIdentity!(USER);
  expect(probed).toMatchObject({ result: 'gone', residuals: [{ gap: 'G7', what: `access through ${missing}` }] });
  expect(await login(replica.port)).toBeDefined();
  expect((await half.predict!(USER)).map((hit) => hit.what)).toContain(missing);
  await half.restoreIdentity!(USER);
  await expect(half.blockIdentity!('repl')).rejects.toMatchObject({ code: 'connector.protected' });
  await expect(half.blockIdentity!('braid')).rejects.toMatchObject({ code: 'connector.protected' });
  await half.close();
});

test('a node that is down keeps the others from nothing, and nothing is proven until it answers', async () => {
  const third = await start();
  const connection = await connect([primary.port, third.port]);
  const held = await login(primary.port);
  await login(third.port);
  const before = await connection.listSessions!();
  expect(before.filter((one) => one.externalIdentityId === USER)).toHaveLength(2);
  await third.stop();
  expect((await connection.listSessions!()).filter((one) => one.externalIdentityId === USER)).toHaveLength(2);
  expect(await connection.blockIdentity!(USER)).toMatchObject({ state: 'accepted', affected: 1 });
  expect(await connection.endSessions!(USER)).toMatchObject({ state: 'accepted' });
  expect(await held!.alive()).toBe(false);
  await expect(connection.probeIdentity!(USER)).rejects.toMatchObject({ code: 'connector.unreachable' });
  expect((await connection.test()).checks.find((one) => one.check === 'Connect')).toMatchObject({ ok: false });
  await connection.restoreIdentity!(USER);
  await connection.close();
});

test('a test names each rule that is missing, and its fixes are enough', async () => {
  const connection = await connect(ports, { user: 'plain' });
  const before = await connection.test();
  const missing = before.checks.filter((one) => !one.ok);
  expect(missing.map((one) => one.check)).toContain('Block users');
  expect(await connection.blockIdentity!(USER)).toMatchObject({ state: 'failed' });
  for (let round = 0; round < 5; round++) {
    const fixes = (await connection.test()).checks.flatMap((one) => (one.ok ? [] : (one.fix ?? [])));
    for (const fix of fixes) for (const port of ports) await as(port, ...fix.split(' '));
  }
  expect((await connection.test()).checks.filter((one) => !one.ok)).toEqual([]);
  expect(await connection.blockIdentity!(USER)).toMatchObject({ state: 'effective', affected: 1 });
  expect(await connection.restoreIdentity!(USER)).toMatchObject({ state: 'effective', affected: 1 });
  await connection.close();
});

test('what can’t be reached or refuses says so in one line', async () => {
  await expect(connect([1])).rejects.toMatchObject({ code: 'connector.unreachable' });
  await expect(connect(ports, { password: 'wrong' })).rejects.toMatchObject({ code: 'connector.refused' });
  expect(manifest.config.safeParse({ nodes: 'redis://x' }).success).toBe(false);
  expect(manifest.config.parse({ nodes: 'a, b:7000;[fd00::1]' }).nodes).toEqual(['a:6379', 'b:7000', '[fd00::1]:6379']);
});

const asked = () => ({ since: new Date().toISOString(), fresh: randomBytes(32).toString('base64url') });

test('a new password is the only one on every node: what it had beside is gone, also none at all, and it outlives a restart where blocks do', async () => {
  const none = await start({ aclFile: false });
  const connection = await connect([...ports, none.port]);
  await as(ports[0]!, 'ACL', 'SETUSER', USER, '>second', '>third');
  await as(ports[1]!, 'ACL', 'SETUSER', USER, 'nopass');
  const rotation = asked();
  const { secret } = await connection.rotateSecret!(USER, rotation);
  const probe = () => connection.probeRotated!(USER, { ...rotation, secret });
  await connection.endSessions!(USER);
  expect(await probe()).toMatchObject({ result: 'gone', residuals: [{ gap: 'G12' }] });
  for (const old of [tried.held, 'second', 'third']) {
    tried.held = old;
    for (const port of ports) expect(await login(port)).toBeUndefined();
  }
  expect(fs.readFileSync(path.join(primary.folder, 'users.acl'), 'utf8')).not.toContain(secret.password);
  tried.held = secret.password!;
  const inside = await login(ports[1]!);
  expect((await probe()).result).toBe('alive');
  inside!.client.destroy();
  await as(ports[0]!, 'ACL', 'SETUSER', USER, '>second');
  expect(await probe()).toMatchObject({
    result: 'alive',
    detail: `another password than the new one on 127.0.0.1:${ports[0]}`,
  });
  await giveBack(ports);
  await connection.close();
  await none.stop();
});

test('a user that is off gets a new password and stays off; one that has none gets none', async () => {
  const connection = await connect(ports);
  await connection.blockIdentity!(USER);
  const rotation = asked();
  const { secret } = await connection.rotateSecret!(USER, rotation);
  await connection.endSessions!(USER);
  expect(await connection.canEnter!(USER)).toBe(false);
  expect(await connection.probeRotated!(USER, { ...rotation, secret })).toMatchObject({ result: 'gone' });
  for (const port of ports) await as(port, 'ACL', 'SETUSER', USER, 'resetpass');
  for (const name of [USER, 'nobody-there'])
    await expect(connection.rotateSecret!(name, asked())).rejects.toMatchObject({ code: 'connector.unsupported' });
  await connection.restoreIdentity!(USER);
  await giveBack(ports);
  await connection.close();
});

test('a node that was away when the password was changed still opens by the old one: not proven before it has the new one', async () => {
  const third = await start();
  const [away, both] = [await connect([primary.port]), await connect([primary.port, third.port])];
  const rotation = asked();
  const { secret } = await away.rotateSecret!(USER, rotation);
  await away.endSessions!(USER);
  expect(await both.probeRotated!(USER, { ...rotation, secret })).toMatchObject({
    result: 'alive',
    detail: `another password than the new one on 127.0.0.1:${third.port}`,
  });
  expect(await both.rotateSecret!(USER, rotation)).toMatchObject({ state: 'effective', affected: 1 });
  expect((await both.probeRotated!(USER, { ...rotation, secret })).result).toBe('gone');
  await third.stop();
  await expect(both.probeRotated!(USER, { ...rotation, secret })).rejects.toMatchObject({
    code: 'connector.unreachable',
  });
  await giveBack([primary.port]);
  await Promise.all([away.close(), both.close()]);
});
