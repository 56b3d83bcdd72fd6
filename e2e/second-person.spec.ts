// Somebody else's word: a refused release is asked for, looked at, approved by an operator, used once, and in the log.
import { token } from './estate';
import { braid, consoleUrl, expect, expectAccessible, pdpUrl, signIn, test } from './fixture';

test.describe.configure({ mode: 'serial' });

const RELEASE = {
  subject: { type: 'ci_pipeline', id: 'release_bot' },
  action: { name: 'release.start' },
  resource: { type: 'environment', id: 'production' },
};

async function ask(path: string, body: object): Promise<Record<string, never>> {
  const response = await fetch(`${pdpUrl()}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Record<string, never>;
}

const release = (more: object = {}) =>
  ask('/access/v1/evaluation', {
    ...RELEASE,
    context: { version: '4.2.0', ...more, braid: { session: { id: 'pipeline-17' } } },
  }) as Promise<unknown> as Promise<{
    decision: boolean;
    context: { reason: string; evaluation_id: string; access_request?: { expires_at: string } };
  }>;

test('a refused release is requested, approved by an operator and passes', async ({ page }) => {
  await braid('policy', 'apply', 'docs/examples/policies/approvals', '--reason', 'journeys');
  const refused = await release();
  expect(refused.decision).toBe(false);
  await ask('/access/v1/requests', {
    ...RELEASE,
    context: { version: '4.2.0', business_justification: 'the fix of ticket 881' },
    denial: { evaluation_id: refused.context.evaluation_id, expires_at: refused.context.access_request?.expires_at },
  });

  await signIn(page);
  await page.goto(`${consoleUrl()}/approvals`);
  await page
    .getByRole('link', { name: /release\.start on environment production/ })
    .first()
    .click();
  await page.waitForURL(/\/approvals\/./); // the list says why, too
  await expect(page.getByText('the fix of ticket 881').first()).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Deny…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  // From the list, by keyboard: the request with its dialog open.
  await page.goto(`${consoleUrl()}/approvals`);
  await expectAccessible(page);
  await page.getByRole('link', { name: /^Approve release\.start/ }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Approve this request?' });
  await dialog.getByRole('textbox').fill('seen with the release manager');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Approve' }).click();
  await expect(dialog).toBeHidden();
  await page.waitForURL(/\/approvals\/[^?]+$/); // going back or renewing does not ask again
  await expect(page.getByText('seen with the release manager').first()).toBeVisible();

  const requestId = page.url().split('/').at(-1)!;
  const found = await fetch(`${pdpUrl()}/access/v1/requests/${requestId}`, {
    headers: { authorization: `Bearer ${await token()}` },
  }).then((response) => response.json() as Promise<{ result: { approval: { id: string } } }>);
  const passed = await release({ approval: { id: found.result.approval.id } });
  expect(passed.decision).toBe(true);
  const other = await release({ approval: { id: found.result.approval.id }, version: '5.0.0' });
  expect(other.decision).toBe(false); // it was given for one version
});

test('the log is proven from its page, and evidence of a decision verifies', async ({ page }) => {
  await signIn(page);
  await page.goto(`${consoleUrl()}/audit`);
  await page.getByRole('button', { name: 'Prove the log' }).click();
  await expect(page.getByRole('heading', { level: 1, name: /stand as they were written/ })).toBeVisible({
    timeout: 60_000,
  });
  await page.getByRole('button', { name: 'Export evidence' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await expectAccessible(page);
});
