// The weekly visibility report, on its page and at the command line.
import { braid, consoleUrl, expect, expectAccessible, signIn, test } from './fixture';

test('the report is taken, read and downloaded', async ({ page }) => {
  await signIn(page);
  await page.goto(`${consoleUrl()}/reports/weekly`);
  await page
    .getByRole('button', { name: /Take a snapshot/ })
    .first()
    .click();
  await expect(page.getByText(/of \d+ service accounts/i).first()).toBeVisible();
  await expectAccessible(page);
  const [pdf, csv] = await Promise.all(
    ['pdf', 'csv'].map((format) => page.request.get(`${consoleUrl()}/api/v1/reports/weekly?format=${format}`)),
  );
  expect((await pdf!.body()).subarray(0, 5).toString()).toBe('%PDF-');
  expect(await csv!.text()).toContain('svc_payments');
});

test('the command line writes the same report, and the log verifies', async () => {
  const report = JSON.parse(await braid('report', 'weekly', '--json'));
  expect(JSON.stringify(report)).toContain('svc_payments');
  expect(JSON.parse(await braid('audit', 'verify', '--json')).ok).toBe(true);
});
