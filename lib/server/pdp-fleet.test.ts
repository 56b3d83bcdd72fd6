// Several decision points behind one port.
import fs from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { verify } from '@/lib/decisions/verify';
import { admin, ask, endAll, type Pdp, question, startProcess, startTwo } from '@/lib/server/testing-pdp';

const db = testDatabase();
let fleet: Pdp;

beforeAll(async () => {
  const [one, two] = await startTwo(db.url);
  one.process.kill('SIGTERM');
  two.process.kill('SIGTERM');
  fleet = await startProcess(db.url, { BRAID_PDP_PROCESSES: '2' });
}, 90_000);
afterAll(endAll);

/** Processes under the one that was started, by the system's own word. */
const workers = (): number[] =>
  fs
    .readFileSync(`/proc/${fleet.process.pid}/task/${fleet.process.pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean)
    .map(Number);

const many = (key: string, count: number) =>
  Promise.all(
    Array.from({ length: count }, (_, n) =>
      ask(fleet, question('svc-fleet', key, `f${n % 3}`, 100), { headers: { Connection: 'close' } }).catch(() => null),
    ),
  );

test.runIf(fs.existsSync('/proc/self/task'))(
  'two decide under one limit; one that is killed is replaced while the other goes on; both stop in order',
  async () => {
    await expect
      .poll(async () => (await many('warm', 8)).filter((one) => one?.status === 200).length, { timeout: 20_000 })
      .toBe(8);
    const before = workers();
    expect(before).toHaveLength(2);
    const answers = await many('fleet', 150);
    expect(answers.filter((one) => one?.body.decision)).toHaveLength(100);
    const writers = await pool().query('select distinct writer from decisions');
    expect(writers.rows.length).toBeGreaterThan(1);

    process.kill(before[0]!, 'SIGKILL');
    await expect.poll(() => workers().filter((pid) => !before.includes(pid)).length, { timeout: 10_000 }).toBe(1);
    await expect
      .poll(async () => (await many('after', 6)).filter((one) => one?.body.decision).length, { timeout: 20_000 })
      .toBeGreaterThan(0);

    const over = new Promise((resolve) => fleet.process.once('exit', resolve));
    fleet.process.kill('SIGTERM');
    expect(await over).toBe(0);
    expect((await verify(admin)).problems).toEqual([]);
  },
  90_000,
);
