// One identity looked at closely: how well it is held, what is usual, whose hand is which, what to end first; and a hunt over a time of one's own.
import { consoleUrl, expect, expectAccessible, signIn, test } from './fixture';
import { forgotten, simulated } from './simulated';

test.describe.configure({ mode: 'serial' });
let connectorId: string | undefined;
let id: string;

test.beforeAll(async () => {
  const made = await simulated({ name: 'looked-at', identities: 'svc-looked-at:3' });
  connectorId = made.connectorId;
  id = made.seen.get('svc-looked-at')!.id;
});

test.afterAll(() => forgotten(connectorId));

test('what to end first is said beside it; posture, usual and lanes are reached by arrow keys', async ({ page }) => {
  await signIn(page);
  await page.goto(`${consoleUrl()}/identities/${id}`);
  const first = page.locator('section', { has: page.getByRole('heading', { name: 'End which first' }) }).last();
  await expect(first.getByRole('listitem')).toHaveCount(3);
  await expect(first).toContainText('Nothing of value passed');
  await expect(first.getByRole('button', { name: /^End/ })).toBeVisible();
  const more = page.getByRole('region', { name: 'More about svc-looked-at' });
  const tab = (name: string) => more.getByRole('tab', { name });
  await tab('Findings').focus();
  await page.keyboard.press('ArrowRight');
  await expect(tab('Posture')).toBeFocused();
  await expect(more.getByText(/of 100/).first()).toBeVisible();
  await expect(page).toHaveURL(/tab=posture/);
  await expectAccessible(page);
  for (const link of await more.getByRole('tabpanel').getByRole('link').all()) {
    const where = await link.getAttribute('href');
    expect((await page.request.get(`${consoleUrl()}${where}`)).status(), `${where}`).toBe(200);
  }
  await tab('Posture').press('ArrowRight');
  await expect(tab('Usual')).toBeFocused();
  await expect(more.getByText(/nothing to hold against it yet|Nothing is strange for it yet/)).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('ArrowRight');
  await expect(tab('Lanes')).toBeFocused();
  await expect(more.getByText(/Nothing told of its sessions sets them apart|look like one hand/)).toBeVisible();
  await more.getByRole('article').first().getByText('operator', { exact: true }).click();
  await expect(more.getByText('said by first')).toBeVisible();
  await expectAccessible(page);
});

test('a hunt goes over a time of one’s own: not without a beginning, and dry it raises nothing', async ({ page }) => {
  await signIn(page);
  await page.goto(`${consoleUrl()}/findings/hunts`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Nothing was hunted for yet.');
  await expect(page.getByText('No hunt yet')).toBeVisible();
  await page.getByRole('combobox', { name: 'Over' }).press('Enter');
  await page.getByRole('option', { name: 'a time of your own…' }).click();
  const hunt = page.getByRole('button', { name: 'Hunt, dry' });
  await hunt.press('Enter');
  await expect(page.getByText('Say from when on.')).toBeVisible();
  await page.getByRole('button', { name: 'From' }).press('Enter');
  const calendar = page.getByRole('dialog').filter({ has: page.getByRole('table') });
  await expect(calendar).toBeVisible();
  await expect(calendar).toHaveAccessibleName(/^From/);
  await expectAccessible(page);
  await calendar.getByRole('table').getByRole('button').first().press('Enter');
  await page.keyboard.press('Escape');
  await expect(calendar).toBeHidden();
  await hunt.press('Enter');
  await expect(page.getByRole('heading', { name: /^Found \d+/ })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('nothing was raised').first()).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('The last hunt found');
  await expectAccessible(page);
});
