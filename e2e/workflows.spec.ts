// Two identities that act for one purpose: said in the console, bound from the next request, exempt together.
import { api, identityOf, pay, token } from './estate';
import { braid, consoleUrl, expect, expectAccessible, pdpUrl, signIn, test } from './fixture';

test.describe.configure({ mode: 'serial' });

const SET = `set: desks
default: allow
meters:
  moved_1h: { sum: context.amount, unit: EUR, scale: 2, per: workflow, over: 1h, on: action.name == "desk.move" }
rules:
  - { id: desk-cap, on: 'action.name == "desk.move"', limit: { meter: moved_1h, max: 1000 } }
`;
const DESKS = ['svc_desk_a', 'svc_desk_b'];

async function move(subject: string, amount: number): Promise<{ decision: boolean; context: { reason: string } }> {
  const response = await fetch(`${pdpUrl()}/access/v1/evaluation`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      subject: { type: 'service_account', id: subject },
      action: { name: 'desk.move' },
      resource: { type: 'desk', id: 'main' },
      context: { amount, unit: 'EUR', braid: { session: { id: `${subject}-1` } } },
    }),
  });
  return (await response.json()) as { decision: boolean; context: { reason: string } };
}

test('a workflow is made, its limit spans both, and an identity that is removed is counted no more', async ({
  page,
}) => {
  test.slow();
  await api('POST', '/policies', { source: SET, reason: 'journeys' });
  for (const desk of DESKS) await pay(`${desk}-1`, 'desk-account', '1.00', desk);
  await signIn(page);
  await page.goto(`${consoleUrl()}/workflows`);
  await page.getByRole('button', { name: 'New workflow' }).click();
  const dialog = page.getByRole('dialog', { name: 'New workflow' });
  await dialog.getByLabel('Name').fill('desks');
  await dialog.getByRole('combobox', { name: 'Identities' }).fill(DESKS[0]!);
  await page.getByRole('option', { name: DESKS[0]! }).click();
  await dialog.getByLabel('Name').click(); // the list of identities closes
  await expect(page.getByRole('option')).toHaveCount(0);
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Make it' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('desks: 1 identity acts for it');
  expect((await move(DESKS[0]!, 800)).decision).toBe(true);

  await page.goto(`${consoleUrl()}/identities/${await identityOf(DESKS[1]!)}`);
  await page.getByRole('button', { name: 'Add to a workflow…' }).click();
  const adding = page.getByRole('dialog', { name: `Add ${DESKS[1]} to a workflow` });
  await adding.getByRole('combobox', { name: 'Workflow' }).click();
  await page.getByRole('option', { name: 'desks' }).click();
  await adding.getByRole('button', { name: 'Add it' }).click();
  await page.getByRole('link', { name: 'desks' }).first().click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('2 identities act for it');
  expect(await move(DESKS[1]!, 300)).toMatchObject({
    decision: false,
    context: { reason: 'aggregate_value_exceeded' },
  });
  await expect(page.getByText('Live sessions over all')).toBeVisible();
  await expectAccessible(page);

  await page.getByRole('button', { name: `Remove ${DESKS[1]}` }).click();
  const removing = page.getByRole('dialog', { name: `Remove ${DESKS[1]} from desks` });
  await removing.getByLabel('Reason').fill('works elsewhere now');
  await removing.getByRole('button', { name: 'Remove it from the workflow' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('1 identity acts for it', { timeout: 15_000 });
  expect((await move(DESKS[1]!, 1)).context.reason).toBe('attribute_missing');
});

test('a rule does not bind a workflow until a time, as the page of the set says', async ({ page }) => {
  await braid('policy', 'exempt', 'desks', 'desk-cap', '--workflow', 'desks', '--for', '1h', '--reason', 'journeys');
  expect((await move(DESKS[0]!, 700)).decision).toBe(true);
  await signIn(page);
  await page.goto(`${consoleUrl()}/policies/desks`);
  await expect(page.getByText('workflow desks').first()).toBeVisible();
  await page.getByRole('button', { name: 'Exempt…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Exempt an identity or a workflow from a rule' });
  await dialog.getByText('All of a workflow').click();
  await dialog.getByRole('combobox', { name: 'Workflow' }).click();
  await page.getByRole('option', { name: 'desks' }).click();
  await expect(page.getByRole('option')).toHaveCount(0);
  await expectAccessible(page);
});
