// From an empty console to the first connected system, and the doors that stay shut.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { connectorValues, makeEstate } from './estate';
import { asAdmin, consoleUrl, expect, expectAccessible, signIn, test } from './fixture';
import { OPERATOR } from './installation';

test.describe.configure({ mode: 'serial' });

test('a wrong password is refused in words, the right one opens an empty console with three doors', async ({
  page,
  expectedErrors,
}) => {
  expectedErrors.push(/status of 401.*\/api\/auth\/callback/);
  await page.goto(`${consoleUrl()}/login`);
  await expectAccessible(page);
  await page.getByLabel('E-mail').fill('first@braid.example');
  await page.getByRole('textbox', { name: 'Password' }).fill('not this one');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: /password/i })).toBeVisible();
  await signIn(page);
  await expect(page.getByRole('heading', { name: /Braid sees nothing yet/ })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Connect PostgreSQL' })).toBeVisible();
  await expectAccessible(page);
});

test('nobody reads a page, a route or the live stream without signing in', async ({ page, request }) => {
  for (const path of ['/', '/identities', '/settings/operators']) {
    await page.goto(`${consoleUrl()}${path}`);
    await expect(page).toHaveURL(/\/login/);
  }
  for (const path of ['/api/v1/identities', '/api/v1/audit', '/api/live']) {
    expect((await request.get(`${consoleUrl()}${path}`)).status()).toBe(401);
  }
});

test('a sign-in leads back to the page that asked for it, with its filters', async ({ page }) => {
  await page.goto(`${consoleUrl()}/decisions?verdict=deny`);
  await page.getByLabel('E-mail').fill(OPERATOR.email);
  await page.getByRole('textbox', { name: 'Password' }).fill(OPERATOR.password);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`${consoleUrl()}/decisions?verdict=deny`);
});

test('the third door: the command works as pasted, and what it asked is on the page', async ({
  page,
  expectedErrors,
}) => {
  await signIn(page);
  const door = page.locator('section', { hasText: 'Ask for a decision' });
  await expect(door).toContainText('this also applies the example set payments');
  await door.getByRole('button', { name: 'Apply the example and make a token' }).click();
  await expect(door.getByRole('button', { name: 'Copy' })).toBeVisible();
  await expectAccessible(page);
  const command = (await door.locator('pre').textContent()) ?? '';
  const asked = async (as: string) => {
    const { stdout } = await promisify(execFile)('bash', ['-c', command.replace('worker-1', as)]);
    return JSON.parse(stdout);
  };
  // Each session stays below the account's cap; the third passes it together with the others.
  expect(await asked('worker-1')).toMatchObject({ decision: true });
  expect(await asked('worker-2')).toMatchObject({ decision: true });
  const third = await asked('worker-3');
  expect(third).toMatchObject({
    decision: false,
    context: { braid: { verdict: 'deny', decision_id: expect.any(String) } },
  });
  await page.goto(`${consoleUrl()}/decisions`);
  await expect(page.getByText('svc-payments').first()).toBeVisible();
  // The answer's id, pasted into the search, opens the decision: it is asked for among all that has ids.
  expectedErrors.push(/status of 404/);
  await page.keyboard.press('ControlOrMeta+k');
  await page.getByRole('textbox', { name: 'Search or jump' }).fill(third.context.braid.decision_id);
  await expect(page.getByText(`Decision ${third.context.braid.decision_id}`)).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`${consoleUrl()}/decisions/${third.context.braid.decision_id}`);
  await page.goto(consoleUrl());
  await expect(page.getByRole('heading', { level: 1 })).not.toContainText('sees nothing yet');
});

test('connect a PostgreSQL: the test names what is missing, then the system is seen', async ({ page }) => {
  await makeEstate();
  await asAdmin('postgres', (admin) => admin.query('revoke pg_signal_backend from estate_connector'));
  await signIn(page);
  await page.goto(`${consoleUrl()}/connectors?connect=postgres`);
  const dialog = page.getByRole('dialog', { name: /Connect a system/ });
  const values = connectorValues();
  await dialog.getByRole('textbox', { name: /^Name/ }).fill('estate-db');
  await dialog.getByLabel('Host').fill(values.host);
  await dialog.getByLabel('Port').fill(values.port);
  await dialog.getByLabel('Database').fill(values.database);
  await dialog.getByLabel(/^(User|Role)/).fill(values.user);
  await dialog.getByRole('textbox', { name: 'Password', exact: true }).fill(values.password);
  await dialog.getByRole('button', { name: 'Test connection' }).click();
  await expect(dialog.getByText('pg_signal_backend').first()).toBeVisible();
  await asAdmin('postgres', (admin) => admin.query('grant pg_signal_backend to estate_connector'));
  await dialog.getByRole('button', { name: 'Connect', exact: true }).click();
  await expect(page.getByText('estate-db').first()).toBeVisible();
  await page.goto(`${consoleUrl()}/identities`);
  await expect(page.getByRole('link', { name: 'svc_payments' })).toBeVisible();
  await expectAccessible(page);
});

test('on the way from page to page the document is never without a name', async ({ page }) => {
  await signIn(page);
  await page.goto(`${consoleUrl()}/identities`);
  await expect(page).toHaveTitle('Identities · Braid');
  const names = await page.evaluateHandle(() => {
    const seen = new Set<string>();
    const look = () => seen.add(document.title);
    new MutationObserver(look).observe(document.head, { childList: true, subtree: true, characterData: true });
    return seen;
  });
  const go = (name: string) => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click();
  for (let round = 0; round < 3; round++) {
    await page.getByRole('link', { name: 'svc_payments' }).click();
    await expect(page).toHaveTitle('svc_payments · Braid');
    await go('Decisions');
    await expect(page).toHaveTitle('Decisions · Braid');
    await go('Identities');
    await expect(page).toHaveTitle('Identities · Braid');
  }
  const said = await names.evaluate((seen) => [...seen]);
  expect(said).toEqual(expect.arrayContaining(['svc_payments · Braid', 'Decisions · Braid']));
  expect(said.filter((name) => !/\S · Braid$/.test(name))).toEqual([]);
});
