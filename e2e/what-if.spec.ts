// What would have been: the demo's own stories are asked for real, then replayed, split, brought under their limit and backtested.
import fs from 'node:fs';
import path from 'node:path';
import type { Asker } from '../lib/server/demo/ask';
import { STORIES } from '../lib/server/demo/stories';
import { token } from './estate';
import { braid, consoleUrl, expect, expectAccessible, pdpUrl, signIn, test } from './fixture';

test.describe.configure({ mode: 'serial' });

const POLICIES = path.resolve(import.meta.dirname, '..', 'lib', 'server', 'demo', 'policies');

interface Told {
  id: string;
  verdict: string;
  alone: string | null;
}

/** Plays a story of the demo for so many requests, without its pauses, by identities of this journey. */
async function play(name: string, requests: number): Promise<Told[]> {
  const stop = new AbortController();
  const told: Told[] = [];
  const bearer = await token();
  const ask: Asker = async ({ subject, action, resource, amount, unit, session }) => {
    const response = await fetch(`${pdpUrl()}/access/v1/evaluation`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        subject: { ...subject, id: `${subject.id}_replayed` },
        action: { name: action },
        resource,
        context: { ...(amount ? { amount, unit } : {}), braid: { session } },
      }),
    });
    if (!response.ok) throw new Error(`decision point: ${response.status} ${await response.text()}`);
    const { decision, context } = (await response.json()) as {
      decision: boolean;
      context: { reason: string; braid: { decision_id: string; verdict: string; alone: string | null } };
    };
    const { decision_id: id, verdict, alone } = context.braid;
    told.push({ id, verdict, alone });
    if (told.length >= requests) stop.abort();
    return { decision, verdict, reason: context.reason };
  };
  await STORIES[name]!(ask, async () => undefined, stop.signal);
  return told;
}

let denied: Told;

test.beforeAll(async () => {
  // Only the demo's rules: what other journeys left in force would decide beside them.
  const { items } = JSON.parse(await braid('policy', 'list', '--json')) as { items: { name: string; state: string }[] };
  for (const set of items.filter((one) => one.state === 'active'))
    await braid('policy', 'retire', set.name, '--reason', 'the demo’s rules alone');
  await braid('policy', 'apply', POLICIES, '--reason', 'the demo’s rules');
  const split = await play('splitPayments', 11);
  denied = split.at(-1)!;
  expect(denied).toMatchObject({ verdict: 'deny', alone: 'allow' });
  await play('everydayPayments', 60);
  await play('agentToolCalls', 20);
});

test('the demo’s rules come with fixtures, and their page runs them', async ({ page }) => {
  await signIn(page);
  await page.goto(`${consoleUrl()}/policies/demo`);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByText(/All \d+ tests hold\./)).toBeVisible();
  await expectAccessible(page);
});

test('what if: a replay says from where it counts, gives what is on record, and what would have flipped', async ({
  page,
}) => {
  await signIn(page);
  await page.goto(`${consoleUrl()}/decisions/${denied.id}/path`);
  await page.getByText('What if…', { exact: true }).click();
  const what = page.getByRole('region', { name: 'What if' });
  const replay = what.getByRole('button', { name: 'Replay' });
  const told = what.getByRole('status');
  await replay.click();
  await expect(told).toContainText(
    /Had .* ended at .*, \d+ of \d+ decisions from then on would have come out otherwise/,
  );
  await expect(told).toContainText(/reproduces (\d+) of \1 stored decisions\. Counted from \d\d:\d\d:\d\d/);
  await expectAccessible(page);

  await what.getByText('Nothing', { exact: true }).click();
  await replay.click();
  await expect(told).toContainText('With nothing changed, none of 11 decisions would have come out otherwise.');
  await expect(told).toContainText('reproduces 11 of 11 stored decisions');

  await what.getByText('Another limit', { exact: true }).click();
  await what.getByLabel(/^Limit of demo\/account-daily-cap/).fill('5000');
  await replay.click();
  await expect(told).toContainText(/Had demo\/account-daily-cap been 5\s000\sEUR, \d+ of 11 decisions/);
  await expect(what.getByRole('region', { name: 'Decisions that flip' }).getByRole('row').nth(1)).toBeVisible();
  await expectAccessible(page);
});

test('split boundaries: what passes over all keys, and with how many it was tried', async ({ page }) => {
  await signIn(page);
  await page.goto(`${consoleUrl()}/policies/demo/boundaries`);
  const headline = page.getByRole('heading', { level: 1 });
  await expect(headline).toContainText(/can be split: account-daily-cap lets pass .* over 60 resources/, {
    timeout: 60_000,
  });
  await expect(headline).toContainText(/simulated with 50 of 60: got .*\sEUR, as predicted/);
  await page.getByText(/^Close it for resources/).click();
  await expect(page.getByRole('button', { name: 'Copy YAML' }).first()).toBeVisible();
  await expectAccessible(page);
});

test('the minimum set: one click ends just the sessions that stand in the way', async ({ page }) => {
  await signIn(page);
  await page.goto(`${consoleUrl()}/decisions/${denied.id}/path`);
  await expect(page.getByText(/Ending sessions brings nothing back here: what counted was settled/)).toBeVisible();

  // Here, not before: a lease is held for no longer than its time, however long the other journeys take.
  const contended = (await play('oneJobTwoClients', 2)).at(-1)!;
  expect(contended).toMatchObject({ verdict: 'deny', alone: 'allow' });
  await page.goto(`${consoleUrl()}/decisions/${contended.id}/path`);
  await expect(page.getByText(/^Ending .*scheduler gives back 1; 1 was missing/)).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'End the minimum set (1 session)…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: /^End the session/ }).click();
  await expect(dialog.getByText('verified').first()).toBeVisible();
  expect((await play('oneJobTwoClients', 2)).map((one) => one.verdict)).toEqual(['deny', 'allow']);
});

test('a backtest judges what the demo decided by a stricter rule, before it binds anybody', async ({ page }) => {
  await signIn(page);
  await page.goto(`${consoleUrl()}/policies/demo/edit`);
  const text = page.getByRole('textbox', { name: 'Policies' });
  await expect(text).toContainText('set: demo');
  await text.click();
  await page.keyboard.press('Control+a');
  const source = fs.readFileSync(path.join(POLICIES, 'set.yaml'), 'utf8');
  await page.keyboard.insertText(source.replace('max: 10000', 'max: 5000'));
  await expect(page.getByText('No problems.')).toBeVisible();
  await page.getByRole('button', { name: 'Run backtest' }).click();
  const result = page.getByRole('status').filter({ hasText: 'would have come out differently' });
  await expect(result).toHaveText(/^\d+ of [\d,]+ decisions would have come out differently\.$/, { timeout: 60_000 });
  await expect(page.getByRole('cell', { name: 'svc_payments_replayed', exact: true })).toBeVisible();
  await expect(page.getByRole('cell', { name: 'demo/account-daily-cap', exact: true })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByRole('button', { name: 'Leave and lose the changes' }).click();
});

test('an address that names nothing answers 404, in the browser’s words too', async ({ page, expectedErrors }) => {
  expectedErrors.push(/status of 404/);
  await signIn(page);
  const none = '01a202a9-0000-7000-8000-000000000000';
  for (const address of [
    `/decisions/${none}`,
    `/decisions/${none}/path`,
    `/decisions/path?exposure=${none}`,
    `/identities/${none}`,
    `/sessions/${none}`,
    `/findings/${none}`,
    `/revocations/${none}`,
    `/approvals/${none}`,
    '/policies/nothing',
    '/policies/nothing/boundaries',
    '/identities/nothing',
  ]) {
    const response = await page.request.get(`${consoleUrl()}${address}`);
    expect([address, response.status()]).toEqual([address, 404]);
  }
  const shown = await page.goto(`${consoleUrl()}/identities/${none}`);
  expect(shown?.status()).toBe(404);
  await expect(page.getByText('There is nothing here')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Decisions' })).toBeVisible();
});
