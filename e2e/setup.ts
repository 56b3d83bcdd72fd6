import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });

export const OPERATOR = { email: 'first@braid.example', password: 'correct horse battery' };

/** Starts the whole product in a folder of its own, as README's command does; the teardown is its Ctrl-C. */
export default async function setup() {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-e2e-'));
  fs.chmodSync(home, 0o755);
  const [port, pdpPort] = [await freePort(), await freePort()];
  const env = {
    ...process.env,
    PORT: String(port),
    BRAID_PDP_PORT: String(pdpPort),
    BRAID_HOME: home,
    BRAID_ADMIN_EMAIL: OPERATOR.email,
    BRAID_ADMIN_PASSWORD: OPERATOR.password,
    DATABASE_URL: '',
  };
  const child = spawn(process.execPath, ['lib/server/braid.mjs', 'start'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ready = new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('Braid is ready')) resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`Braid ended with ${code}:\n${output}`)));
    setTimeout(() => reject(new Error(`Braid did not come up:\n${output}`)), 240_000).unref();
  });
  await ready;
  process.env.E2E_URL = `http://127.0.0.1:${port}`;
  process.env.E2E_PDP_URL = `http://127.0.0.1:${pdpPort}`;
  process.env.E2E_HOME = home;
  return async () => {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    await gone;
    if (process.env.E2E_KEEP !== '1') fs.rmSync(home, { recursive: true, force: true });
  };
}
