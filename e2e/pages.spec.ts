// Every page: reachable, without violations, in both schemes, at both widths. It changes nothing, so it comes after the
// journeys, on what they left, and two pages are looked at at a time.
import type { BrowserContextOptions, Page } from '@playwright/test';
import { api } from './estate';
import { consoleUrl, expect, expectAccessible, test as journey, signIn } from './fixture';

type State = Exclude<BrowserContextOptions['storageState'], string | undefined>;

/** Signed in once per worker, not once per page. */
const test = journey.extend<object, { signedIn: State }>({
  signedIn: [
    async ({ browser }, use) => {
      const page = await browser.newPage();
      await signIn(page);
      await use(await page.context().storageState());
      await page.context().close();
    },
    { scope: 'worker' },
  ],
  storageState: ({ signedIn }, use) => use(signedIn),
});

const PAGES = [
  '/',
  '/identities',
  '/sessions',
  '/sessions/runs',
  '/decisions',
  '/limits',
  '/holds',
  '/findings',
  '/definitions',
  '/findings/hunts',
  '/playbooks',
  '/approvals',
  '/revocations',
  '/reports/weekly',
  '/policies',
  '/policies/new',
  '/policies/payments',
  '/policies/payments/edit',
  '/policies/payments/boundaries',
  '/connectors',
  '/guides/connectors/postgres',
  '/intake',
  '/consents',
  '/audit',
  '/settings/operators',
  '/settings/grants',
  '/settings/tokens',
  '/settings/notifications',
  '/settings/signals',
  '/settings/responses',
  '/settings/mappings',
  '/settings/zones',
  '/settings/sessions',
  '/settings/account',
];

/** One of each page that shows one thing; filled by the journeys before. */
const DETAILS: [name: string, list: string, page: (id: string) => string][] = [
  ['an identity', '/identities?q=svc_payments', (id) => `/identities/${id}`],
  ['a session', '/sessions', (id) => `/sessions/${id}`],
  ['a decision', '/decisions?verdict=deny', (id) => `/decisions/${id}`],
  ['a path', '/decisions?verdict=deny&onlySplit=true', (id) => `/decisions/${id}/path`],
  ['a finding', '/findings', (id) => `/findings/${id}`],
  ['a revocation', '/revocations', (id) => `/revocations/${id}`],
  ['a role for a time', '/grants', (id) => `/settings/grants/${id}`],
];

const firstOf = async (list: string): Promise<string> => {
  const { items } = await api<{ items: { id: string }[] }>('GET', list);
  expect(items.length, `${list} has rows`).toBeGreaterThan(0);
  return items[0]!.id;
};

async function holdsAt1024(page: Page, path: string): Promise<void> {
  await page.setViewportSize({ width: 1024, height: 800 });
  await page.goto(`${consoleUrl()}${path}`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expectAccessible(page);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBeLessThanOrEqual(0);
}

for (const path of PAGES) {
  test(`${path} is accessible and does not scroll sideways at 1024`, ({ page }) => holdsAt1024(page, path));
}

for (const [name, list, where] of DETAILS) {
  test(`the page of ${name} is accessible and does not scroll sideways at 1024`, async ({ page }) =>
    holdsAt1024(page, where(await firstOf(list))));
}

test('no page links to nowhere', async ({ page }) => {
  const details = await Promise.all(DETAILS.map(async ([, list, where]) => where(await firstOf(list))));
  /** A link to another row of the same list is the same link. */
  const kind = (href: string) => href.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id').replace(/[?#].*$/, '');
  const links = new Map<string, string>();
  for (const path of [...PAGES, ...details]) {
    await page.goto(`${consoleUrl()}${path}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    const hrefs = await page.locator('a[href^="/"]').evaluateAll((all) => all.map((one) => one.getAttribute('href')!));
    for (const href of hrefs) if (!links.has(kind(href))) links.set(kind(href), `${href} on ${path}`);
  }
  expect(links.size).toBeGreaterThan(PAGES.length);
  const broken = [];
  for (const link of links.values()) {
    const { status } = await page.request
      .get(`${consoleUrl()}${link.split(' on ')[0]}`)
      .then((response) => ({ status: response.status() }));
    if (status >= 400) broken.push(`${status} ${link}`);
  }
  expect(broken).toEqual([]);
});
