// A start without an operator: the one-time link, the dropped log; then everything that can die is killed.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, expectAccessible, test } from './fixture';
import { type Installation, newHome, OPERATOR, startBraid } from './installation';

test.describe.configure({ mode: 'serial' });
const root = path.resolve(import.meta.dirname, '..');
const home = newHome();
let braid: Installation;

test.afterAll(async () => {
  await braid?.stop();
  fs.rmSync(home, { recursive: true, force: true });
});

const childrenOf = (pid: number): { pid: number; command: string }[] =>
  execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((found) => found && Number(found[2]) === pid)
    .map((found) => ({ pid: Number(found![1]), command: found![3]! }));

/** Which process a command is: started from its source, or compiled into one file. */
const SERVICE = /(?:lib\/server\/(\w+)\.ts|\/(\w+)-[0-9a-f]+\.mjs)/;
const serviceOf = (command: string): string | undefined => {
  const found = SERVICE.exec(command);
  return found?.[1] ?? found?.[2];
};
const services = () => childrenOf(braid.supervisor.pid!).filter((child) => serviceOf(child.command));
const postmaster = () => Number(fs.readFileSync(path.join(home, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const answers = async () => {
  const console = await fetch(`${braid.url}/login`).then(
    (response) => response.status,
    () => 0,
  );
  const pdp = await fetch(`${braid.pdpUrl}/readyz`).then(
    (response) => response.status,
    () => 0,
  );
  return [console, pdp];
};

test('the link of the first start makes the first operator, once, and signs them in', async ({ page }) => {
  braid = await startBraid(home);
  const link = /http:\S+\/setup\?token=\S+/.exec(braid.output())![0];
  await page.goto(link);
  await expectAccessible(page);
  await page.getByLabel('Your name').fill('Fay First');
  await page.getByLabel('E-mail').fill(OPERATOR.email);
  await page.getByRole('textbox', { name: 'Password' }).fill(OPERATOR.password);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: /Braid sees nothing yet/ })).toBeVisible();
  const log = fs.readFileSync(path.join(root, 'lib/connectors/pgbouncer/fixtures/client.log'), 'utf8');
  const files = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], 'client.log', { type: 'text/plain' }));
    return transfer;
  }, log);
  await page.getByText('Drop files here').dispatchEvent('drop', { dataTransfer: files });
  await expect(page.getByRole('heading', { name: /Braid sees nothing yet/ })).toBeHidden();
  await page.goto(`${braid.url}/identities`);
  await expect(page.getByText('orders_api').first()).toBeVisible();
  await expectAccessible(page);
  await page.goto(link);
  await expect(page.getByText('This link does not work any more')).toBeVisible();
});

test('a process that dies is started again', async () => {
  const before = services();
  expect(before.map((child) => serviceOf(child.command)).sort()).toEqual([
    'batch',
    'console',
    'intake',
    'pdp',
    'respond',
  ]);
  for (const child of before) process.kill(child.pid, 'SIGKILL');
  await expect.poll(answers, { timeout: 30_000 }).toEqual([200, 200]);
  expect(services()).toHaveLength(5);
});

test('after kill -9 of the supervisor its processes end by themselves, and the next start goes on with the same data', async ({
  page,
}) => {
  const orphans = services();
  const gone = new Promise((resolve) => braid.supervisor.once('exit', resolve));
  braid.supervisor.kill('SIGKILL');
  await gone;
  await expect.poll(() => orphans.filter((one) => alive(one.pid)).length, { timeout: 15_000 }).toBe(0);
  const database = postmaster();
  braid = await startBraid(home);
  expect(postmaster()).toBe(database);
  test.info().annotations.push({ type: 'next start', description: `${Math.round(braid.tookMs)} ms` });
  expect(braid.output()).not.toContain('Building');
  await page.goto(`${braid.url}/login`);
  await page.getByLabel('E-mail').fill(OPERATOR.email);
  await page.getByRole('textbox', { name: 'Password' }).fill(OPERATOR.password);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('link', { name: /^Sessions/ })).toBeVisible();
});

test('Ctrl-C leaves no process behind', async () => {
  const all = [...services().map((child) => child.pid), braid.supervisor.pid!, postmaster()];
  await braid.stop();
  expect(braid.supervisor.exitCode).toBe(0);
  await expect.poll(() => all.filter(alive), { timeout: 3_000 }).toEqual([]); // an adopted server is reaped by init, a moment later
});
