import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { startEmbedded } from '@/lib/db/embedded';
import { keepUp } from '@/lib/db/keep-up';
import { loneClient } from '@/lib/db/lone-client';

const answers = async (url: string): Promise<boolean> => {
  const client = loneClient({ connectionString: url, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    return (await client.query('select count(*)::int as n from kept')).rows[0].n === 1;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
};

test('a server that is killed is there again at its address, with what was committed; one that is stopped stays stopped', async () => {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-keep-up-'));
  fs.chmodSync(home, 0o755);
  const server = await startEmbedded(home);
  const said: string[] = [];
  const stop = keepUp(server, home, (line) => said.push(line));
  try {
    const client = loneClient(server.url);
    await client.connect();
    await client.query('create table kept as select 1 as n');
    for (let round = 0; round < 2; round++) {
      const pid = Number(fs.readFileSync(path.join(server.dataDir, 'postmaster.pid'), 'utf8').split('\n')[0]);
      process.kill(pid, 'SIGKILL');
      await expect.poll(() => server.isUp()).toBe(false);
      await expect.poll(() => answers(server.url), { timeout: 60_000, interval: 200 }).toBe(true);
    }
    expect(said.filter((line) => line === 'PostgreSQL ended; starting it again').length).toBeGreaterThanOrEqual(2);
    await expect.poll(() => said.at(-1)).toBe('PostgreSQL is back');
  } finally {
    await stop();
    await server.stop();
  }
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(server.isUp()).toBe(false);
  fs.rmSync(home, { recursive: true, force: true });
});
