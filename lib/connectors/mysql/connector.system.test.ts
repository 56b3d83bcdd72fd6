import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { contractSuite } from '@/lib/connectors/contract-test';
import { manifest } from '@/lib/connectors/mysql/manifest';
import { halfLogin } from '@/lib/connectors/mysql/testing-handshake';
import { admin, connect, login, makeUser, tried, USER } from '@/lib/connectors/mysql/testing-mariadb';

contractSuite(manifest, async () => {
  const connection = await connect();
  const [row] = await admin<{ version: string }>('select @@version as version');
  return {
    connection,
    system: { kind: 'real' as const, name: `MariaDB ${row!.version.split('-')[0]}` },
    identity: USER,
    protectedIdentity: 'root@localhost',
    open: async () => login(),
    bystander: { identity: 'plain@%', open: () => login('plain') },
    withoutHeld: () => connect('braid', { canary: '', canaryPassword: '' }),
    adopt: (secret) => {
      tried.held = secret.password!;
    },
    remove: async () => void (await admin(`drop user '${USER}'@'%'`)),
    close: async () => {
      await connection.close();
      await makeUser();
    },
  };
});

test('a lock leaves who is in, also within a transaction; the kill after it ends them and rolls back', async () => {
  const connection = await connect();
  await connection.endSessions!(USER);
  await admin('create table shop.payments (id int primary key)');
  const one = await login(USER, 'shop');
  await one!.client.query('begin');
  await one!.client.query('insert into payments values (1)');
  expect(await connection.blockIdentity!(USER)).toMatchObject({ state: 'effective', affected: 1 });
  expect(await one!.alive()).toBe(true);
  expect((await connection.probeIdentity!(USER)).result).toBe('alive');
  expect(await connection.endSessions!(USER)).toMatchObject({ state: 'effective', affected: 1 });
  expect(await one!.alive()).toBe(false);
  expect(await connection.probeIdentity!(USER)).toMatchObject({ result: 'gone', residuals: [] });
  expect(await admin('select * from shop.payments')).toEqual([]);
  await connection.restoreIdentity!(USER);
  await connection.close();
});

test('clients that reconnect in a tight loop are out at the end; usually within what is declared', async () => {
  const connection = await connect();
  for (let round = 0; round < 10; round++) {
    let stop = false;
    const storm = Array.from({ length: 4 }, async () => {
      while (!stop) {
        const one = await login();
        if (!one) await sleep(1);
        else await one.client.query('select sleep(60)').catch(() => undefined);
      }
    });
    await sleep(50);
    expect(await connection.blockIdentity!(USER)).toMatchObject({ state: 'effective' });
    await connection.endSessions!(USER);
    for (;;) {
      const probed = await connection.probeIdentity!(USER);
      if (probed.result === 'gone') break;
      await connection.endSessions!(USER);
    }
    stop = true;
    await Promise.all(storm);
    expect((await connection.listSessions!()).filter((one) => one.externalIdentityId === USER)).toEqual([]);
    await connection.restoreIdentity!(USER);
  }
  await connection.close();
});

test('a login that was half-way when the account was locked comes in all the same: seen, not taken for gone, and ended', async () => {
  const connection = await connect();
  await connection.endSessions!(USER);
  const half = await halfLogin(tried.port, USER, tried.held);
  expect(half.waiting).toBe(true);
  const early = await halfLogin(tried.port, USER, tried.held);
  expect(await connection.blockIdentity!(USER)).toMatchObject({ state: 'effective' });
  expect((await connection.probeIdentity!(USER)).detail).toContain('2 connections');
  expect(await half.finish()).toBe(true);
  expect(await half.alive()).toBe(true);
  expect(await connection.endSessions!(USER)).toMatchObject({ state: 'effective', affected: 2 });
  expect(await early.finish()).toBe(false);
  early.close();
  expect((await connection.probeIdentity!(USER)).result).toBe('gone');
  expect(await half.alive()).toBe(false);
  half.close();
  await connection.restoreIdentity!(USER);
  await connection.close();
});

test('what outlives the login is a residual: prepared transactions, events of its own; proxies are told before', async () => {
  const connection = await connect();
  const one = await login(USER, 'shop');
  await one!.client.query(`xa start 'braid1'`);
  await one!.client.query('insert into payments values (7)');
  await one!.client.query(`xa end 'braid1'`);
  await one!.client.query(`xa prepare 'braid1'`);
  await admin(
    'set global event_scheduler = on',
    `create definer = '${USER}'@'%' event shop.hourly on schedule every 1 hour do delete from shop.payments where id = 0`,
    `grant proxy on '${USER}'@'%' to plain`,
  );
  expect((await connection.predict!(USER)).map((hit) => hit.what)).toEqual(
    expect.arrayContaining(['plain', 'event shop.hourly']),
  );
  await connection.blockIdentity!(USER);
  await connection.endSessions!(USER);
  const probed = await connection.probeIdentity!(USER);
  expect(probed).toMatchObject({
    result: 'gone',
    residuals: [{ gap: 'G8' }, { gap: 'G8', what: 'scheduled events: shop.hourly' }],
  });
  expect(probed.residuals[0]!.what).toContain('1 prepared');
  await admin(
    `xa rollback 'braid1'`,
    'drop event shop.hourly',
    'set global event_scheduler = off',
    `revoke proxy on '${USER}'@'%' from plain`,
  );
  expect((await connection.probeIdentity!(USER)).residuals).toEqual([]);
  await connection.restoreIdentity!(USER);
  await connection.close();
});

test('two accounts of one name are two identities: one is locked, the other goes on', async () => {
  await admin(
    `create user '${USER}'@'127.0.0.1' identified by '${tried.held}'`,
    'set global skip_name_resolve = 1',
  ).catch(() => admin(`create user if not exists '${USER}'@'127.0.0.1' identified by '${tried.held}'`));
  const connection = await connect('braid', { canary: '' });
  await connection.endSessions!(USER);
  const near = await login();
  const listed = (await connection.listSessions!()).filter((one) => one.native.user === USER);
  expect(listed.map((one) => one.externalIdentityId)).toEqual([`${USER}@127.0.0.1`]);
  await connection.blockIdentity!(USER);
  await connection.endSessions!(USER);
  expect(await near!.alive()).toBe(true);
  expect((await connection.probeIdentity!(USER)).result).toBe('gone');
  await connection.blockIdentity!(`${USER}@127.0.0.1`);
  await connection.endSessions!(`${USER}@127.0.0.1`);
  expect(await near!.alive()).toBe(false);
  expect(await login()).toBeUndefined();
  expect(await connection.restoreIdentity!(USER)).toMatchObject({ affected: 1 });
  expect(await login()).toBeUndefined();
  await admin(`drop user '${USER}'@'127.0.0.1'`);
  await connection.close();
});

test('a test names each right that is missing, with the statement that grants it, and they are enough', async () => {
  const connection = await connect('plain', { canary: '' });
  const before = await connection.test();
  const missing = before.checks.filter((one) => !one.ok);
  expect(missing.map((one) => one.check)).toEqual([
    'Read accounts',
    'See all sessions',
    'End sessions',
    'Block logins',
    'Know who may act as whom',
    'Know scheduled events',
  ]);
  await admin(...missing.map((one) => one.fix!));
  await connection.close();
  const again = await connect('plain', { canary: '' });
  expect((await again.test()).checks.filter((one) => !one.ok)).toEqual([]);
  expect(await again.blockIdentity!(USER)).toMatchObject({ state: 'effective', affected: 1 });
  expect(await again.restoreIdentity!(USER)).toMatchObject({ state: 'effective', affected: 1 });
  await expect(again.blockIdentity!('plain')).rejects.toMatchObject({ code: 'connector.protected' });
  await again.close();
});

test('what can’t be reached or refuses says so in one line; a lost connection is opened anew', async () => {
  await expect(connect('braid', { port: '1' })).rejects.toMatchObject({ code: 'connector.unreachable' });
  await expect(connect('braid', { password: 'wrong' })).rejects.toMatchObject({ code: 'connector.refused' });
  const connection = await connect();
  await admin('kill user braid');
  await connection.listSessions!().catch(() => undefined);
  expect(Array.isArray(await connection.listSessions!())).toBe(true);
  await connection.close();
});
