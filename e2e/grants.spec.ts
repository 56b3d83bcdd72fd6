// A role for a time: an analyst asks, an administrator grants, the analyst ends access and gives the role back; everything done
// under it is listed, and afterwards nothing can be ended any more.
import { api, identityOf } from './estate';
import { braid, consoleUrl, expect, expectAccessible, signIn, test, theirPage } from './fixture';
import { forgotten, simulated } from './simulated';

test.describe.configure({ mode: 'serial' });
const ANALYST = { email: 'ana@braid.example', password: 'looks, and asks to act' };
const NAME = 'svc-grant-night';

test('asked, granted, used, given back: what was done under it is listed, and is over with it', async ({
  page,
  browser,
}) => {
  await api('POST', '/operators', { ...ANALYST, name: 'Ana Analyst', role: 'analyst' });
  const { connectorId } = await simulated({ name: 'grants', identities: `${NAME}:2` });
  const id = await identityOf(NAME);

  const theirs = await theirPage(browser);
  await signIn(theirs, ANALYST);
  await theirs.goto(`${consoleUrl()}/identities/${id}`);
  await expect(theirs.getByRole('link', { name: 'Ask to act…' })).toBeVisible();
  await expect(theirs.getByRole('button', { name: 'Revoke access…' })).toHaveCount(0);

  await theirs.getByRole('link', { name: 'Ask to act…' }).click();
  const dialog = theirs.getByRole('dialog', { name: 'Ask for a role for a time' });
  await expect(dialog.getByText('For the identity you come from.')).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Why' }).fill('the night shift is ill');
  await expectAccessible(theirs);
  await dialog.getByRole('button', { name: 'Ask' }).click();
  const band = theirs.getByRole('region', { name: 'Your role for a time' });
  await expect(band).toContainText('You asked to be responder for 1 h');

  // The administrator is told in the sidebar, and answers from the list.
  await signIn(page);
  await expect(page.getByRole('link', { name: /^Settings\s*1$/ })).toBeVisible();
  await page.goto(`${consoleUrl()}/settings/grants`);
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Answer Ana Analyst, who asks to be responder' }).press('Enter');
  const grant = page.getByRole('dialog', { name: 'Make Ana Analyst responder for 1 h?' });
  await expectAccessible(page);
  await grant.getByRole('combobox', { name: 'For' }).click();
  await page.getByRole('option', { name: '15 min' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Grant' }).click();
  await expect(page.getByRole('heading', { level: 1, name: /Ana Analyst is responder for a time/ })).toBeVisible();
  const grantPage = page.url().replace(/\?.*/, '');

  // Their page notices by itself.
  await expect(band).toContainText(/You act as responder.*left/);
  await expect(band).toContainText('the night shift is ill');
  await theirs.goto(`${consoleUrl()}/identities/${id}`);
  await expectAccessible(theirs);
  await theirs.getByRole('button', { name: 'Revoke access…' }).click();
  await theirs
    .getByRole('dialog')
    .getByRole('button', { name: /^Revoke/ })
    .click();
  await expect(theirs.getByRole('dialog').getByText('verified').first()).toBeVisible();
  await theirs.keyboard.press('Escape');
  await band.getByRole('button', { name: 'Give back' }).click();
  await expect(band).toHaveCount(0);
  await expect(theirs.getByRole('link', { name: 'Ask to act…' })).toBeVisible();
  await expect(theirs.getByRole('button', { name: /Restore|Revoke|Pause/ })).toHaveCount(0);

  // The page of the grant: how it came about, and what was done, with its proof.
  await expect(page.getByRole('heading', { level: 1, name: /given back/ })).toBeVisible();
  const act = page.getByRole('row', { name: new RegExp(`identity · revoke ${NAME}`) });
  await expect(act).toBeVisible();
  const certificate = await act.getByRole('link', { name: 'certificate' }).getAttribute('href');
  expect(await (await page.request.get(`${consoleUrl()}${certificate}`)).text()).toContain(NAME);
  await expectAccessible(page);
  await act.getByRole('link', { name: 'revocation' }).click();
  await expect(page.getByRole('heading', { level: 1, name: new RegExp(NAME) })).toBeVisible();

  // The audit log narrows to it, and what is exported carries it.
  await page.goto(grantPage);
  await page.getByRole('link', { name: 'the same in the audit log' }).click();
  await expect(page.getByRole('button', { name: 'Under one role for a time' })).toBeVisible();
  await expect(page.getByText('with a role for a time').first()).toBeVisible();
  const grantId = grantPage.split('/').at(-1)!;
  const { items } = await api<{ items: { action: string; grantId: string }[] }>('GET', `/audit?grant=${grantId}`);
  expect(items.map((one) => one.action)).toEqual(['grant.end', 'identity.revoke']);
  expect(new Set(items.map((one) => one.grantId))).toEqual(new Set([grantId]));

  // The button is gone, and the server refuses as well.
  const refused = await theirs.evaluate(
    async (where) =>
      (
        await fetch(where, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ reasonCode: 'test', reason: 'may not' }),
        })
      ).status,
    `/api/v1/identities/${id}/restore`,
  );
  expect([401, 403, 404]).toContain(refused);
  await theirs.context().close();
  await forgotten(connectorId);
});

test('an administrator ends one early; a token can neither ask nor grant', async ({ page, browser }) => {
  const theirs = await theirPage(browser);
  await signIn(theirs, ANALYST);
  await theirs.getByRole('button', { name: 'Signed in as Ana Analyst' }).click();
  await theirs.getByRole('link', { name: 'Ask for a higher role…' }).click();
  const dialog = theirs.getByRole('dialog', { name: 'Ask for a role for a time' });
  await dialog.getByRole('textbox', { name: 'Why' }).fill('one more look');
  await dialog.getByRole('button', { name: 'Ask' }).click();
  await expect(theirs.getByRole('region', { name: 'Your role for a time' })).toContainText('You asked to be responder');

  const { items } = await api<{ items: { id: string }[] }>('GET', '/grants?state=waiting');
  const made = JSON.parse(await braid('token', 'create', '--name', 'asker', '--scope', 'admin', '--json'));
  const call = (where: string, body: object) =>
    fetch(`${consoleUrl()}/api/v1${where}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${made.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }).then((response) => response.status);
  expect(await call('/grants', { role: 'admin', minutes: 60, reason: 'as a token' })).toBe(403);
  expect(await call(`/grants/${items[0]!.id}/answer`, { answer: 'grant', reason: 'as a token' })).toBe(403);

  await signIn(page);
  await page.goto(`${consoleUrl()}/settings/grants/${items[0]!.id}?answer=grant`);
  await page.getByRole('dialog').getByRole('button', { name: 'Grant' }).click();
  await expect(theirs.getByRole('region', { name: 'Your role for a time' })).toContainText('You act as responder');
  await page.getByRole('button', { name: 'End now…' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Reason' }).fill('enough for tonight');
  await page.getByRole('dialog').getByRole('button', { name: 'End it now' }).click();
  await expect(page.getByRole('heading', { level: 1, name: /ended early/ })).toBeVisible();
  await expect(theirs.getByRole('region', { name: 'Your role for a time' })).toHaveCount(0);
  await expect(theirs.getByText('ended your role as responder (enough for tonight)')).toBeVisible();
  await theirs.context().close();
});
