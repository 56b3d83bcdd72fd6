// The weekly visibility report, and every other page: reachable, without violations, in both schemes, at both widths.
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

const PAGES = [
  '/',
  '/identities',
  '/sessions',
  '/decisions',
  '/findings',
  '/revocations',
  '/reports/weekly',
  '/policies',
  '/connectors',
  '/audit',
  '/settings/operators',
  '/settings/tokens',
  '/settings/account',
];

for (const path of PAGES) {
  test(`${path} is accessible and does not scroll sideways at 1024`, async ({ page }) => {
    await page.setViewportSize({ width: 1024, height: 800 });
    await signIn(page);
    await page.goto(`${consoleUrl()}${path}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expectAccessible(page);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBeLessThanOrEqual(0);
  });
}
