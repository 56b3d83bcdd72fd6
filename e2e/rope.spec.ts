// The main journey: watch concurrency rise, open the path of a denied payment, end a session, see it verified, revoke, restore.
import type { Page } from '@playwright/test';
import { api, connectAs, identityOf, pay } from './estate';
import { consoleUrl, expect, expectAccessible, signIn, test } from './fixture';

test.describe.configure({ mode: 'serial' });

const openIdentity = async (page: Page, name: string) =>
  page.goto(`${consoleUrl()}/identities/${await identityOf(name)}`);

test('concurrency rises on the open page with a connection, and falls when it ends', async ({ page }) => {
  await signIn(page);
  await openIdentity(page, 'svc_payments');
  await expectAccessible(page);
  const first = await connectAs('svc_payments', 'worker-3');
  await expect(page.getByRole('checkbox', { name: /worker-3/ })).toBeVisible();
  const second = await connectAs('svc_payments', 'worker-7');
  await expect(page.getByRole('checkbox', { name: /worker-7/ })).toBeVisible();
  await second.client.end();
  await expect(page.getByRole('checkbox', { name: /worker-7.*has ended/ })).toBeVisible();
  await first.client.end();
});

test('the path of a denied payment shows three strands, the limit and both verdicts', async ({ page }) => {
  const steps: [string, string][] = [
    ['worker-3', '4000.00'],
    ['worker-7', '3000.00'],
    ['boto3', '2400.00'],
  ];
  for (const [session, amount] of steps) expect((await pay(session, '4712', amount)).decision).toBe(true);
  const denied = await pay('boto3', '4712', '1200.00');
  expect(denied).toMatchObject({
    decision: false,
    context: { reason: 'aggregate_value_exceeded', braid: { verdict: 'deny', alone: 'allow' } },
  });
  await signIn(page);
  await page.goto(`${consoleUrl()}/decisions?verdict=deny`);
  await page.getByRole('link', { name: /path/i }).first().click();
  await expect(page).toHaveURL(/\/path/);
  const headline = page.getByRole('heading', { level: 1 });
  await expect(headline).toContainText('Three sessions of svc_payments');
  await expect(headline).toContainText('denied at');
  await expect(page.getByText('limit 10').first()).toBeVisible();
  for (const strand of ['worker-3', 'worker-7', 'boto3']) await expect(page.getByText(strand).first()).toBeVisible();
  await page.keyboard.press('j');
  await expectAccessible(page);
});

test('one session is ended with a click and Enter, and its proof appears', async ({ page }) => {
  const victim = await connectAs('svc_orders', 'to-be-ended');
  const bystander = await connectAs('svc_orders', 'stays');
  await signIn(page);
  await openIdentity(page, 'svc_orders');
  await page.getByRole('checkbox', { name: /to-be-ended/ }).check();
  // Beside it stands the one that should be ended first: this one is chosen in the graph.
  await page
    .locator('section')
    .filter({ hasText: 'Sessions at once' })
    .getByRole('button', { name: /End session/ })
    .click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: /^End the session/ })).toBeFocused();
  await expectAccessible(page);
  await page.keyboard.press('Enter');
  await expect(dialog.getByText('verified').first()).toBeVisible();
  await victim.closed;
  expect((await bystander.client.query('select 1 as here')).rows[0].here).toBe(1);
  await bystander.client.end();
});

test('an identity is revoked: blocked before it is ended, proven, denied at once, and restored', async ({ page }) => {
  const open = [await connectAs('svc_reports', 'a'), await connectAs('svc_reports', 'b')];
  expect((await pay('s1', '77', '1.00', 'svc_reports')).decision).toBe(true);
  await signIn(page);
  await openIdentity(page, 'svc_reports');
  await expect(page.getByRole('checkbox', { name: /^Choose session a/ })).toBeVisible();
  await page.getByRole('button', { name: 'Revoke access…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Revoke access', exact: true })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('list', { name: 'Steps' })).toBeVisible();
  expect((await pay('s1', '77', '1.00', 'svc_reports')).context.reason).toBe('identity_revoked');
  await Promise.all(open.map((one) => one.closed));
  await expect(connectAs('svc_reports', 'c')).rejects.toThrow(/not permitted to log in/);
  const { items } = await api<{
    items: { id: string; state: string; requestedAt: string; verifiedAt: string | null; steps: { verb: string }[] }[];
  }>('GET', `/revocations?kind=revoke&identityId=${await identityOf('svc_reports')}`);
  await expect
    .poll(async () => (await api<{ state: string }>('GET', `/revocations/${items[0]!.id}`)).state)
    .toBe('verified');
  const proof = await api<{ requestedAt: string; verifiedAt: string; steps: { verb: string }[] }>(
    'GET',
    `/revocations/${items[0]!.id}`,
  );
  const tookMs = Date.parse(proof.verifiedAt) - Date.parse(proof.requestedAt);
  test.info().annotations.push({ type: 'click to verified', description: `${tookMs} ms` });
  console.log(`    click to verified: ${tookMs} ms`);
  const verbs = proof.steps.map((step) => step.verb);
  expect(verbs.indexOf('block')).toBeLessThan(verbs.indexOf('terminate'));
  await page.goto(`${consoleUrl()}/revocations/${items[0]!.id}`);
  await expect(page.getByText('verified').first()).toBeVisible();
  await expectAccessible(page);
  await openIdentity(page, 'svc_reports');
  await page.getByRole('button', { name: 'Restore…' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Restore access/ })
    .click();
  await expect.poll(async () => (await pay('s2', '77', '1.00', 'svc_reports')).decision).toBe(true);
  await expect
    .poll(() =>
      connectAs('svc_reports', 'd').then(
        (one) => one.client.end().then(() => true),
        () => false,
      ),
    )
    .toBe(true);
});

test('the audit log has all of it: who, what, why', async ({ page }) => {
  await signIn(page);
  await page.goto(`${consoleUrl()}/audit`);
  for (const action of ['identity.revoke', 'session.terminate', 'connector.create']) {
    await expect(page.getByText(action).first()).toBeVisible();
  }
  await expectAccessible(page);
});
