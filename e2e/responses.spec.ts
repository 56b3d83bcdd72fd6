// Many at once, what acts by itself, and what two have to agree to.
import { api } from './estate';
import { consoleUrl, expect, expectAccessible, signIn, test, theirPage } from './fixture';
import { forgotten, type settledAt, simulated } from './simulated';

test.describe.configure({ mode: 'serial' });
const IDENTITIES = 'svc-many-a:1, svc-many-b:2, svc-many-gone:1, svc-two:4';
const SECOND = { name: 'Sue Second', email: 'sue@braid.example', password: 'agrees or does not' };
let connectorId: string | undefined;
let seen: Awaited<ReturnType<typeof settledAt>>;
let usual: unknown;

const stateOf = async (name: string) =>
  (await api<{ state: string }>('GET', `/identities/${seen.get(name)!.id}`)).state;

test.beforeAll(async () => {
  ({ connectorId, seen } = await simulated({ name: 'many', identities: IDENTITIES }));
  usual = await api('GET', '/responses/guardrails');
  await api('POST', '/operators', { ...SECOND, role: 'responder' });
});

test.afterAll(async () => {
  await forgotten(connectorId);
});

test('a bulk revocation says what it leaves out and why; a dry run changes nothing, the real one is verified', async ({
  page,
}) => {
  const gone = seen.get('svc-many-gone')!.id;
  await api('POST', `/identities/${gone}/revoke`, { reasonCode: 'test', reason: 'left over' });
  await expect.poll(() => stateOf('svc-many-gone')).toBe('revoked');
  await signIn(page);
  await page.goto(`${consoleUrl()}/identities?q=svc-many`);
  for (const name of ['svc-many-a', 'svc-many-b', 'svc-many-gone']) {
    await page.getByRole('checkbox', { name: `Choose identity ${name}` }).press('Space');
  }
  await page.getByRole('button', { name: 'Revoke 3 identities…' }).press('Enter');
  // As soon as it is known that one is left out, the title says so.
  const dialog = page.getByRole('dialog', { name: 'Revoke 2 of 3 identities' });
  await expect(
    dialog.getByText(/2 identities with 3 live sessions, in 1 connected system.*1 left out\./),
  ).toBeVisible();
  await expect(dialog.getByRole('row', { name: /svc-many-gone.*skipped already revoked/ })).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Dry run' }).press('Enter');
  await expect(dialog.getByRole('status')).toContainText('Nothing was changed');
  for (const name of ['svc-many-a', 'svc-many-b']) {
    expect(await stateOf(name)).toBe('active');
    const done = await api<{ items: unknown[] }>('GET', `/revocations?identityId=${seen.get(name)!.id}`);
    expect(done.items).toEqual([]);
  }
  await dialog.getByRole('button', { name: 'Revoke 2 identities' }).press('Enter');
  await expect(dialog.getByRole('status')).toContainText('2 of 2 revocations have come as far as they go; 2 verified');
  await expect(dialog.getByText('already revoked')).toBeVisible();
  await dialog.getByRole('link', { name: 'All of this action' }).press('Enter');
  await expect(page).toHaveURL(/\/revocations\?actionId=/);
  await page.reload();
  await expect(page.getByText('2 of 2 revocations have come as far as they go; 2 verified')).toBeVisible();
  await expect(page.getByRole('table', { name: 'Revocations' }).getByText(/^svc-many-[ab]$/)).toHaveCount(2);
  expect(await stateOf('svc-many-b')).toBe('revoked');
});

test('a rule worth having is taken, switched on and off; above the bound a second operator is named', async ({
  page,
}) => {
  await signIn(page);
  await page.goto(`${consoleUrl()}/settings/responses`);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('there is no rule');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Scope grew: end the session…' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Add a rule' });
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Add the rule' }).press('Enter');
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('the one rule is at rest');
  const name = 'Scope grew: end the session';
  await page.getByRole('switch', { name: `${name}: off` }).press('Space');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('1 rule acts on findings');
  await page.getByRole('switch', { name: `${name}: on` }).press('Space');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('at rest');
  await page.getByRole('textbox', { name: 'More than so many live sessions' }).fill('-1');
  await page.keyboard.press('Enter');
  await expect(page.getByText('must be a whole number from 1 to 100,000')).toBeVisible();
  await page.getByRole('textbox', { name: 'More than so many live sessions' }).fill('3');
  await page.keyboard.press('Enter');
  await expect(page.getByText('These hold from now on.')).toBeVisible();
  await expectAccessible(page);
  await page.reload();
  await expect(page.getByRole('textbox', { name: 'More than so many live sessions' })).toHaveValue('3');
});

test('a rule that puts a policy set in force names which, and says so where none of it is in shadow', async ({
  page,
}) => {
  const source = 'set: stricter\ndefault: allow\nrules:\n  - id: never\n    deny: action.name == "e2e.never"\n';
  await api('POST', '/policies', { source, shadow: true, reason: 'watches first' });
  await signIn(page);
  await page.goto(`${consoleUrl()}/settings/responses`);
  await page.getByRole('button', { name: 'Add a rule…' }).first().press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Add a rule' });
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Storm: be stricter');
  await dialog.getByRole('combobox', { name: 'Then' }).click();
  await page.getByRole('option', { name: 'Put a policy set in force' }).click();
  await dialog.getByRole('button', { name: 'Add the rule' }).press('Enter');
  await expect(dialog.getByRole('alert')).toContainText('has to name the policy set');
  await dialog.getByRole('combobox', { name: 'Policy set' }).click();
  await page.getByRole('option', { name: 'stricter' }).click();
  await expect(dialog.getByText('Its version in shadow becomes the active one')).toBeVisible();
  await dialog.getByRole('combobox', { name: 'Back into shadow' }).click();
  await page.getByRole('option', { name: 'after an hour' }).click();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Add the rule' }).press('Enter');
  const row = page.getByRole('row', { name: /Storm: be stricter/ });
  await expect(row).toContainText('Put a policy set in force: stricter');
  await expect(row).toContainText('back into shadow after 1 h');
  await api('POST', '/policies/stricter/retire', { what: 'shadow', reason: 'the journey is over' });
  await page.reload();
  await row.getByRole('button', { name: 'Change…' }).press('Enter');
  const change = page.getByRole('dialog', { name: 'Change this rule' });
  await expect(change.getByText('None of its versions is in shadow now.')).toBeVisible();
  await change.getByRole('button', { name: 'Remove' }).press('Enter');
  await expect(row).toBeHidden();
});

test('a revocation above it waits: not for the one who asked, but for a second operator, who agrees', async ({
  page,
  browser,
}) => {
  const id = seen.get('svc-two')!.id;
  await signIn(page);
  await page.goto(`${consoleUrl()}/identities/${id}`);
  await page.getByRole('button', { name: 'Revoke access…' }).click();
  const dialog = page.getByRole('dialog');
  // It is said before the click, and the button reads as what it does.
  await expect(dialog.getByText('Two have to agree')).toBeVisible();
  await expect(dialog.getByText(/reaches .*, more than \d+: a second operator has to agree/)).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Revoke access', exact: true })).toBeHidden();
  await expect(dialog.getByRole('button', { name: 'Ask a second operator' })).toBeFocused();
  await expectAccessible(page);
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('status')).toContainText('waits on the revocations page');
  await expectAccessible(page);
  expect(await stateOf('svc-two')).toBe('active');
  await page.goto(`${consoleUrl()}/revocations`);
  await expect(page.getByText('1 for a second operator')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Agree and do it' })).toBeDisabled();
  await expect(page.getByText('You asked for this: somebody else has to agree.')).toBeVisible();
  expect(await stateOf('svc-two')).toBe('active');

  const theirs = await theirPage(browser);
  await signIn(theirs, SECOND);
  await theirs.goto(`${consoleUrl()}/revocations`);
  await expectAccessible(theirs);
  await theirs.getByRole('button', { name: 'Agree and do it' }).press('Enter');
  await expect(theirs.getByText('1 for a second operator')).toBeHidden();
  await theirs.context().close();
  await expect.poll(() => stateOf('svc-two')).toBe('revoked');
  const { items } = await api<{ items: { id: string }[] }>('GET', `/revocations?identityId=${id}&kind=revoke`);
  await expect
    .poll(async () => (await api<{ state: string }>('GET', `/revocations/${items[0]!.id}`)).state)
    .toBe('verified');
  await expect(page.getByText('1 for a second operator')).toBeHidden();
});

test('the bound is not lifted by one alone: it waits for the second operator, who agrees', async ({
  page,
  browser,
}) => {
  await signIn(page);
  await page.goto(`${consoleUrl()}/settings/responses`);
  await page.getByRole('textbox', { name: 'More than so many live sessions' }).fill('');
  await page.keyboard.press('Enter');
  await expect(page.getByText('A second operator has to agree to what bounds less')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'More than so many live sessions' })).toHaveValue('3');
  await expect(page.getByRole('row', { name: /Loosen the guardrails/ })).toBeVisible();
  await expectAccessible(page);

  const theirs = await theirPage(browser);
  await signIn(theirs, SECOND);
  await theirs.goto(`${consoleUrl()}/revocations`);
  await expect(theirs.getByRole('row', { name: /Loosen the guardrails/ })).toBeVisible();
  await theirs.getByRole('button', { name: 'Agree and do it' }).press('Enter');
  await expect(theirs.getByText('1 for a second operator')).toBeHidden();
  await theirs.context().close();
  await expect.poll(() => api('GET', '/responses/guardrails')).toEqual(usual);
});
