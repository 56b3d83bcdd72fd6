// A change of policy, from a template to a rule that binds, and back.
import { braid, consoleUrl, expect, expectAccessible, signIn, test } from './fixture';

test.describe.configure({ mode: 'serial' });

const REASON = 'agreed with the platform team';

test('a template is written on, checked, tested, put in shadow, promoted, rolled back and retired', async ({
  page,
}) => {
  test.slow();
  await signIn(page);
  await page.goto(`${consoleUrl()}/policies`);
  await page.getByRole('link', { name: 'New policy set' }).click();
  await expect(page.getByRole('heading', { name: /policy sets to begin with/ })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('link', { name: /^agent-tools/ }).click();
  const text = page.getByRole('textbox', { name: 'Policies' });
  await expect(text).toContainText('set: agent-tools');

  await page.getByRole('button', { name: 'Run tests' }).click();
  await expect(page.getByText(/All \d+ tests hold/)).toBeVisible({ timeout: 30_000 });
  await expectAccessible(page);

  // What is wrong is said while typing, with what was meant; a click leads to it.
  await text.click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('defualt: allow');
  await page.keyboard.press('Enter');
  const problems = page.getByRole('list', { name: 'Problems' });
  await expect(problems).toContainText('"defualt" is not known here. Did you mean "default"?');
  await problems.getByRole('button').first().click();
  await expect(text).toBeFocused();
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await expect(page.getByText('No problems.')).toBeVisible();

  // Nothing typed is lost by a link.
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('# ours');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Connectors' }).click();
  await expect(page.getByRole('dialog', { name: 'Leave without saving?' })).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Save draft' }).click();
  await expect(page.getByText(/Draft of agent-tools saved/)).toBeVisible();

  await page.getByRole('button', { name: 'Apply…' }).click();
  const apply = page.getByRole('dialog', { name: 'Apply agent-tools' });
  await apply.getByLabel('Reason').fill(REASON);
  await expectAccessible(page);
  await apply.getByRole('button', { name: 'Put in shadow' }).click();
  await expect(page.getByRole('heading', { name: 'Version 1 in shadow' })).toBeVisible({ timeout: 30_000 });
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Promote…' }).click();
  const promote = page.getByRole('dialog', { name: 'Promote version 1 of agent-tools' });
  await promote.getByLabel('Reason').fill(REASON);
  await promote.getByRole('button', { name: 'Make version 1 active' }).click();
  await expect(page.getByText('active since')).toBeVisible({ timeout: 30_000 });

  await page.getByRole('link', { name: 'Edit' }).click();
  await text.click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('# nobody needs this');
  await page.getByText('Beside version 1', { exact: true }).click();
  await expect(page.getByText('nobody needs this')).toBeVisible();
  await page.getByRole('button', { name: 'Apply…' }).click();
  await apply.getByText('Active: decides the next request').click();
  await apply.getByLabel('Reason').fill(REASON);
  await apply.getByRole('button', { name: 'Replace version 1' }).click();
  await expect(page.getByText('version 2', { exact: false }).first()).toBeVisible({ timeout: 30_000 });
  await page.getByRole('button', { name: 'roll back to it' }).click();
  const back = page.getByRole('dialog', { name: 'Roll agent-tools back to version 1' });
  await back.getByLabel('Reason').fill(REASON);
  await back.getByRole('button', { name: 'Give back version 1' }).click();
  await expect(page.getByText(`Back to version 1: ${REASON}`)).toBeVisible({ timeout: 30_000 });
  const { items } = JSON.parse(await braid('policy', 'list', '--json')) as {
    items: { name: string; version: number }[];
  };
  expect(items.find((one) => one.name === 'agent-tools')).toMatchObject({ version: 3, state: 'active' });

  await page.getByRole('button', { name: 'Retire…' }).click();
  const retire = page.getByRole('dialog', { name: 'Retire agent-tools' });
  await retire.getByLabel('Reason').fill('the journey is over');
  await retire.getByRole('button', { name: /^Retire it|^Retire agent-tools/ }).click();
  await expect(page.getByText('retired').first()).toBeVisible({ timeout: 30_000 });

  await page.goto(`${consoleUrl()}/audit`);
  for (const deed of ['policy.shadow', 'policy.promote', 'policy.apply', 'policy.roll_back', 'policy.retire'])
    await expect(page.getByText(deed).first()).toBeVisible();
});
