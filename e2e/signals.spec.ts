// Who is told what Braid ends, and whom it hears: a receiver's client is shown once, a source that can't be reached is named.
import { consoleUrl, expect, expectAccessible, signIn, test } from './fixture';

test('a receiver is added and its client works; a system that is not there is not listened to', async ({ page }) => {
  await signIn(page);
  await page.goto(`${consoleUrl()}/settings/signals`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(
    'Braid tells no other system what it ends, and hears of none.',
  );
  await expect(page.getByText('No other system is heard')).toBeVisible();
  await expect(page.getByText('No other system is told')).toBeVisible();
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Add a receiver…' }).first().press('Enter');
  const adding = page.getByRole('dialog', { name: 'Add a receiver' });
  await expect(adding.getByRole('textbox', { name: /^Name/ })).toBeFocused();
  await page.keyboard.type('journey gateway');
  await expectAccessible(page);
  await page.keyboard.press('Enter');
  const made = page.getByRole('dialog', { name: 'The receiver’s client' });
  await expectAccessible(page);
  const told = Object.fromEntries(
    ((await made.locator('pre').textContent()) ?? '').split('\n').map((line) => {
      const at = line.indexOf(': ');
      return [line.slice(0, at), line.slice(at + 2)];
    }),
  );
  const answer = await fetch(told['token endpoint']!, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: told.client_id!,
      client_secret: told.client_secret!,
    }),
  });
  expect(await answer.json()).toMatchObject({ access_token: expect.any(String) });
  await made.getByRole('button', { name: 'Done' }).press('Enter');
  await expect(page.getByText('journey gateway').first()).toBeVisible();
  await expect(page.getByText(told.client_secret!)).toHaveCount(0);

  await page.getByRole('button', { name: 'Listen to a system…' }).first().press('Enter');
  const listening = page.getByRole('dialog', { name: 'Listen to a system' });
  await expect(listening.getByRole('textbox', { name: /^Name/ })).toBeFocused();
  await page.keyboard.type('journey provider');
  await listening.getByRole('textbox', { name: /^Issuer/ }).fill('http://127.0.0.1:9');
  await listening.getByRole('combobox', { name: 'Account disabled or deleted' }).selectOption('Revoke the identity');
  await expectAccessible(page);
  await listening.getByRole('button', { name: 'Listen' }).press('Enter');
  await expect(listening.getByRole('alert')).toContainText('Not done');
  await expectAccessible(page);
  await listening.getByRole('button', { name: 'Cancel' }).press('Enter');
  await expect(page.getByText('No other system is heard')).toBeVisible();

  await page.getByRole('button', { name: 'Remove journey gateway' }).press('Enter');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Remove|Stop/ })
    .last()
    .press('Enter');
  await expect(page.getByText('No other system is told')).toBeVisible();
});
