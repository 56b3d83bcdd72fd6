import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import AxeBuilder from '@axe-core/playwright';
import { type Browser, test as base, expect, type Page } from '@playwright/test';
import pg from 'pg';
import { OPERATOR } from './installation';

const root = path.resolve(import.meta.dirname, '..');

/** The installation this journey goes through. */
export const here = (): { url: string; pdpUrl: string; home: string } =>
  JSON.parse(process.env[`E2E_${base.info().project.metadata.house}`]!);
export const consoleUrl = () => here().url;
export const pdpUrl = () => here().pdpUrl;

/** Runs the real command line on the installation under test. */
export async function braid(...args: string[]): Promise<string> {
  const env = {
    ...process.env,
    BRAID_HOME: here().home,
    PORT: new URL(consoleUrl()).port,
    BRAID_PDP_PORT: new URL(pdpUrl()).port,
    DATABASE_URL: '',
  };
  const { stdout } = await promisify(execFile)(process.execPath, ['lib/server/braid.mjs', ...args], { cwd: root, env });
  return stdout;
}

/** Superuser of the embedded server, to stand for the systems around Braid. */
export async function asAdmin<T>(database: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const { port, adminPassword } = JSON.parse(fs.readFileSync(path.join(here().home, 'postgres.json'), 'utf8'));
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password: adminPassword, database });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export async function signIn(page: Page, operator = OPERATOR): Promise<void> {
  await page.goto(`${consoleUrl()}/login`);
  await page.getByLabel('E-mail').fill(operator.email);
  await page.getByRole('textbox', { name: 'Password' }).fill(operator.password);
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => !url.pathname.startsWith('/login'));
  await page.waitForFunction(arrived);
}

/** Waits until colours that fade from one scheme to the other have arrived: half-way they have no contrast. */
const settled = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const fading = document.getAnimations().filter((one) => one instanceof CSSTransition);
    // One that is begun anew all the time never arrives: two seconds are more than any is meant to take.
    const long = new Promise((resolve) => setTimeout(resolve, 2_000));
    await Promise.race([long, Promise.all(fading.map((one) => one.finished.catch(() => undefined)))]);
  });

/** axe, in both colour schemes; a violation fails with its rule and where. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await expect(page).toHaveTitle(/\S · Braid$/);
    await settled(page);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const said = violations.map(
      (violation) => `${scheme} ${violation.id}: ${violation.nodes.map((node) => node.target.join(' ')).join(', ')}`,
    );
    expect(said).toEqual([]);
  }
}

/**
 * A page is there when nothing of it streams in any more (until then some of its text stands twice) and React listens to
 * every button and field: a hand is never as fast as a journey, and what it does before is lost.
 */
const arrived = () =>
  document.readyState === 'complete' &&
  !document.querySelector('div[hidden][id^="S:"], template[id^="B:"]') &&
  [...document.querySelectorAll(':is(button, input, select, textarea):not([aria-hidden="true"])')].every((one) =>
    Object.keys(one).some((key) => key.startsWith('__reactProps$')),
  );

/** Goes nowhere without waiting until the page is there. */
function patient(page: Page): Page {
  const [goto, reload] = [page.goto.bind(page), page.reload.bind(page)];
  const there = async (response: Awaited<ReturnType<Page['goto']>>) => {
    if (response?.headers()['content-type']?.startsWith('text/html')) await page.waitForFunction(arrived);
    return response;
  };
  page.goto = async (...where) => there(await goto(...where));
  page.reload = async (...how) => there(await reload(...how));
  return page;
}

/** A browser of somebody else's, beside the journey's own page. */
export const theirPage = async (browser: Browser): Promise<Page> =>
  patient(await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage());

/** One more tab of the same person. */
export const anotherTab = async (page: Page): Promise<Page> => patient(await page.context().newPage());

/** Every journey also fails on an error in the browser's console: a broken CSP, a hydration mismatch, a lost promise. */
export const test = base.extend<{ expectedErrors: RegExp[]; quietConsole: undefined }>({
  /** What a journey provokes on purpose: it pushes a pattern. */
  // biome-ignore lint/correctness/noEmptyPattern: the runner reads the parameter's shape
  expectedErrors: async ({}, use) => use([]),
  page: async ({ page }, use) => {
    await use(patient(page));
  },
  quietConsole: [
    async ({ page, expectedErrors }, use) => {
      const errors: string[] = [];
      page.on('console', (message) => {
        if (message.type() !== 'error') return;
        const said = `${message.text()} (${message.location().url})`;
        if (!expectedErrors.some((expected) => expected.test(said))) errors.push(said);
      });
      page.on('pageerror', (error) => errors.push(error.message));
      await use(undefined);
      expect(errors).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
