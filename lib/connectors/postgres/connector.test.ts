import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Connection } from '@/lib/connectors/contract';
import { contractSuite } from '@/lib/connectors/contract-test';
import { postgres } from '@/lib/connectors/postgres/connector';
import { manifest } from '@/lib/connectors/postgres/manifest';
import { isVerifierOf } from '@/lib/connectors/postgres/scram';
import { newId } from '@/lib/platform/ids';
import '@/lib/db/testing';
import { testingNotes } from '@/lib/connectors/testing-notes';

const tag = newId().slice(-8);
const ROLE = `svc "odd" ${tag}`;
const CONNECTOR = `conn_${tag}`;
const PLAIN = `plain_${tag}`;
const PASSWORD = 'p4ss';
const quote = pg.escapeIdentifier;
/** What the tried role comes in with: another one after a rotation. */
let held = PASSWORD;

async function admin<T extends pg.QueryResultRow>(sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: inject('adminUrl') });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function login(user: string, application = 'worker', password = user === ROLE ? held : PASSWORD) {
  const url = new URL(inject('adminUrl'));
  const client = new pg.Client({
    host: url.hostname,
    port: Number(url.port),
    database: 'postgres',
    user,
    password,
    application_name: application,
  });
  let alive = true;
  client.on('error', () => undefined);
  client.on('end', () => {
    alive = false;
  });
  try {
    await client.connect();
  } catch {
    return undefined;
  }
  return {
    client,
    alive: async () => {
      if (alive) await client.query('select 1').catch(() => undefined);
      return alive;
    },
  };
}

const open = (
  user: string,
  own: { systemIdentifier: string | null; roles: string[] } | null = null,
  more: Record<string, string> = {},
): Promise<Connection> => {
  const url = new URL(inject('adminUrl'));
  const { config, secrets } = manifest.split({
    host: url.hostname,
    port: url.port,
    database: 'postgres',
    user,
    password: PASSWORD,
    canary: ROLE,
    canaryPassword: held,
    ...more,
  });
  return postgres.connect(manifest.config.parse(config), manifest.secrets.parse(secrets), {
    connectorId: 'c',
    own,
    notes: testingNotes(),
  });
};

const clients: { client: pg.Client }[] = [];

async function makeRole() {
  await admin(`create role ${quote(ROLE)} login password ${pg.escapeLiteral(held)}`);
  await admin(`comment on role ${quote(ROLE)} is 'owner: Payments; purpose: settles orders'`);
  await admin(`grant ${quote(ROLE)} to ${CONNECTOR} with admin true, inherit false, set false`);
}

beforeAll(async () => {
  await admin(`create role ${CONNECTOR} login createrole password '${PASSWORD}'`);
  await admin(`create role ${PLAIN} login password '${PASSWORD}'`);
  await admin(`grant pg_read_all_stats, pg_signal_backend to ${CONNECTOR}`);
  await makeRole();
});

afterAll(async () => {
  for (const { client } of clients) await client.end().catch(() => undefined);
  await admin(`drop role if exists ${quote(ROLE)}, ${CONNECTOR}, ${PLAIN}`);
});

contractSuite(postgres.manifest, async () => {
  const connection = await open(CONNECTOR);
  const [server] = await admin<{ version: string }>(`select split_part(version(), ' on ', 1) as version`);
  return {
    connection,
    system: { kind: 'real' as const, name: server!.version },
    // Other tests have roles on this server which this connector was not given.
    differs: { missing: ['Block logins of every role'] },
    identity: ROLE,
    protectedIdentity: 'postgres',
    open: async () => {
      const session = await login(ROLE);
      if (session) clients.push(session);
      return session;
    },
    bystander: {
      identity: PLAIN,
      open: async () => {
        const session = await login(PLAIN);
        if (session) clients.push(session);
        return session;
      },
    },
    withoutHeld: () => open(CONNECTOR, null, { canary: '', canaryPassword: '' }),
    adopt: (secret) => {
      held = secret.password!;
    },
    remove: async () => {
      await admin(`drop role ${quote(ROLE)}`);
    },
    close: async () => {
      await connection.close();
      await makeRole();
    },
  };
});

test('owner and purpose come from the comment; the key is pid and start time to the microsecond', async () => {
  const connection = await open(CONNECTOR);
  const found = (await connection.discover!()).find((one) => one.externalId === ROLE);
  expect(found).toMatchObject({ owner: 'Payments', purpose: 'settles orders' });
  const session = await login(ROLE, 'billing');
  clients.push(session!);
  const [row] = await admin<{ key: string }>(
    `select pid || ':' || (extract(epoch from backend_start) * 1000000)::bigint as key from pg_stat_activity where application_name = 'billing'`,
  );
  const listed = (await connection.listSessions!()).find((one) => one.agent === 'billing');
  expect(listed).toMatchObject({ key: row!.key, label: 'billing · 127.0.0.1', network: '127.0.0.1' });
  const stale = { ...listed!, native: { ...listed!.native, startUs: '1' } };
  expect(await connection.terminateSession!(stale)).toMatchObject({ affected: 0 });
  expect(await session!.alive()).toBe(true);
  await connection.close();
});

test('a test names exactly what is missing, with SQL that grants it', async () => {
  const connection = await open(PLAIN);
  const before = await connection.test();
  expect(before.checks.filter((one) => !one.ok).map((one) => one.check)).toEqual([
    'See all sessions',
    'End sessions',
    'Change roles',
    'Block logins of every role',
  ]);
  await expect(connection.listSessions!()).rejects.toMatchObject({ code: 'connector.refused' });
  expect(await connection.blockIdentity!(ROLE)).toMatchObject({ state: 'failed' });
  for (const fix of before.checks.flatMap((one) => one.fix ?? [])) await admin(fix);
  expect((await connection.test()).checks.filter((one) => !one.ok)).toEqual([]);
  expect(await connection.blockIdentity!(ROLE)).toMatchObject({ state: 'effective' });
  expect(await connection.restoreIdentity!(ROLE)).toMatchObject({ state: 'effective' });
  await connection.close();
});

test('Braid’s own roles are protected on Braid’s own server, and only there', async () => {
  const [system] = await admin<{ id: string }>('select system_identifier::text as id from pg_control_system()');
  const here = await open(CONNECTOR, { systemIdentifier: system!.id, roles: [ROLE] });
  await expect(here.blockIdentity!(ROLE)).rejects.toMatchObject({ code: 'connector.protected' });
  expect((await here.listSessions!()).some((one) => one.externalIdentityId === ROLE)).toBe(false);
  const elsewhere = await open(CONNECTOR, { systemIdentifier: '1', roles: [ROLE] });
  expect((await elsewhere.discover!()).find((one) => one.externalId === ROLE)).toMatchObject({ protected: false });
  const untold = await open(CONNECTOR, { systemIdentifier: null, roles: [ROLE] });
  await expect(untold.blockIdentity!(ROLE)).rejects.toMatchObject({ code: 'connector.protected' });
  // By whichever connector it is asked, the server is the same one.
  expect(await untold.system!()).toMatch(new RegExp(`^${system!.id}/\\d+$`));
  expect(await elsewhere.system!()).toBe(await untold.system!());
  await untold.close();
  await here.close();
  await elsewhere.close();
});

test('what can’t be reached or refuses says so in one line', async () => {
  const url = new URL(inject('adminUrl'));
  const attempt = (values: Record<string, string>) => {
    const { config, secrets } = manifest.split({
      url: `postgresql://nobody:x@127.0.0.1:${url.port}/postgres`,
      ...values,
    });
    return postgres.connect(manifest.config.parse(config), manifest.secrets.parse(secrets), {
      connectorId: 'c',
      own: null,
      notes: testingNotes(),
    });
  };
  await expect(attempt({ port: '1' })).rejects.toMatchObject({ code: 'connector.unreachable' });
  await expect(attempt({})).rejects.toMatchObject({ code: 'connector.refused' });
  expect(() => manifest.split({ url: 'mysql://x' })).toThrowError(/postgresql/);
});

const asked = () => ({ since: new Date().toISOString(), fresh: randomBytes(32).toString('base64url') });

test('a new password is never written out: the server gets what it stores of it', async () => {
  const connection = await open(CONNECTOR);
  const rotation = asked();
  const { secret } = await connection.rotateSecret!(ROLE, rotation);
  held = secret.password!;
  const [row] = await admin<{ stored: string }>(
    `select rolpassword as stored from pg_authid where rolname = '${ROLE}'`,
  );
  expect(isVerifierOf(row!.stored, held)).toBe(true);
  expect(isVerifierOf(row!.stored, `${held}x`)).toBe(false);
  expect(JSON.stringify(row)).not.toContain(held);
  await connection.close();
});

test('after a rotation: somebody who is in, another password since and a role that is locked are each told apart', async () => {
  const connection = await open(CONNECTOR);
  const rotation = asked();
  const { secret } = await connection.rotateSecret!(ROLE, rotation);
  await connection.endSessions!(ROLE);
  const probe = () => connection.probeRotated!(ROLE, { ...rotation, secret });
  expect(await probe()).toMatchObject({ result: 'gone', residuals: [] });
  expect((await connection.probeRotated!(ROLE, { ...rotation, secret: {} })).result).toBe('unknown');
  held = secret.password!;
  const inside = await login(ROLE);
  clients.push(inside!);
  expect((await probe()).result).toBe('alive');
  await inside!.client.end();
  await admin(`alter role ${quote(ROLE)} nologin`);
  expect(await probe()).toMatchObject({ result: 'gone' });
  await admin(`alter role ${quote(ROLE)} login valid until '2020-01-01'`);
  expect((await connection.rotateSecret!(ROLE, rotation)).detail).toContain('VALID UNTIL 2020-01-01');
  expect((await probe()).result).toBe('unknown');
  await admin(`grant select on pg_authid to ${CONNECTOR}`);
  expect(await probe()).toMatchObject({ result: 'gone' });
  await admin(`revoke select on pg_authid from ${CONNECTOR}`);
  await admin(`alter role ${quote(ROLE)} valid until 'infinity' password 'the old one'`);
  expect(await probe()).toMatchObject({ result: 'alive' });
  held = 'the old one';
  await connection.close();
});

test('a role without a password gets none, and one that may not be altered fails with what is missing', async () => {
  const connection = await open(CONNECTOR);
  await expect(connection.rotateSecret!(`none_${tag}`, asked())).rejects.toMatchObject({
    code: 'connector.unsupported',
  });
  expect(await connection.rotateSecret!(PLAIN, asked())).toMatchObject({ state: 'failed', secret: {} });
  await admin(`grant select on pg_authid to ${CONNECTOR}`);
  await admin(`alter role ${quote(ROLE)} password null`);
  await expect(connection.rotateSecret!(ROLE, asked())).rejects.toMatchObject({ code: 'connector.unsupported' });
  await admin(`revoke select on pg_authid from ${CONNECTOR}`);
  await admin(`alter role ${quote(ROLE)} password 'the old one'`);
  await connection.close();
});
