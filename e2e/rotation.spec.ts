// A leaked secret: rotated in the system itself, what it had opened ends, the new one is handed over once and works.
import { connectAs, identityOf } from './estate';
import { consoleUrl, expect, expectAccessible, signIn, test } from './fixture';

test('a secret is rotated: the old one is refused, its connection ends, the new one is shown once and comes in', async ({
  page,
}) => {
  const old = await connectAs('svc_rotated', 'before the rotation');
  await signIn(page);
  await page.goto(`${consoleUrl()}/identities/${await identityOf('svc_rotated')}`);
  await page.getByRole('button', { name: 'Rotate secret…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText(/handed over once/)).toBeVisible();
  await expect(dialog.getByText(/stay out until they are given the new secret/)).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Rotate and end sessions' }).press('Enter');
  await expect(dialog.getByRole('list', { name: 'Steps' })).toBeVisible();
  await old.closed;
  await expect(connectAs('svc_rotated', 'with the old one')).rejects.toMatchObject({ code: '28P01' });
  await dialog.getByRole('link', { name: 'Proof' }).press('Enter');
  await page.waitForURL(/\/revocations\/./);
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/svc_rotated is another one.+proven/);
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Take the new secret…' }).press('Enter');
  const take = page.getByRole('dialog', { name: /New secret of/ });
  await expect(take.getByText(/no copy/)).toBeVisible();
  await take.getByRole('button', { name: 'Show it once' }).press('Enter');
  const shown = take.locator('[data-secret]');
  await expect(shown).toBeVisible();
  await expectAccessible(page);
  const fresh = (await shown.textContent())!;
  await take.getByRole('button', { name: 'I have it' }).press('Enter');
  await expect(take).toBeHidden();
  await expect(page.getByText(/taken by/)).toBeVisible();
  await page.reload();
  await expect(page.getByText(/taken by/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Take the new secret…' })).toBeHidden();

  const { client } = await connectAs('svc_rotated', 'with the new one', fresh);
  await expect(client.query('select 1')).resolves.toBeTruthy();
  await client.end();
  await page.goto(`${consoleUrl()}/audit`);
  await expect(page.getByText('secret.take').first()).toBeVisible();
  await expect(page.getByText(fresh)).toHaveCount(0);
});
