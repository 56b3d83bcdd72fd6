// Two hands behind one identity, and the run they are parts of: told apart, said whose each is, taken out, ended.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { identityOf } from './estate';
import { braid, consoleUrl, expect, expectAccessible, signIn, test } from './fixture';

test.describe.configure({ mode: 'serial' });

const WHO = 'agent-two-hands';
const RUN = 'conversation/7 & more?';
const MAPPING = `
name: two-hands
time: ts
identity: { id: who, kind: ai_agent }
session: { key: sid, gap_secs: 7200 }
action: what
network: ip
agent: client
run: run
`;
let id: string;

test.beforeAll(async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-lanes-'));
  const base = Date.now() - 600_000;
  const hand = (sid: string, ip: string, client: string, what: string) =>
    Array.from({ length: 5 }, (_, n) =>
      JSON.stringify({ ts: new Date(base + n * 30_000).toISOString(), who: WHO, sid, ip, client, what, run: RUN }),
    );
  const lines = [
    ...hand('batch', '192.0.2.10', 'python-requests/2.32', 'orders.read'),
    ...hand('stranger', '203.0.113.77', 'curl/8.5', 'secrets.get'),
  ];
  fs.writeFileSync(path.join(folder, 'mapping.yaml'), MAPPING);
  fs.writeFileSync(path.join(folder, 'hands.log'), `${lines.join('\n')}\n`);
  await braid('import', 'generic', path.join(folder, 'hands.log'), '--mapping', path.join(folder, 'mapping.yaml'));
  fs.rmSync(folder, { recursive: true });
  id = await identityOf(WHO);
});

test('an analyst says whose each lane is, and opens and takes out what is of one', async ({ page }) => {
  await signIn(page);
  await page.goto(`${consoleUrl()}/identities/${id}?tab=lanes`);
  const more = page.getByRole('region', { name: `More about ${WHO}` });
  await expect(more.getByText(/2 hands by client, network, pace/)).toBeVisible();
  const stranger = more.getByRole('article').filter({ hasText: 'secrets.get' });
  await stranger.getByText('attacker', { exact: true }).click();
  await expect(stranger.getByText('said by first')).toBeVisible();
  await expectAccessible(page);
  const download = page.waitForEvent('download');
  await stranger.getByRole('link', { name: 'Events as CSV' }).click();
  const taken = fs
    .readFileSync(await (await download).path(), 'utf8')
    .trim()
    .split('\r\n');
  expect(taken).toHaveLength(6);
  expect(taken.slice(1).every((line) => line.includes('203.0.113.77'))).toBe(true);
  await stranger.getByRole('link', { name: 'Sessions', exact: true }).press('Enter');
  await expect(page.getByText('Of one lane of its identity')).toBeVisible();
  await expect(page.getByRole('row').filter({ hasText: '203.0.113.77' })).toHaveCount(1);
  await expect(page.getByRole('row').filter({ hasText: '192.0.2.10' })).toHaveCount(0);
});

test('a run is found, shows its parts, and is ended in one act with its proof', async ({ page }) => {
  await signIn(page);
  await page.goto(`${consoleUrl()}/sessions`);
  await page.getByRole('link', { name: 'Runs' }).press('Enter');
  await page.getByRole('row').filter({ hasText: RUN }).getByRole('link').first().press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(
    `A run of ${WHO} over 1 system: 2 sessions, 2 of them live.`,
  );
  await expect(page.getByRole('table', { name: 'Events of all its parts, newest first' }).getByRole('row')).toHaveCount(
    11,
  );
  await expectAccessible(page);
  await page.getByRole('button', { name: 'End the run…' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'End all 2 sessions of the run' });
  await expect(dialog.getByText(/2 sessions of 1 identity, at the decision point only/)).toBeVisible();
  await dialog.getByRole('button', { name: 'End 2 sessions', exact: true }).press('Enter');
  await expect(dialog.getByRole('status')).toContainText(/1 of 1 revocation has come as far as they go/);
  await dialog.getByRole('button', { name: 'Close' }).last().press('Enter');
});
