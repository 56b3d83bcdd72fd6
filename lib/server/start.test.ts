// Starting the product where it can't start: one clear line each, nothing half-started, nothing lost.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, inject, test } from 'vitest';
import { startEmbedded } from '@/lib/db/embedded';
import { migrate } from '@/lib/db/migrate';
import { projectRoot } from '@/lib/platform/env';

const root = projectRoot();
const homes: string[] = [];

function newHome(): string {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-start-'));
  fs.chmodSync(home, 0o755);
  homes.push(home);
  return home;
}

afterEach(() => {
  for (const home of homes.splice(0)) fs.rmSync(home, { recursive: true, force: true });
});

const listen = (): Promise<net.Server> =>
  new Promise((resolve) => {
    const server = net.createServer();
    server.listen(0, '127.0.0.1', () => resolve(server));
  });

const portOf = (server: net.Server): string => String((server.address() as net.AddressInfo).port);

async function freePort(): Promise<string> {
  const server = await listen();
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function startFails(extra: Record<string, string>): Promise<{ code: number | null; lines: string[] }> {
  const env: NodeJS.ProcessEnv = {
    NODE_ENV: 'production',
    PATH: process.env.PATH,
    HOME: os.homedir(),
    PORT: await freePort(),
    BRAID_PDP_PORT: await freePort(),
    ...extra,
  };
  const child = spawn(process.execPath, [path.join(root, 'lib/server/braid.mjs'), 'start'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { code, lines: output.trim().split('\n') };
}

test('a port in use', async () => {
  const taken = await listen();
  const home = newHome();
  const { code, lines } = await startFails({ BRAID_HOME: home, PORT: portOf(taken) });
  expect(code).toBe(1);
  expect(lines).toEqual([`braid: Port ${portOf(taken)} on 127.0.0.1 is in use. Stop what uses it, or set PORT.`]);
  expect(fs.existsSync(path.join(home, 'postgres'))).toBe(false);
  taken.close();
});

test('a DATABASE_URL where nothing answers, and one with a wrong password, without showing it', async () => {
  const port = await freePort();
  const nobody = await startFails({
    BRAID_HOME: newHome(),
    BRAID_SECRET_KEY: 'k',
    DATABASE_URL: `postgresql://u:hidden@127.0.0.1:${port}/x`,
  });
  expect(nobody).toMatchObject({
    code: 1,
    lines: [expect.stringContaining(`The database at 127.0.0.1:${port}/x (DATABASE_URL) can't be used`)],
  });
  const wrong = new URL(inject('braidUrl'));
  wrong.password = 'hidden';
  const refused = await startFails({ BRAID_HOME: newHome(), BRAID_SECRET_KEY: 'k', DATABASE_URL: wrong.toString() });
  expect(refused.code).toBe(1);
  expect(refused.lines).toHaveLength(1);
  expect(refused.lines[0]).toContain('password authentication failed');
  expect(`${nobody.lines}${refused.lines}`).not.toContain('hidden');
});

test('a BRAID_HOME that is a file', async () => {
  const file = path.join(newHome(), 'file');
  fs.writeFileSync(file, 'mine');
  const { code, lines } = await startFails({ BRAID_HOME: file });
  expect(code).toBe(1);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(`BRAID_HOME ${file} can't be written`);
  expect(fs.readFileSync(file, 'utf8')).toBe('mine');
});

test('an unknown setting and a malformed one', async () => {
  expect(await startFails({ BRAID_HOEM: '/x' })).toMatchObject({
    code: 1,
    lines: [expect.stringContaining('BRAID_HOEM is not a setting Braid knows')],
  });
  expect(await startFails({ PORT: 'eighty' })).toMatchObject({ code: 1, lines: [expect.stringContaining('PORT')] });
});

test('a damaged data folder is left as it is', async () => {
  const home = newHome();
  const server = await startEmbedded(home);
  await migrate(server.url);
  await server.stop();
  const control = path.join(home, 'postgres', 'global', 'pg_control');
  fs.writeFileSync(control, Buffer.alloc(fs.statSync(control).size, 7));
  const before = fs.readdirSync(path.join(home, 'postgres')).sort();
  const { code, lines } = await startFails({ BRAID_HOME: home });
  expect(code).toBe(1);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(`PostgreSQL did not start on ${home}/postgres`);
  expect(fs.readdirSync(path.join(home, 'postgres')).sort()).toEqual(before);
  fs.rmSync(path.join(home, 'postgres', 'PG_VERSION'));
  expect((await startFails({ BRAID_HOME: home })).lines[0]).toContain('is damaged');
});

test('a server left by a killed supervisor is adopted, with its data', async () => {
  const home = newHome();
  const left = await startEmbedded(home);
  await migrate(left.url);
  const again = await startEmbedded(home);
  expect(again.adopted).toBe(true);
  expect(again.url).toBe(left.url);
  await again.stop();
  const fresh = await startEmbedded(home);
  expect(fresh.adopted).toBe(false);
  await fresh.stop();
});
