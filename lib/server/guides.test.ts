// The guides' own code, run as it stands: what they print is what they say.
import { execFile, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { setPoint } from '@/lib/access/set-point';
import { testDatabase } from '@/lib/db/testing';
import { projectRoot } from '@/lib/platform/env';
import { newId, newSecret } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';
import { readDir } from '@/lib/policies/read-dir';
import { retire } from '@/lib/policies/retire';
import { addToken, admin, endAll, freePort, startProcess } from '@/lib/server/testing-pdp';

const db = testDatabase();
const token = `brd_${newSecret(24)}`;
const root = projectRoot();
const run = promisify(execFile);
const hasCurl = spawnSync('curl', ['--version']).status === 0;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  await addToken(newId(), token, ['decide']);
  for (const set of ['payments', 'approvals'])
    await apply(admin, { files: readDir(path.join(root, 'docs/examples/policies', set)) });
  const pdp = await startProcess(db.url);
  env = { ...process.env, BRAID_PDP_URL: pdp.url, BRAID_TOKEN: token };
}, 60_000);
afterAll(endAll);

interface Block {
  language: string;
  text: string;
}

const guide = (name: string): string => fs.readFileSync(path.join(root, 'docs/guides', `${name}.md`), 'utf8');
const blocks = (name: string, language: string): Block[] =>
  [...guide(name).matchAll(/^```(\S+)[^\n]*\n([\s\S]*?)^```$/gm)]
    .map(([, found, text]) => ({ language: found!, text: text! }))
    .filter((block) => block.language === language);
const SAID = /^# → (.*)$/gm;

/** Runs all blocks of a guide in one shell, each marked, and holds what each printed against what it says. */
async function shell(name: string, more: Record<string, string> = {}): Promise<void> {
  const parts = blocks(name, 'sh').flatMap((block) => block.text.split(/(?<=^# → .*\n)(?!# →)/m));
  const script = parts.map((text, index) => `echo "== ${index}"\n${text}\necho`).join('\n');
  const { stdout } = await run('bash', ['-euc', script], { env: { ...env, ...more } });
  const printed = stdout.split(/^== \d+$/m).slice(1);
  expect(parts.length).toBeGreaterThan(0);
  parts.forEach((text, index) => {
    for (const [, said] of text.matchAll(SAID)) expect(printed[index]).toContain(said);
  });
}

test.skipIf(!hasCurl)('curl', async () => {
  await shell('curl');
});

test.skipIf(!hasCurl)('express', async () => {
  const port = await freePort();
  const server = spawn(process.execPath, [path.join(root, 'docs/examples/express/server.mjs')], {
    env: { ...env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await new Promise((resolve) => server.stdout.once('data', resolve));
    const url = `http://127.0.0.1:${port}`;
    await shell('express', { SERVICE_URL: url });
    const pay = async (body: object, headers = {}) =>
      fetch(`${url}/payments`, {
        method: 'POST',
        headers: { 'X-Caller': 'svc-shop', ...headers },
        body: JSON.stringify(body),
      });
    expect((await pay({ account: 'acct-2', amount: 7_000, fail: true })).status).toBe(502);
    expect((await pay({ account: 'acct-3' })).status).toBe(403); // no amount: what can't be counted is denied
    expect((await pay({ account: 'acct-3', amount: 10 }, { 'X-Session': '' })).status).toBe(500); // not a session: an error, no decision
  } finally {
    server.kill('SIGKILL');
  }
});

test('offline', async () => {
  const pointOf = async (mode: 'offline' | 'legacy') => {
    const [id, own] = [newId(), `brd_${newSecret(24)}`];
    await addToken(id, own, ['decide']);
    await setPoint(admin, { id, mode });
    return own;
  };
  const parts = blocks('offline', 'js').map((block) => `{\n${block.text}\n}`);
  const code = `import { Braid } from 'braid/client';
    const url = process.env.BRAID_PDP_URL;
    const braid = new Braid({ url, token: process.env.OFFLINE });
    const legacy = new Braid({ url, token: process.env.LEGACY });
    ${parts.join('\n')}`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], {
    cwd: root,
    env: { ...env, OFFLINE: await pointOf('offline'), LEGACY: await pointOf('legacy') },
  });
  const said = [...parts.join('\n').matchAll(/; \/\/ → (.*)$/gm)].map(([, text]) => text);
  expect(stdout.trim().split('\n')).toEqual(said);
});

/** One line each way: an agent's session is a process of its own. */
function agent(session: string, more: Record<string, string> = {}) {
  const child = spawn(process.execPath, [path.join(root, 'docs/examples/mcp/server.mjs')], {
    env: { ...env, AGENT_SESSION: session, ...more },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let id = 0;
  return {
    child,
    ask: async (method: string, params: unknown) => {
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: ++id, method, params })}\n`);
      return String((await lines.next()).value);
    },
  };
}

test.skipIf(!hasCurl)('step-up', async () => {
  await apply(admin, { source: blocks('step-up', 'yaml')[0]!.text });
  const port = await freePort();
  const server = spawn(process.execPath, [path.join(root, 'docs/examples/express/server.mjs')], {
    env: { ...env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const children: Pick<ReturnType<typeof spawn>, 'kill'>[] = [server];
  try {
    await new Promise((resolve) => server.stdout.once('data', resolve));
    await shell('step-up', { SERVICE_URL: `http://127.0.0.1:${port}` });
    const [script] = blocks('step-up', 'mcp');
    const steps = [...script!.text.matchAll(/^(?:AGENT_ACR=(\S+) )?(\S+) (\S+) (\{.*\})\n# → (.*)$/gm)];
    expect(steps).toHaveLength(2);
    for (const [, acr, session, method, params, said] of steps) {
      const one = agent(session!, acr ? { AGENT_ACR: acr } : {});
      children.push(one.child);
      expect(await one.ask(method!, JSON.parse(params!))).toContain(said);
    }
    // The client's own words for it, in the block that shows them.
    const code = `import { Braid } from 'braid/client';
      const braid = new Braid({ url: process.env.BRAID_PDP_URL, token: process.env.BRAID_TOKEN });
      ${blocks('step-up', 'js')
        .map((block) => block.text)
        .join('\n')}`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], { cwd: root, env });
    const shown = [...code.matchAll(/; \/\/ → (.*)$/gm)].map(([, text]) => text);
    expect(stdout.trim().split('\n')).toEqual(shown);
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await retire(admin, { name: 'careful', what: 'active', reason: 'for one guide only' });
  }
});

test('mcp', async () => {
  await apply(admin, { source: blocks('mcp', 'yaml')[0]!.text });
  const agents = new Map<string, ReturnType<typeof agent>>();
  const [script] = blocks('mcp', 'mcp');
  const steps = [...script!.text.matchAll(/^(\S+) (\S+) (\{.*\})\n# → (.*)$/gm)];
  expect(steps.length).toBeGreaterThan(5);
  try {
    for (const [, session, method, params, said] of steps) {
      if (!agents.has(session!)) agents.set(session!, agent(session!));
      expect(await agents.get(session!)!.ask(method!, JSON.parse(params!))).toContain(said);
    }
    expect(await agents.get('session-a')!.ask('ping', {})).toContain('"result":{}');
  } finally {
    for (const { child } of agents.values()) child.kill('SIGKILL');
  }
});

test('the code a guide shows is the code that runs', () => {
  for (const name of ['express', 'mcp'])
    for (const [, file, shown] of guide(name).matchAll(/^```js file=(\S+)\n([\s\S]*?)^```$/gm))
      expect(shown).toBe(fs.readFileSync(path.join(root, file!), 'utf8'));
});
