// What comes in and cannot be read is told in words; places and consents have their pages.
import { consoleUrl, expect, expectAccessible, signIn, test } from './fixture';

const text = (name: string, content: string) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(content),
});
const event = (n: number) =>
  JSON.stringify({
    ts: new Date(Date.UTC(2026, 2, 1, 10, n)).toISOString(),
    actor: { id: 'u-7', name: 'svc-journal' },
    session: 's-1',
    op: 'read',
    status: 'ok',
    ip: '203.0.113.9',
    object: `invoice/${n}`,
  });

test('an empty file and garbage are refused in words, and nothing is left behind', async ({ page, expectedErrors }) => {
  expectedErrors.push(/status of 4\d\d.*\/api\/v1\/imports/);
  await signIn(page);
  await page.goto(`${consoleUrl()}/intake`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByText('No log was imported yet')).toBeVisible();
  await expectAccessible(page);
  const file = page.locator('input[type=file]');
  await file.setInputFiles(text('nothing.log', ''));
  await expect(page.getByText('nothing.log is empty.')).toBeVisible();
  await file.setInputFiles(text('noise.bin', '\u0000\u0001\u0002 this is no log \u0007\n'.repeat(200)));
  await expect(page.getByText('This does not look like any log Braid can read.')).toBeVisible();
  await expect(page.getByText('No log was imported yet')).toBeVisible();
});

test('of a log that is partly broken the rest goes in, and each refused line is listed with its reason', async ({
  page,
}) => {
  const good = (n: number) =>
    JSON.stringify({
      uuid: `00000000-0000-4000-8000-00000000000${n}`,
      published: `2026-03-02T08:00:0${n}.114Z`,
      eventType: 'user.session.start',
      displayMessage: 'User login to Okta',
      severity: 'INFO',
      version: '0',
      outcome: { result: 'SUCCESS', reason: null },
      actor: { id: '00u4journey', type: 'User', alternateId: 'svc-journey@example.org', displayName: 'svc-journey' },
      client: { userAgent: { rawUserAgent: 'curl/8' }, ipAddress: '203.0.113.24' },
      authenticationContext: { externalSessionId: '102journey' },
      transaction: { type: 'WEB', id: `t${n}` },
    });
  await signIn(page);
  await page.goto(`${consoleUrl()}/intake`);
  const lines = [good(1), good(2), '{"broken', good(3), '{"published":"no time at all","eventType":"x"}', good(4)];
  await page.locator('input[type=file]').setInputFiles(text('okta.ndjson', `${lines.join('\n')}\n`));
  await page.waitForURL(/\/intake\/imports\/./);
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/4 new events in \d sessions? of 1 identity/, {
    timeout: 30_000,
  });
  const refused = page.getByRole('table', { name: 'Refused records' });
  await expect(refused.getByRole('row').nth(1)).toContainText('3');
  await expect(refused.getByRole('row').nth(2)).toContainText('5');
  await expectAccessible(page);
});

test('a mapping is tried on a sample before it is kept: what is wrong is said, what would be stored is shown', async ({
  page,
}) => {
  await signIn(page);
  await page.goto(`${consoleUrl()}/settings/mappings`);
  await expect(page.getByText('No mapping yet')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'New mapping' }).press('Enter');
  const mapping = page.getByRole('textbox', { name: 'Mapping' });
  const given = await mapping.inputValue();
  const attempt = page.getByRole('button', { name: 'Try on the sample' });
  await mapping.fill('time: [');
  await attempt.press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: 'This mapping can’t be used' })).toBeVisible();
  await expectAccessible(page);
  await mapping.fill(given);
  await page.getByRole('textbox', { name: 'Sample' }).fill(`${event(1)}\n${event(2)}\n{"ts":"never"}\n`);
  await attempt.press('Enter');
  await expect(page.getByText('2 events of 3 records: 1 identity in 1 session, 1 refused.')).toBeVisible();
  await expect(page.getByRole('row', { name: /svc-journal/ }).first()).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Keep', exact: true }).press('Enter');
  await expect(page.getByText('billing is kept as version 1.')).toBeVisible();
  await page.getByRole('button', { name: 'Retire…' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Retire billing' });
  await dialog.getByRole('button', { name: 'Retire this mapping' }).press('Enter');
  await expect(page.getByText('No mapping yet')).toBeVisible();
});

test('a trusted zone is named, a wrong network is refused in words, and it is removed again', async ({ page }) => {
  await signIn(page);
  await page.goto(`${consoleUrl()}/settings/zones`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('No place is trusted more than any other.');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'New zone' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'New zone' });
  await expect(dialog.getByRole('textbox', { name: 'Name' })).toBeFocused();
  await page.keyboard.type('journey office');
  await dialog.getByRole('textbox', { name: 'Networks' }).fill('10.300.0.0/8');
  await dialog.getByRole('button', { name: 'Add zone' }).press('Enter');
  await expect(dialog.getByRole('alert')).toContainText('10.300.0.0/8');
  await dialog.getByRole('textbox', { name: 'Networks' }).fill('192.0.2.0/24');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Add zone' }).press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('1 trusted zone');
  await page.getByRole('button', { name: 'Remove journey office' }).press('Enter');
  await page.getByRole('button', { name: 'Remove this zone' }).press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('No place is trusted more than any other.');
});

test('where no log has told of a consent, the page says so', async ({ page }) => {
  await signIn(page);
  await page.goto(`${consoleUrl()}/consents`);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('No log that Braid reads has told of a consent');
  // While the page streams in, what is to come stands beside it once more, hidden and outside of the content.
  await expect(page.locator('#content').getByText('No consent yet')).toBeVisible();
  await expectAccessible(page);
});
