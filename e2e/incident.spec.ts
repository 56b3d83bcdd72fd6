// A critical finding, from the red button at its top to an incident that may be called contained.
import { api } from './estate';
import { consoleUrl, expect, expectAccessible, signIn, test } from './fixture';
import { forgotten, simulated } from './simulated';

test.describe.configure({ mode: 'serial' });
const TITLE = 'Payments left the books through three sessions';
let connectorId: string | undefined;
let identityId: string;
let findingId: string;

test.beforeAll(async () => {
  const made = await simulated({ name: 'incident', identities: 'svc-incident:3' });
  connectorId = made.connectorId;
  identityId = made.seen.get('svc-incident')!.id;
  const { items } = await api<{ items: { id: string }[] }>('GET', `/sessions?identityId=${identityId}&live=true`);
  const sessions = items.map((one) => one.id);
  const found = { identityId, severity: 'critical', title: TITLE, summary: 'Seen by the payments team.', sessions };
  findingId = (await api<{ id: string }>('POST', '/findings', found)).id;
});

test.afterAll(() => forgotten(connectorId));

test('its sessions are ended from the top of a critical finding, and it is verified', async ({ page }) => {
  await signIn(page);
  await page.goto(`${consoleUrl()}/findings`);
  await page.getByRole('link', { name: TITLE }).first().press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: TITLE })).toBeVisible();
  await expect(page.getByText('3 sessions in evidence are live')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'End 3 sessions…' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'End 3 sessions of this finding' });
  await expect(dialog.getByText(/3 sessions of 1 identity, in 1 connected system/)).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'End 3 sessions', exact: true })).toBeFocused();
  await expectAccessible(page);
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('status')).toContainText('1 of 1 revocation has come as far as they go; 1 verified');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Close' }).last().press('Enter');
  await expect(page.getByText('None of its sessions in evidence is live any more.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Revoke access…' })).toBeVisible();
});

test('its playbook can’t be called contained until each of the four steps is done or waived with a reason', async ({
  page,
}) => {
  await signIn(page);
  await page.goto(`${consoleUrl()}/findings/${findingId}`);
  await page.getByRole('button', { name: 'Start a playbook' }).press('Enter');
  await page.waitForURL(/\/playbooks\/./);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('svc-incident: not contained yet');
  await expect(page.getByRole('button', { name: 'Contained (4 left)' })).toBeDisabled();
  await expectAccessible(page);
  const step = (number: number) =>
    page
      .getByRole('list')
      .getByRole('listitem')
      .filter({ hasText: `${number}. ` });
  const left = (n: number) => expect(page.getByRole('button', { name: `Contained (${n} left)` })).toBeDisabled();

  await page.getByRole('button', { name: 'Done: 1 verified' }).press('Enter');
  await left(3);

  await page.getByRole('button', { name: 'Done: 0 credentials reviewed' }).press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: 'Not done yet' })).toBeVisible();
  await expect(page.getByText('key:svc-incident: not reviewed yet.')).toBeVisible();
  await page.getByRole('combobox', { name: 'What was done with key:svc-incident' }).click();
  await page.getByRole('option', { name: 'Rotated' }).click();
  await page.getByRole('button', { name: 'Done: 1 credential reviewed' }).press('Enter');
  await left(2);

  await step(3).getByRole('button', { name: 'Waive this step…' }).press('Enter');
  const waive = page.getByRole('dialog', { name: /^Waive: / });
  await expect(waive.getByRole('button', { name: 'Waive it' })).toBeDisabled();
  await waive.getByRole('textbox', { name: 'Why it is not needed here' }).fill('it may only read');
  await expectAccessible(page);
  await waive.getByRole('button', { name: 'Waive it' }).press('Enter');
  await expect(waive).toBeHidden();
  await left(1);
  await expect(page.getByText('it may only read')).toBeVisible();

  await page.getByRole('textbox', { name: 'What the logs show' }).fill('Nothing but the three sessions.');
  await page.getByRole('button', { name: 'Done: logs correlated' }).press('Enter');
  await page.getByRole('button', { name: 'Call it contained…' }).press('Enter');
  const contain = page.getByRole('dialog', { name: 'Call this contained' });
  await expect(contain.getByRole('button', { name: 'It is contained' })).toBeDisabled();
  await contain.getByRole('textbox').fill('Three sessions of one stolen key; ended, and the key is gone.');
  await contain.getByRole('button', { name: 'It is contained' }).press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('svc-incident: contained');
  await expect(page.getByText('Three sessions of one stolen key')).toBeVisible();
  await expectAccessible(page);
  await page.goto(`${consoleUrl()}/playbooks`);
  await expect(page.getByText('svc-incident').first()).toBeVisible();
  await expectAccessible(page);
});

test('a playbook is started from its identity as well; what else belongs to the case is put in, and taken out with a reason', async ({
  page,
}) => {
  await signIn(page);
  await page.goto(`${consoleUrl()}/identities/${identityId}`);
  await page.getByRole('button', { name: 'Start a playbook' }).press('Enter');
  await page.waitForURL(/\/playbooks\/./);
  await page.getByRole('button', { name: 'Put something in…' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Put something into the case' });
  await dialog.getByRole('combobox', { name: 'What' }).click();
  await page.getByRole('option', { name: 'Host' }).click();
  await dialog.getByRole('textbox', { name: 'Name, as its sessions tell it' }).fill('build-host-1');
  await dialog.getByRole('textbox', { name: 'Why it belongs to the case' }).fill('the key lay there');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Put it in' }).press('Enter');
  await expect(dialog).toBeHidden();
  await expect(page.getByText('build-host-1')).toBeVisible();
  await page.getByRole('button', { name: 'Take out of the case: build-host-1' }).press('Enter');
  const out = page.getByRole('dialog', { name: 'Take build-host-1 out of the case' });
  await out.getByRole('textbox').fill('another host');
  await out.getByRole('button', { name: 'Take it out' }).press('Enter');
  await expect(out).toBeHidden();
  await expect(page.getByText('another host')).toBeVisible();
  await expectAccessible(page);
  await page.goto(`${consoleUrl()}/identities/${identityId}`);
  await expect(page.getByRole('link', { name: 'Playbook: 0 of 4' })).toBeVisible();
});
