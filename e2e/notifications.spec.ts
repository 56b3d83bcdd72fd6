// An administrator adds a webhook, tries it, and a finding arrives there: signed, with its link, once.
import { createHmac } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { pay } from './estate';
import { braid, consoleUrl, expect, expectAccessible, signIn, test } from './fixture';

interface Got {
  headers: http.IncomingHttpHeaders;
  body: string;
  json: { type: string; data: { alone?: string; target: { url: string }; identity?: { name: string } } };
}

async function receiver(got: Got[]): Promise<http.Server> {
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      got.push({ headers: request.headers, body, json: JSON.parse(body) });
      response.end('thank you');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const macOf = ({ headers, body }: Got, secret: string): string => {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const text = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  return `v1,${createHmac('sha256', key).update(text).digest('base64')}`;
};

test('an administrator adds a webhook by keyboard, tests it, and the next finding arrives there', async ({ page }) => {
  const got: Got[] = [];
  const server = await receiver(got);
  await braid('policy', 'apply', 'docs/examples/policies/payments', '--reason', 'journeys');
  await signIn(page);
  await page.goto(`${consoleUrl()}/settings/notifications`);
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/told/);
  await expectAccessible(page);
  await page
    .getByRole('button', { name: /Add a channel/ })
    .first()
    .focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Add a channel' });
  const name = dialog.getByRole('textbox', { name: /^Name/ });
  await expect(name).toBeFocused();
  await page.keyboard.type('soar');
  await page.keyboard.press('Tab');
  await page.keyboard.type(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`);
  await dialog.getByRole('button', { name: 'Send a test' }).click();
  await expect(dialog.getByText('in a network of your own')).toBeVisible(); // loopback, and nobody has said so
  expect(got).toEqual([]);
  await dialog.getByLabel('The receiver is in our own network').check();
  await dialog.getByRole('button', { name: 'Send a test' }).click();
  await expect(dialog.getByText('The receiver took the test message')).toBeVisible();
  await expect(dialog.getByText('200: thank you')).toBeVisible();
  expect(got.map(({ json }) => json.type)).toEqual(['braid.test']);
  await expectAccessible(page);
  await name.focus();
  await page.keyboard.press('Enter');
  const shown = page.getByRole('dialog', { name: /signing secret/ });
  const secret = (await shown.locator('pre').textContent()) ?? '';
  expect(secret).toMatch(/^whsec_/);
  await shown.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('heading', { name: /^soar/ })).toBeVisible();

  for (const [session, amount] of [
    ['told-1', '4000.00'],
    ['told-2', '3000.00'],
    ['told-3', '2400.00'],
    ['told-3', '1200.00'],
  ] as const)
    await pay(session, '4799', amount, 'svc-told');
  const arrived = () =>
    got.find(({ json }) => json.type === 'finding.raised' && json.data.identity?.name === 'svc-told');
  await expect.poll(() => arrived()?.json.data.alone, { timeout: 30_000 }).toBe('allowed');
  const told = arrived()!;
  expect(told.headers['webhook-signature']).toBe(macOf(told, secret));
  await expect(page.getByRole('row', { name: /svc-told.*soar.*delivered/ }).first()).toBeVisible({ timeout: 15_000 });
  await expectAccessible(page);
  await page.goto(told.json.data.target.url);
  await expect(page.getByText(/svc-told/).first()).toBeVisible();
  await new Promise((resolve) => server.close(resolve));
});
