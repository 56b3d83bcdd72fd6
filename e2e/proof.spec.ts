// Access that is ended in a system with a gap: what is left is said, the certificate proves it elsewhere, a drill measures it.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { api, identityOf } from './estate';
import { braid, consoleUrl, expect, expectAccessible, signIn, test } from './fixture';
import { forgotten, settledAt, simulated } from './simulated';

test.describe.configure({ mode: 'serial' });
const VERIFY = path.resolve(import.meta.dirname, '..', 'lib', 'revocations', 'certificate', 'verify.mjs');
const connected: string[] = [];

test.afterAll(async () => {
  for (const id of connected) await forgotten(id);
});

test('a system is found in the chooser and connected with the keyboard alone, and its identities are there', async ({
  page,
}) => {
  await signIn(page);
  await page.goto(`${consoleUrl()}/connectors`);
  await page.getByRole('button', { name: 'Connect a system…' }).first().press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Connect a system' });
  await expect(dialog.getByRole('textbox', { name: 'Which system' })).toBeFocused();
  await page.keyboard.type('no such thing');
  await expect(dialog.getByText('No connector of that name.')).toBeVisible();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('simul');
  await expectAccessible(page);
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('textbox', { name: /^Name/ })).toBeFocused();
  await page.keyboard.type('gapped');
  for (const [label, value] of [
    ['World', 'gapped'],
    ['Identities', 'svc-gapped:2, svc-beside:1'],
    ['Gaps', 'G2'],
  ] as const) {
    await page.keyboard.press('Tab');
    await expect(dialog.getByRole('textbox', { name: new RegExp(`^${label}`) })).toBeFocused();
    await page.keyboard.type(value);
  }
  await dialog.getByRole('button', { name: 'Test connection' }).press('Enter');
  await expect(dialog.getByText(/2 identities, 1 gap/)).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Connect', exact: true }).press('Enter');
  await expect(page.getByRole('heading', { level: 2, name: /^gapped/ })).toBeVisible();
  const { items } = await api<{ items: { id: string; name: string }[] }>('GET', '/connectors');
  const { id } = items.find((one) => one.name === 'gapped')!;
  connected.push(id);
  await settledAt(id, 'svc-gapped:2, svc-beside:1');
  await page.goto(`${consoleUrl()}/identities?connectorId=${id}`);
  await expect(page.getByRole('link', { name: 'svc-gapped' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'svc-beside' })).toBeVisible();
});

test('what outlives a revocation is said with its gap, never called verified, and the certificate verifies without Braid', async ({
  page,
}, info) => {
  await signIn(page);
  await page.goto(`${consoleUrl()}/identities/${await identityOf('svc-gapped')}`);
  await page.getByRole('button', { name: 'Revoke access…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Revoke access', exact: true })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('list', { name: 'Steps' })).toBeVisible();
  await expect(dialog.getByText('self-contained access token').first()).toBeVisible();
  await dialog.getByRole('link', { name: 'Proof' }).press('Enter');
  await page.waitForURL(/\/revocations\/./);
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('heading', { level: 1 })).not.toContainText('verified');
  await expect(page.getByText('residual', { exact: true }).first()).toBeVisible();
  await expect(page.getByText(/G2/).first()).toBeVisible();
  await expectAccessible(page);

  const [download] = await Promise.all([
    page.waitForEvent('download', { timeout: 20_000 }),
    page.getByRole('link', { name: 'Certificate' }).press('Enter'),
  ]);
  const [file, key, changed] = ['certificate.json', 'braid.pem', 'changed.json'].map((name) => info.outputPath(name));
  await download.saveAs(file!);
  await braid('audit', 'key', '--out', key!);
  const verify = (certificate: string) =>
    promisify(execFile)(process.execPath, [VERIFY, certificate, '--key', key!], {
      cwd: '/',
      env: { NODE_ENV: 'production' },
    });
  expect((await verify(file!)).stdout).toContain('signed by the key you gave');
  fs.writeFileSync(changed!, fs.readFileSync(file!, 'utf8').replace('svc-gapped', 'svc-gopped'));
  await expect(verify(changed!)).rejects.toMatchObject({ code: 1 });
});

test('a drill is held now, and what it measured is on the card', async ({ page }) => {
  const { connectorId } = await simulated({
    name: 'drilled',
    identities: 'svc-drilled-canary:1, svc-drilled:1',
    canary: 'svc-drilled-canary',
  });
  connected.push(connectorId);
  await signIn(page);
  await page.goto(`${consoleUrl()}/connectors`);
  const card = page.locator(`[id="${connectorId}"]`);
  await expect(card.getByText('None held yet.')).toBeVisible();
  await card.getByRole('button', { name: 'Drill now…' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Drill drilled' });
  await expect(dialog.getByText('svc-drilled-canary')).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'End the canary’s access' }).press('Enter');
  await expect(dialog).toBeHidden();
  const held = card.getByRole('listitem').filter({ hasText: 'new entry refused' });
  await expect(held).toContainText(/new entry refused after .+, open session dead after .+, verified after /, {
    timeout: 40_000,
  });
  await expectAccessible(page);
  await held.getByRole('link', { name: 'Steps' }).press('Enter');
  await page.waitForURL(/\/revocations\/./);
  await expect(page.getByText(/^Drill/).first()).toBeVisible();
});
