// How long an event takes from whoever sends it to an open page: the whole product, as `npm start` runs it, with a real
// browser on the list of sessions, while many events a second are posted.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { chromium, type Page } from 'playwright';
import { freePort } from '@/bench/lab/processes';
import { findBrowser } from '@/e2e/browser';

const root = path.resolve(import.meta.dirname, '../..');
const OPERATOR = { email: 'bench@braid.example', password: 'correct horse battery' };
const MARKER = 'live-marker';
/** Batches a second, and one new session in every so many of them. */
const BATCHES = 10;
const MARKED_EVERY = 3;
const SESSIONS = 200;
/** Until the page has settled into its load, s. */
const WARM_SECS = 5;
/** What has not reached the page so long after the last was posted is lost, ms. */
const LOST_MS = 30_000;

export interface Live {
  asked: number;
  /** Posted and taken, a second. */
  perSecond: number;
  seconds: number;
  refused: number;
  marked: number;
  lost: number;
  /** From the post of an event to the page that shows it, ms. */
  p50: number;
  p95: number;
  p99: number;
  most: number;
}

interface Product {
  url: string;
  pdpUrl: string;
  token: string;
  stop: () => Promise<void>;
}

async function startProduct(home: string): Promise<Product> {
  const [port, pdpPort] = [await freePort(), await freePort()];
  const env = {
    ...process.env,
    PORT: String(port),
    BRAID_PDP_PORT: String(pdpPort),
    BRAID_HOME: home,
    DATABASE_URL: '',
    BRAID_ADMIN_EMAIL: OPERATOR.email,
    BRAID_ADMIN_PASSWORD: OPERATOR.password,
  };
  const braid: ChildProcess = spawn(process.execPath, ['lib/server/braid.mjs', 'start'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    let said = '';
    braid.stdout!.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('Ctrl-C stops')) resolve();
    });
    braid.once('exit', (code) => reject(new Error(`Braid ended with ${code}: ${said}`)));
  });
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['lib/server/braid.mjs', 'token', 'create', '--name', 'bench', '--scope', 'ingest', '--json'],
    { cwd: root, env },
  );
  return {
    url: `http://127.0.0.1:${port}`,
    pdpUrl: `http://127.0.0.1:${pdpPort}`,
    token: (JSON.parse(stdout) as { token: string }).token,
    stop: async () => {
      if (braid.exitCode !== null || braid.signalCode !== null) return;
      const gone = new Promise((resolve) => braid.once('exit', resolve));
      braid.kill('SIGINT');
      await gone;
    },
  };
}

let serial = 0;

/** One call of a role, as CloudTrail writes it. `who` names the role, and with it the session. */
function call(who: string, ip: string, created: string): string {
  serial += 1;
  const arn = `arn:aws:iam::111122223333:role/${who}`;
  return JSON.stringify({
    eventVersion: '1.09',
    userIdentity: {
      type: 'AssumedRole',
      arn: `arn:aws:sts::111122223333:assumed-role/${who}/job`,
      accountId: '111122223333',
      accessKeyId: `ASIA${who.toUpperCase().replace(/[^A-Z0-9]/g, '')}`,
      sessionContext: { sessionIssuer: { type: 'Role', arn, userName: who }, attributes: { creationDate: created } },
    },
    eventTime: new Date().toISOString(),
    eventSource: 's3.amazonaws.com',
    eventName: serial % 3 ? 'GetObject' : 'PutObject',
    awsRegion: 'eu-central-1',
    sourceIPAddress: ip,
    userAgent: 'aws-sdk-go-v2/1.30.3 os/linux lang/go#1.22.5',
    requestID: `REQ${serial}`,
    eventID: `00000000-0000-4000-8000-${String(serial).padStart(12, '0')}`,
    readOnly: serial % 3 !== 0,
    eventType: 'AwsApiCall',
    recipientAccountId: '111122223333',
  });
}

/** Opens the list of sessions; each marker that appears on it is kept with the time at which it did. */
async function openPage(page: Page, { url }: Product): Promise<void> {
  await page.goto(`${url}/login`);
  await page.getByLabel('E-mail').fill(OPERATOR.email);
  await page.getByRole('textbox', { name: 'Password' }).fill(OPERATOR.password);
  await page.keyboard.press('Enter');
  await page.waitForURL((at) => !at.pathname.startsWith('/login'));
  await page.goto(`${url}/sessions`);
  await page.getByRole('main').waitFor();
  // A text, not a function: the loader would name what is in it by helpers that a page does not have.
  await page.evaluate(`{
    const seen = (window.__seen = {});
    const look = () => {
      for (const [name] of document.body.innerText.matchAll(/${MARKER}-\\d+/g)) seen[name] ??= Date.now();
    };
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
    look();
  }`);
}

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

async function load(product: Product, rate: number, seconds: number) {
  const posted = new Map<string, number>();
  const created = new Date().toISOString().replace(/\.\d+/, '');
  let [taken, refused] = [0, 0];
  const waiting = new Set<Promise<void>>();
  const post = async (lines: string[], marker: string | null): Promise<void> => {
    const body = gzipSync(lines.join('\n'), { level: 1 });
    if (marker) posted.set(marker, Date.now());
    const answer = await fetch(`${product.pdpUrl}/v1/events?format=cloudtrail`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${product.token}`,
        'Content-Type': 'application/x-ndjson',
        'Content-Encoding': 'gzip',
      },
      body,
    });
    await answer.arrayBuffer();
    if (answer.status === 202) taken += lines.length;
    else {
      refused += lines.length;
      if (marker) posted.delete(marker);
    }
  };
  const began = performance.now();
  const most = (WARM_SECS + seconds) * BATCHES;
  for (let n = 0; n < most; n += 1) {
    const marker = n >= WARM_SECS * BATCHES && n % MARKED_EVERY === 0 ? `${MARKER}-${n}` : null;
    const lines = Array.from({ length: Math.round(rate / BATCHES) }, (_, k) => {
      const role = (n * 37 + k) % SESSIONS;
      return call(`worker-${role}`, `203.0.113.${role}`, created);
    });
    if (marker) lines[lines.length - 1] = call(marker, '203.0.113.250', created);
    const sent = post(lines, marker).finally(() => waiting.delete(sent));
    waiting.add(sent);
    const next = began + ((n + 1) * 1000) / BATCHES;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())));
  }
  await Promise.all(waiting);
  return { posted, refused, perSecond: (1000 * taken) / (performance.now() - began) };
}

export async function live(home: string, rate: number, seconds: number, say: (line: string) => void): Promise<Live> {
  say('Starting the product; its console is built first where it is not.');
  const product = await startProduct(home);
  const browser = await chromium.launch(await findBrowser());
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await openPage(page, product);
    say(`A page is open; posting ${rate} events/s for ${WARM_SECS + seconds} s.`);
    const { posted, refused, perSecond } = await load(product, rate, seconds);
    const until = Date.now() + LOST_MS;
    let seen: Record<string, number> = {};
    do {
      await new Promise((resolve) => setTimeout(resolve, 250));
      seen = (await page.evaluate('window.__seen')) as Record<string, number>;
    } while (Date.now() < until && [...posted.keys()].some((name) => !(name in seen)));
    const took = [...posted]
      .flatMap(([name, from]) => (name in seen ? [seen[name]! - from] : []))
      .sort((a, b) => a - b);
    return {
      asked: rate,
      perSecond,
      seconds,
      refused,
      marked: posted.size,
      lost: posted.size - took.length,
      p50: at(took, 0.5),
      p95: at(took, 0.95),
      p99: at(took, 0.99),
      most: at(took, 1),
    };
  } finally {
    await browser.close();
    await product.stop();
    fs.rmSync(home, { recursive: true, force: true });
  }
}
