import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { halfLogin } from '@/lib/connectors/mysql/testing-handshake';
import { admin, connect, login, PASSWORD, tried, USER } from '@/lib/connectors/mysql/testing-mariadb';

const asked = () => ({ since: new Date().toISOString(), fresh: randomBytes(32).toString('base64url') });

test('a login that was half-way when the password was changed comes in with the old one: seen, not taken for gone, and ended', async () => {
  const connection = await connect();
  await connection.endSessions!(USER);
  const half = await halfLogin(tried.port, USER, tried.held);
  const rotation = asked();
  const { secret } = await connection.rotateSecret!(USER, rotation);
  tried.held = secret.password!;
  const probe = () => connection.probeRotated!(USER, { ...rotation, secret });
  expect((await probe()).result).toBe('alive');
  await half.finish();
  await connection.endSessions!(USER);
  expect(await half.alive()).toBe(false);
  half.close();
  expect(await probe()).toMatchObject({ result: 'gone', residuals: [] });
  await admin(`alter user '${USER}'@'%' account lock`);
  expect(await probe()).toMatchObject({ result: 'gone' });
  await admin(`alter user '${USER}'@'%' account unlock`, `alter user '${USER}'@'%' identified by 'the old one'`);
  expect(await probe()).toMatchObject({ result: 'alive', detail: 'another password than the new one opens it' });
  tried.held = 'the old one';
  await connection.close();
});

test('the password is in no log of the server', async () => {
  const connection = await connect();
  const file = path.join(tried.folder, 'general.log');
  await admin(`set global general_log_file = '${file}'`, 'set global general_log = on');
  const { secret } = await connection.rotateSecret!(USER, asked());
  tried.held = secret.password!;
  await admin('set global general_log = off');
  const log = fs.readFileSync(file, 'utf8');
  expect(log).toContain('mysql_native_password');
  expect(log).not.toContain(tried.held);
  await connection.close();
});

test('the same name at another host is another account: said until it has a new password too', async () => {
  await admin(`create user '${USER}'@'10.9.%' identified by '${tried.held}'`);
  await sleep(2_100); // the server tells to a second when a password was changed
  const connection = await connect('braid', { canary: '' });
  const rotation = asked();
  const { secret } = await connection.rotateSecret!(USER, rotation);
  tried.held = secret.password!;
  await connection.endSessions!(USER);
  const probe = () => connection.probeRotated!(USER, { ...rotation, secret });
  expect(await probe()).toMatchObject({
    result: 'gone',
    residuals: [{ gap: 'G14', what: `logins as ${USER}@10.9.%` }],
  });
  const other = asked();
  const there = await connection.rotateSecret!(`${USER}@10.9.%`, other);
  expect((await probe()).residuals).toEqual([]);
  // Nobody comes to that account from here: what the server keeps is the proof.
  const read = await connection.probeRotated!(`${USER}@10.9.%`, { ...other, secret: there.secret });
  expect(read).toMatchObject({ result: 'gone', residuals: [] });
  expect(read.checks.find((one) => one.check === 'login with the new secret')!.saw).toContain('is not for logins from');
  await admin(`drop user '${USER}'@'10.9.%'`);
  await connection.close();
});

test('who logs in without a password gets none; other ways in stay, and are said; second passwords go', async () => {
  await admin(
    `install soname 'auth_ed25519'`,
    'create user by_socket identified via unix_socket',
    `create user by_both identified via unix_socket or mysql_native_password using password('a') or ed25519 using password('b')`,
  );
  const connection = await connect();
  for (const name of ['by_socket', 'nobody_there'])
    await expect(connection.rotateSecret!(name, asked())).rejects.toMatchObject({ code: 'connector.unsupported' });
  const rotation = asked();
  const rotated = await connection.rotateSecret!('by_both', rotation);
  expect(rotated).toMatchObject({ state: 'effective', affected: 1 });
  expect(rotated.detail).toContain('unix_socket');
  const [row] = await admin<{ made: string }>(`show create user by_both`);
  expect(Object.values(row!)[0]).toMatch(
    /^CREATE USER `by_both`@`%` IDENTIFIED VIA ed25519 USING '[^']+' OR unix_socket/,
  );
  expect(await connection.probeRotated!('by_both', { ...rotation, secret: rotated.secret })).toMatchObject({
    result: 'gone',
    residuals: [],
  });
  await admin(`drop user by_socket, by_both`);
  await connection.close();
});

test('a server that judges passwords is shown one, and gets one that satisfies it', async () => {
  await admin(`install soname 'simple_password_check'`);
  const connection = await connect();
  const { secret, state, detail } = await connection.rotateSecret!(USER, { ...asked(), fresh: 'a'.repeat(43) });
  expect([state, detail]).toEqual(['effective', 'password replaced']);
  tried.held = secret.password!;
  expect(tried.held).toBe(`${'a'.repeat(43)}_Aa1`);
  expect(await login()).toBeDefined();
  await admin(`uninstall soname 'simple_password_check'`);
  await connection.close();
});

test('without the right to change accounts a rotation fails, and says what is missing', async () => {
  await admin(
    `create user halfway identified by '${PASSWORD}'`,
    'grant process on *.* to halfway',
    'grant select on mysql.global_priv to halfway',
  );
  const connection = await connect('halfway', { canary: '' });
  const failed = await connection.rotateSecret!(USER, asked());
  expect(failed).toMatchObject({ state: 'failed', secret: {} });
  expect(failed.detail).toContain('CREATE USER');
  await connection.close();
});
