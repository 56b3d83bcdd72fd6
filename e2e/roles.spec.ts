// Who may do what: a viewer ends nothing, and a disabled operator is thrown out. And the console's own comforts.
import type { Locator, Page } from '@playwright/test';
import { api, connectAs, identityOf, pay, token } from './estate';
import { anotherTab, braid, consoleUrl, expect, expectAccessible, signIn, test, theirPage } from './fixture';

test.describe.configure({ mode: 'serial' });
const VIEWER = { email: 'vi@braid.example', password: 'only looks at things' };

const status = (page: Page, where: string) =>
  page.evaluate(
    async (path) =>
      (
        await fetch(path, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ reasonCode: 'test', reason: 'may not' }),
        })
      ).status,
    `/api/v1${where}`,
  );

test('an administrator adds a viewer, who sees all and can end nothing; disabled, they are thrown out', async ({
  page,
  browser,
}) => {
  const { client } = await connectAs('svc_idle', 'looked-at');
  await signIn(page);
  await page.goto(`${consoleUrl()}/settings/operators`);
  await page.getByRole('button', { name: 'Add operator' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Add operator' });
  await dialog.getByRole('textbox', { name: /^Name/ }).fill('Vi Viewer');
  await dialog.getByLabel('E-mail').fill(VIEWER.email);
  await dialog.getByRole('combobox', { name: 'Role' }).click();
  await page.getByRole('option', { name: 'viewer' }).click();
  await dialog.getByRole('textbox', { name: 'First password' }).fill(VIEWER.password);
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Add operator' }).click();
  await expect(page.getByRole('cell', { name: VIEWER.email })).toBeVisible();

  const theirs = await theirPage(browser);
  await signIn(theirs, VIEWER);
  const id = await identityOf('svc_idle');
  await theirs.goto(`${consoleUrl()}/identities/${id}`);
  await expect(theirs.getByText('looked-at').first()).toBeVisible();
  await expect(theirs.getByRole('button', { name: /Revoke|Pause|End session|End the/ })).toHaveCount(0);
  const { items } = await api<{ items: { id: string }[] }>('GET', `/sessions?identityId=${id}&live=true`);
  const sessionId = items[0]!.id;
  await theirs.goto(`${consoleUrl()}/sessions/${sessionId}`);
  await expect(theirs.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(theirs.getByRole('button', { name: /End/ })).toHaveCount(0);
  for (const where of [`/identities/${id}/revoke`, `/identities/${id}/pause`, `/sessions/${sessionId}/terminate`]) {
    expect([401, 403]).toContain(await status(theirs, where));
  }
  expect((await client.query('select 1 as here')).rows[0].here).toBe(1);
  await client.end();

  await theirs.goto(`${consoleUrl()}/identities`);
  const theirOther = await anotherTab(theirs);
  await theirOther.goto(`${consoleUrl()}/findings`);
  await page.getByRole('button', { name: 'Change Vi Viewer' }).click();
  await page.getByRole('menuitem', { name: 'Disable…' }).click();
  await page.getByRole('button', { name: 'Disable Vi Viewer' }).click();
  for (const tab of [theirs, theirOther]) await expect(tab).toHaveURL(/\/login/);
  await theirs.goto(`${consoleUrl()}/audit`);
  await expect(theirs).toHaveURL(/\/login/);
  await theirs.context().close();
});

test('a token that only reads is refused by name', async () => {
  const made = JSON.parse(await braid('token', 'create', '--name', 'reader', '--scope', 'read', '--json'));
  const id = await identityOf('svc_idle');
  const response = await fetch(`${consoleUrl()}/api/v1/identities/${id}/revoke`, {
    method: 'POST',
    headers: { authorization: `Bearer ${made.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ reasonCode: 'test', reason: 'may not' }),
  });
  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({ code: 'access.denied' });
  expect(await token()).not.toBe(made.token);
});

test('pause denies and keeps out, resume lets in again', async ({ page }) => {
  await signIn(page);
  await page.goto(`${consoleUrl()}/identities/${await identityOf('svc_idle')}`);
  await page.getByRole('button', { name: 'Pause…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Pause', exact: true }).click();
  await expect(page.getByRole('dialog').getByText('verified').first()).toBeVisible();
  expect((await pay('s1', '88', '1.00', 'svc_idle')).context.reason).toBe('identity_paused');
  await expect(connectAs('svc_idle', 'paused')).rejects.toThrow(/not permitted to log in/);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Resume…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Resume', exact: true }).click();
  await expect(page.getByRole('dialog').getByText('verified').first()).toBeVisible();
  expect((await pay('s2', '88', '1.00', 'svc_idle')).decision).toBe(true);
  await (await connectAs('svc_idle', 'resumed')).client.end();
});

test('by keyboard alone: find the button, read the dialog, leave it, come back, revoke', async ({ page }) => {
  await signIn(page);
  const id = await identityOf('svc_keys');
  await page.goto(`${consoleUrl()}/identities/${id}`);
  const revoke = page.getByRole('button', { name: 'Revoke access…' });
  await expect(revoke).toBeVisible();
  const walk = async (key: 'Tab' | 'Shift+Tab', to: Locator) => {
    for (let i = 0; i < 60 && !(await to.evaluate((one) => one === document.activeElement)); i++)
      await page.keyboard.press(key);
    await expect(to).toBeFocused();
  };
  await walk('Tab', revoke);
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  const confirm = dialog.getByRole('button', { name: 'Revoke access', exact: true });
  await expect(confirm).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(revoke).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(confirm).toBeFocused();
  await walk('Shift+Tab', dialog.getByRole('textbox', { name: /In your words/ }));
  await page.keyboard.type('Left the company');
  await walk('Tab', confirm);
  await page.keyboard.press('Enter');
  await expect(dialog.getByText('verified').first()).toBeVisible();
  const { items } = await api<{ items: { reason: string }[] }>('GET', `/revocations?kind=revoke&identityId=${id}`);
  expect(items[0]!.reason).toBe('Left the company');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});

test('filters live in the URL: a reload and a shared link show the same rows', async ({ page }) => {
  await signIn(page);
  await page.goto(`${consoleUrl()}/identities`);
  await page.getByRole('textbox', { name: 'Name or identifier' }).fill('svc_key');
  await page.getByRole('combobox', { name: 'State' }).click();
  await page.getByRole('option', { name: 'revoked' }).click();
  await expect(page).toHaveURL(/q=svc_key/);
  await expect(page).toHaveURL(/state=revoked/);
  const rows = page.getByRole('link', { name: /^svc_/ });
  await expect(rows).toHaveCount(1);
  await page.reload();
  await expect(page.getByRole('textbox', { name: 'Name or identifier' })).toHaveValue('svc_key');
  await expect(rows).toHaveCount(1);
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(page).not.toHaveURL(/q=/);
  await expect(rows).not.toHaveCount(1);
});

test('light and dark are chosen in the console, and kept', async ({ page }) => {
  await signIn(page);
  const html = page.locator('html');
  await page.getByRole('button', { name: /^Colours: as the system/ }).click();
  await expect(html).toHaveAttribute('data-mantine-color-scheme', 'light');
  await page.getByRole('button', { name: /^Colours: light/ }).click();
  await expect(html).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await page.reload();
  await expect(html).toHaveAttribute('data-mantine-color-scheme', 'dark');
});
